package io.telecomllm.model.files;

import io.telecomllm.model.Architecture.Wiring;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.nio.FloatBuffer;

/**
 * How a checkpoint holds the head of a model whose config.json ties it to the embedding: usually
 * not at all. One that was merged with an adapter can hold another matrix for the head, which is
 * then used, as in transformers 5; and some hold the common matrix under the head's name only.
 */
final class TiedHead {
  private static final int PIECE_VALUES = 1 << 20;

  private final TensorSource source;
  private final boolean tied;
  private final String embedding;
  private final String head;

  TiedHead(TensorSource source, ModelConfig config) {
    Wiring wiring = config.architecture().wiring();
    this.source = source;
    this.tied = config.tiedEmbeddings() && !(source instanceof GgufFile);
    this.embedding = wiring.embeddingWeight();
    this.head = wiring.headWeight();
  }

  /** Returns the configuration, not tied if the file holds a head that differs. */
  static ModelConfig asStored(TensorSource source, ModelConfig config) {
    return new TiedHead(source, config).differs()
        ? config.toBuilder().tiedEmbeddings(false).build()
        : config;
  }

  /** Returns the name under which the file holds a weight. */
  String stored(String name) {
    boolean onlyHead = tied && name.equals(embedding) && !holds(embedding) && holds(head);
    return onlyHead ? head : name;
  }

  private boolean differs() {
    return tied && holds(embedding) && holds(head) && !sameValues();
  }

  private boolean holds(String name) {
    return source.names().contains(name);
  }

  private boolean sameValues() {
    TensorInfo one = source.info(embedding);
    TensorInfo other = source.info(head);
    return one.encoding() == other.encoding()
        ? source.sameTensor(embedding, head)
        : one.shape().equals(other.shape()) && sameFloats(one.elements());
  }

  private boolean sameFloats(long elements) {
    for (long from = 0; from < elements; from += PIECE_VALUES) {
      int count = (int) Math.min(PIECE_VALUES, elements - from);
      if (!floats(embedding, from, count).equals(floats(head, from, count))) {
        return false;
      }
    }
    return true;
  }

  private FloatBuffer floats(String name, long from, int count) {
    FloatBuffer floats = FloatBuffer.allocate(count);
    source.readFloats(name, from, floats);
    return floats.flip();
  }
}
