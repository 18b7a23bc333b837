#!/usr/bin/env bash
# One would guess: an index writer of Lucene touches the files of its index and leaves others in the
# folder alone, or refuses a folder that holds others.
#
# What happens: Lucene 9.12.3 knows its files by their form alone, an underscore with lower-case letters and
# digits and an extension. On opening a folder for writing, even one without any index, it deletes every
# file of that form: of notes.txt, _config.yml, _2024_plan.md and _layout.html only the first is left. No
# warning and no error.
#
# Why it matters: a service that lets its user choose the index's folder, and gets one with a web site's
# source or other data in it, deletes them. Look into the folder before the writer does.
#
# Needs JDK 17 and Maven. Installs Lucene 9.12.3 in a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.lucene</groupId><artifactId>lucene-core</artifactId><version>9.12.3</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B -Dmaven.repo.local="$work/repository" dependency:build-classpath -Dmdep.outputFile=classpath.txt > maven.log 2>&1

cat > Ask.java <<'JAVA'
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;

class Ask {
  public static void main(String[] arguments) throws Exception {
    System.out.println("Lucene " + org.apache.lucene.util.Version.LATEST);
    Path folder = Files.createDirectory(Path.of("folder"));
    for (String name : new String[] {"notes.txt", "_config.yml", "_2024_plan.md", "_layout.html"}) {
      Files.writeString(folder.resolve(name), "mine");
    }
    try (FSDirectory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
      writer.commit();
    }
    try (Stream<Path> left = Files.list(folder)) {
      left.map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("segments") && !name.equals("write.lock"))
          .sorted()
          .forEach(name -> System.out.println("left: " + name));
    }
  }
}
JAVA
java -cp "$(cat classpath.txt)" Ask.java 2> errors.log | tee seen.txt

cat > expected.txt <<'TEXT'
Lucene 9.12.3
left: notes.txt
TEXT
diff expected.txt seen.txt && echo "as described"
