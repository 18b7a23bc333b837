package io.telecomllm.inference.langchain4j;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Passage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A passage as LangChain4j's content. Equal to another of the same clause, whatever score and rank,
 * since LangChain4j finds by equality what several searches have in common.
 */
record PassageContent(Passage passage) implements Content {
  @Override
  public TextSegment textSegment() {
    Clause clause = passage.clause();
    Metadata metadata =
        new Metadata()
            .put("id", clause.id())
            .put("spec", clause.spec())
            .put("clause", clause.clause())
            .put("score", passage.score())
            .put("rank", passage.rank());
    put(metadata, "title", clause.title());
    put(metadata, "version", clause.version());
    put(metadata, "release", clause.release());
    put(metadata, "source", clause.source());
    return TextSegment.from(clause.text(), metadata);
  }

  private static void put(Metadata metadata, String key, String value) {
    if (!value.isEmpty()) {
      metadata.put(key, value);
    }
  }

  @Override
  public Map<ContentMetadata, Object> metadata() {
    return Map.of(ContentMetadata.SCORE, passage.score());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PassageContent content
        && content.passage.clause().equals(passage.clause());
  }

  @Override
  public int hashCode() {
    return passage.clause().hashCode();
  }
}
