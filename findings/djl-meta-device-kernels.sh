#!/usr/bin/env bash
# One would guess: libtorch 2.7.1 as DJL loads it has the operators that torch 2.7.1 has in Python. The
# meta device, whose tensors have a shape and no memory, is part of both.
#
# What happens: some kernels of the meta device are registered by torch's Python code alone. A
# TorchScript module that calls index_select on it gives the shape in Python, and in DJL 0.36.0 an error
# that there is no Meta kernel. Indexing by the same rows, x[rows], works in both.
#
# Why it matters: measuring a network's memory without having it, by running it on the meta device,
# works from Java, but an operator that was tried in Python may be missing there.
#
# Needs JDK 17, Maven and Python 3. Installs torch 2.7.1 (3 GB) and DJL 0.36.0 in a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "torch==2.7.1" numpy

cat > make.py <<'PYTHON'
import torch


class Select(torch.nn.Module):
    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        x = torch.empty([3, 5], device="meta")
        return torch.tensor(torch.index_select(x, 0, rows.to("meta")).size())


class Index(torch.nn.Module):
    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        x = torch.empty([3, 5], device="meta")
        return torch.tensor(x[rows.to("meta")].size())


print("torch", torch.__version__.split("+")[0])
for name, module in (("index_select", Select()), ("indexing", Index())):
    script = torch.jit.script(module)
    script.save(name + ".pt")
    print("Python,", name, script(torch.tensor([0, 2])).tolist())
PYTHON
venv/bin/python make.py | tee seen.txt

cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>ai.djl.pytorch</groupId><artifactId>pytorch-engine</artifactId><version>0.36.0</version></dependency>
    <dependency><groupId>ai.djl.pytorch</groupId><artifactId>pytorch-jni</artifactId><version>2.7.1-0.36.0</version></dependency>
    <dependency><groupId>ai.djl.pytorch</groupId><artifactId>pytorch-native-cpu</artifactId><version>2.7.1</version><classifier>linux-x86_64</classifier></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:build-classpath -Dmdep.outputFile=classpath.txt > maven.log 2>&1

cat > Ask.java <<'JAVA'
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Path;
import java.util.Arrays;

class Ask {
  public static void main(String[] arguments) throws Exception {
    for (String name : new String[] {"index_select", "indexing"}) {
      try (Model model = Model.newInstance(name, "PyTorch")) {
        model.load(Path.of("."), name);
        try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
          NDArray rows = model.getNDManager().create(new long[] {0, 2});
          String shape = Arrays.toString(predictor.predict(new NDList(rows)).get(0).toLongArray());
          System.out.println("DJL, " + name + " " + shape);
        } catch (ai.djl.translate.TranslateException e) {
          boolean meta = String.valueOf(e.getMessage()).contains("Meta");
          System.out.println("DJL, " + name + (meta ? " refused: no Meta kernel" : " " + e));
        }
      }
    }
  }
}
JAVA
java -cp "$(cat classpath.txt)" Ask.java | tee -a seen.txt

cat > expected.txt <<'TEXT'
torch 2.7.1
Python, index_select [2, 5]
Python, indexing [2, 5]
DJL, index_select refused: no Meta kernel
DJL, indexing [2, 5]
TEXT
diff expected.txt seen.txt && echo "as described"
