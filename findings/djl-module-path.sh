#!/usr/bin/env bash
# One would guess: the jars of DJL's PyTorch engine can be put on Java's module path, since each names its module in its
# manifest or has a file name that gives one; and if any jar must not be there, it is one with classes.
#
# What happens, with DJL 0.36.0: the jar with the native library, pytorch-native-cpu with classifier
# linux-x86_64, holds no class, and its Automatic-Module-Name is no Java identifier. So Java ends before
# main with this jar on the module path. With the engine on the module path and this jar on the class
# path everything works, although the engine then finds the library in another module.
#
# Why it matters: tools put every jar that a modular application needs on the module path; this one has
# to be taken off it by name.
#
# Needs JDK 17 and Maven. Resolves DJL 0.36.0 with libtorch 2.7.1 (112 MB).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>ai.djl.pytorch</groupId><artifactId>pytorch-engine</artifactId><version>0.36.0</version></dependency>
    <dependency><groupId>ai.djl.pytorch</groupId><artifactId>pytorch-jni</artifactId><version>2.7.1-0.36.0</version></dependency>
    <dependency><groupId>ai.djl.pytorch</groupId><artifactId>pytorch-native-cpu</artifactId><version>2.7.1</version><classifier>linux-x86_64</classifier></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=all > maven.log 2>&1

mkdir source natives engine others
cat > source/Ask.java <<'JAVA'
public final class Ask {
  public static void main(String[] args) {
    Throwable failure = null;
    try {
      System.out.println("libtorch " + ai.djl.engine.Engine.getEngine("PyTorch").getVersion());
      return;
    } catch (RuntimeException e) {
      failure = e;
    }
    while (failure.getCause() != null) {
      failure = failure.getCause();
    }
    System.out.println("not found: " + failure.getClass().getSimpleName());
  }
}
JAVA
javac -d classes -cp 'all/*' source/Ask.java
mv all/pytorch-native-cpu-*.jar all/pytorch-jni-*.jar natives/
mv all/api-*.jar all/pytorch-engine-*.jar engine/
cp all/* others/

# an empty cache, and no network: the library has to be found in the jars
ask() {
  local name=$1
  shift
  java -DENGINE_CACHE_DIR="$work/cache-$name" -Dai.djl.offline=true -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=9 \
    "$@" Ask 2>&1 | grep -oE "libtorch [0-9.]+|not found: [A-Za-z]+|Invalid module name: '[^']*'" | head -1 || true
}
echo "DJL 0.36.0, $(java -version 2>&1 | head -1)"
modules=$(ask modules --module-path engine:natives --add-modules ALL-MODULE-PATH -cp "classes:others/*")
engine=$(ask engine --module-path engine --add-modules ALL-MODULE-PATH -cp "classes:others/*:natives/*")
class_path=$(ask classes -cp "classes:others/*:engine/*:natives/*")
echo "engine and native jars on the module path: $modules"
echo "the engine alone on the module path: $engine"
echo "everything on the class path: $class_path"

[ "$modules" = "Invalid module name: 'pytorch_native_cpu_linux-x86_64'" ] || exit 1
[[ "$engine" == "libtorch 2.7.1"* ]] || exit 1
[[ "$class_path" == "libtorch 2.7.1"* ]] || exit 1
