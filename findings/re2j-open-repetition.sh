#!/usr/bin/env bash
# One would guess: a regular expression that RE2/J compiles without an error means what it means to
# Python, or differs only where the documentation of RE2 lists a missing construct.
#
# What happens: a repetition without a lower bound, {,2}, is "none to two" to Python's re. RE2/J 1.8
# compiles it without an error and takes the five characters for themselves, so that
# `layers\.\d{,2}\.q_proj` matches no layer of a model, and only the text `layers.7{,2}.q_proj`.
#
# Why it matters: target_modules, rank_pattern and layers of a PEFT adapter are Python's expressions.
# Read by RE2/J such an adapter would adapt no layer, or the wrong ones, and nothing would say so.
#
# Needs JDK 17, Maven and Python 3. Installs com.google.re2j:re2j:1.8 in a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact=com.google.re2j:re2j:1.8 -DoutputDirectory="$work" > copy.log 2>&1

cat > Ask.java <<'JAVA'
import com.google.re2j.Pattern;

class Ask {
  public static void main(String[] arguments) {
    String[] names = {"layers.7.q_proj", "layers.31.q_proj", "layers.7{,2}.q_proj"};
    for (String pattern : new String[] {"layers\\.\\d{,2}\\.q_proj", "layers\\.\\d{0,2}\\.q_proj"}) {
      for (String name : names) {
        System.out.println(pattern + " " + name + " " + Pattern.compile(pattern).matches(name));
      }
    }
  }
}
JAVA
java -cp re2j-1.8.jar Ask.java > re2j.txt

cat > ask.py <<'PYTHON'
import re
for pattern in (r"layers\.\d{,2}\.q_proj", r"layers\.\d{0,2}\.q_proj"):
    for name in ("layers.7.q_proj", "layers.31.q_proj", "layers.7{,2}.q_proj"):
        print(pattern, name, str(re.fullmatch(pattern, name) is not None).lower())
PYTHON
python3 ask.py > python.txt

echo "re2j 1.8; $(python3 --version)"
echo "-- RE2/J";  cat re2j.txt
echo "-- Python"; cat python.txt

cat > expected-re2j.txt <<'TEXT'
layers\.\d{,2}\.q_proj layers.7.q_proj false
layers\.\d{,2}\.q_proj layers.31.q_proj false
layers\.\d{,2}\.q_proj layers.7{,2}.q_proj true
layers\.\d{0,2}\.q_proj layers.7.q_proj true
layers\.\d{0,2}\.q_proj layers.31.q_proj true
layers\.\d{0,2}\.q_proj layers.7{,2}.q_proj false
TEXT
cat > expected-python.txt <<'TEXT'
layers\.\d{,2}\.q_proj layers.7.q_proj true
layers\.\d{,2}\.q_proj layers.31.q_proj true
layers\.\d{,2}\.q_proj layers.7{,2}.q_proj false
layers\.\d{0,2}\.q_proj layers.7.q_proj true
layers\.\d{0,2}\.q_proj layers.31.q_proj true
layers\.\d{0,2}\.q_proj layers.7{,2}.q_proj false
TEXT
diff expected-re2j.txt re2j.txt
diff expected-python.txt python.txt
echo "as described"
