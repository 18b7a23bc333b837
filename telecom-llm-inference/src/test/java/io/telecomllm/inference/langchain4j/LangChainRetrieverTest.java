package io.telecomllm.inference.langchain4j;

import static io.telecomllm.inference.langchain4j.LangChainFixture.MOBILITY;
import static io.telecomllm.inference.langchain4j.LangChainFixture.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import dev.langchain4j.rag.content.aggregator.DefaultContentAggregator;
import dev.langchain4j.rag.content.retriever.listener.ContentRetrieverListener;
import dev.langchain4j.rag.content.retriever.listener.ContentRetrieverResponseContext;
import dev.langchain4j.rag.query.Query;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Passage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A knowledge base behind LangChain4j's ContentRetriever. */
class LangChainRetrieverTest {
  private static final String QUERY = "mobility of the AMF";

  private final KnowledgeBase base = KnowledgeBase.of(List.of(MOBILITY, SESSION));

  @AfterEach
  void close() {
    base.close();
  }

  private static List<String> ids(List<Content> contents) {
    return contents.stream().map(c -> c.textSegment().metadata().getString("id")).toList();
  }

  @Test
  void contentsTellWhereTheyComeFrom() {
    List<Content> contents = KnowledgeRetriever.of(base).retrieve(Query.from(QUERY));
    List<Passage> passages = base.search(QUERY, 3);
    assertThat(contents).hasSize(2);
    double score = passages.get(0).score();
    assertThat(contents.get(0).textSegment().text()).isEqualTo("The AMF does mobility.");
    assertThat(contents.get(0).textSegment().metadata().toMap())
        .isEqualTo(
            Map.of(
                "id", "TS 23.501#6.2.1",
                "spec", "TS 23.501",
                "clause", "6.2.1",
                "title", "AMF",
                "version", "18.1.0",
                "release", "Release 18",
                "source", "a.docx",
                "score", score,
                "rank", 1));
    assertThat(contents.get(0).metadata()).isEqualTo(Map.of(ContentMetadata.SCORE, score));
    // what a clause does not have is missing
    assertThat(contents.get(1).textSegment().metadata().toMap())
        .isEqualTo(
            Map.of(
                "id", "TS 23.501#6.2.2",
                "spec", "TS 23.501",
                "clause", "6.2.2",
                "score", passages.get(1).score(),
                "rank", 2));
  }

  @Test
  void asManyAsAskedForOfTheRelease() throws Exception {
    assertThat(ids(KnowledgeRetriever.of(base, 1).retrieve(Query.from(QUERY))))
        .containsExactly("TS 23.501#6.2.1");
    KnowledgeRetriever retriever = KnowledgeRetriever.of(base, 5);
    assertThat(ids(retriever.retrieve(Query.from(QUERY + " [3GPP Release 17]"))))
        .containsExactly("TS 23.501#6.2.2");
    assertThat(retriever.retrieve(Query.from("zebra"))).isEmpty();
    assertThat(retriever.retrieveAsync(Query.from(QUERY)).get())
        .isEqualTo(retriever.retrieve(Query.from(QUERY)));
    for (int wrong : new int[] {0, 1001}) {
      assertThatThrownBy(() -> KnowledgeRetriever.of(base, wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("passages is " + wrong + ", must be 1 to 1000");
    }
    base.close();
    assertThatThrownBy(() -> retriever.retrieve(Query.from(QUERY)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("knowledge base in memory: the knowledge base is closed");
    assertThatThrownBy(() -> retriever.retrieveAsync(Query.from(QUERY)).get())
        .hasRootCauseMessage("knowledge base in memory: the knowledge base is closed");
  }

  /** Several queries find a clause at other places; it is still one. */
  @Test
  void resultsOfSeveralQueriesFuse() {
    KnowledgeRetriever retriever = KnowledgeRetriever.of(base);
    List<Content> one = retriever.retrieve(Query.from("AMF mobility"));
    List<Content> other = retriever.retrieve(Query.from("SMF sessions mobility"));
    assertThat(ids(one)).containsExactly("TS 23.501#6.2.1", "TS 23.501#6.2.2");
    assertThat(ids(other)).containsExactly("TS 23.501#6.2.2", "TS 23.501#6.2.1");
    List<Content> fused =
        new DefaultContentAggregator()
            .aggregate(
                Map.of(
                    Query.from("a"), List.of(one),
                    Query.from("b"), List.of(other)));
    assertThat(ids(fused)).containsExactlyInAnyOrder("TS 23.501#6.2.1", "TS 23.501#6.2.2");
    assertThat(one.get(0)).hasSameHashCodeAs(other.get(1)).isNotEqualTo(one.get(1));
  }

  @Test
  void listenersAreCalled() {
    List<Content> heard = new ArrayList<>();
    ContentRetrieverListener listener =
        new ContentRetrieverListener() {
          @Override
          public void onResponse(ContentRetrieverResponseContext context) {
            heard.addAll(context.contents());
          }
        };
    List<Content> contents =
        KnowledgeRetriever.of(base).addListener(listener).retrieve(Query.from(QUERY));
    assertThat(heard).isEqualTo(contents).hasSize(2);
  }
}
