#!/usr/bin/env bash
# One would guess: LangChain4j's reciprocal rank fusion counts a passage that two retrievers found as one,
# since that is what fusion is for, whatever score each retriever gave it. A score is kept with the passage,
# as metadata of its text segment, by many retrievers.
#
# What happens: in langchain4j-core 1.23.0 two contents are equal if the text and the metadata of their
# segments are. So the same text with each retriever's score in the segment's metadata is fused as two
# passages, ranked as if nobody else had found them. Scores in the content's own metadata do no harm.
#
# Why it matters: hybrid search gives duplicates, and what both retrievers agree on does not rise. A
# retriever has to keep what differs between searches out of the segment.
#
# Needs JDK 17 and Maven. Installs langchain4j-core 1.23.0 in a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>dev.langchain4j</groupId><artifactId>langchain4j-core</artifactId><version>1.23.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.18</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:build-classpath -Dmdep.outputFile=classpath.txt > maven.log 2>&1

cat > Ask.java <<'JAVA'
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import dev.langchain4j.rag.content.aggregator.ReciprocalRankFuser;
import java.util.List;
import java.util.Map;

class Ask {
  static Content inSegment(String text, double score) {
    return Content.from(TextSegment.from(text, new Metadata().put("score", score)));
  }

  static Content beside(String text, double score) {
    return Content.from(TextSegment.from(text), Map.of(ContentMetadata.SCORE, score));
  }

  static void fuse(String name, Content a1, Content a2, Content b1, Content b2) {
    List<Content> fused = ReciprocalRankFuser.fuse(List.of(List.of(a1, a2), List.of(b1, b2)));
    System.out.println(name + ": " + fused.stream().map(c -> c.textSegment().text()).toList());
  }

  public static void main(String[] arguments) {
    fuse("score in the segment", inSegment("A", 1), inSegment("both", 2), inSegment("B", 3), inSegment("both", 4));
    fuse("score in the content", beside("A", 1), beside("both", 2), beside("B", 3), beside("both", 4));
  }
}
JAVA
echo "langchain4j-core $(grep -o 'langchain4j-core-[0-9.]*[0-9]' classpath.txt | head -1 | sed 's/.*-//')" | tee seen.txt
java -cp "$(cat classpath.txt)" Ask.java | tee -a seen.txt

cat > expected.txt <<'TEXT'
langchain4j-core 1.23.0
score in the segment: [A, B, both, both]
score in the content: [both, A, B]
TEXT
diff expected.txt seen.txt && echo "as described"
