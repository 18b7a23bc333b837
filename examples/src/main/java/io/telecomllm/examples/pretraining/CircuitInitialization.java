package io.telecomllm.examples.pretraining;

import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes first weights that contain what a small model is slow to find: four successive attention
 * heads that compare words (induction heads, Olsson et al. 2022). From random weights alone the
 * matching task stays at chance for thousands of steps; with these it is learned in minutes. All
 * other matrices keep their random values.
 *
 * <p>The meaning of a row's 128 features for these heads:
 *
 * <pre>
 *   0 to 43   the token: 0 is 1 for labels, 1 is 1 for signs that ask, the rest is random
 *  44 to 87   the token before it
 *  88 to 119  the label of its line (the first 32 features of that token)
 * 120         whether the note has the same token
 * 127         the same for all tokens
 * </pre>
 */
final class CircuitInitialization {
  private static final int TOKEN = 0;
  private static final int ASKS = 1;
  private static final int FIRST_RANDOM = 2;
  private static final int TOKEN_SIZE = 44;
  private static final int PREVIOUS = 44;
  private static final int LINE = 88;
  private static final int LABEL_SIZE = 32;
  private static final int IN_NOTE = 120;
  private static final int CONSTANT = 127;

  private final ModelConfig config;
  private final List<Parameter> parameters;
  private final int half;

  private CircuitInitialization(LanguageModel model) {
    this.config = model.config();
    this.parameters = model.network().parameters();
    this.half = config.headSize() / 2;
  }

  /** Writes embeddings and heads into a model of 128 features, two heads and four layers. */
  static void write(LanguageModel model, TaskTokens tokens, long seed) {
    CircuitInitialization circuit = new CircuitInitialization(model);
    circuit.embeddings(tokens, new SplittableRandom(seed));
    circuit.previousToken(circuit.head(0));
    circuit.lineLabel(circuit.head(1));
    circuit.sameToken(circuit.head(2));
    circuit.answer(circuit.head(3));
  }

  private void embeddings(TaskTokens tokens, SplittableRandom random) {
    Matrix embedding = matrix("model.embed_tokens.weight");
    embedding.clear(0, config.vocabularySize(), 0, config.hiddenSize());
    for (int id = 0; id < config.vocabularySize(); id++) {
      for (int i = FIRST_RANDOM; i < TOKEN_SIZE; i++) {
        // 42 features of 0.25: two tokens have a product of 0, a token with itself of 2.6
        embedding.set(id, i, 0.25 * random.nextGaussian());
      }
      // RMSNorm brings it to about 3 in every row
      embedding.set(id, CONSTANT, 0.5);
    }
    // about three standard deviations of the random features: distinct, yet not much larger
    for (int id : tokens.labels()) {
      embedding.set(id, TOKEN, 0.8);
    }
    tokens.asks().forEach(sign -> embedding.set(sign[sign.length - 1], ASKS, 0.8));
  }

  /**
   * Copies the previous token. Query and key differ only by a rotation of one position; six of the
   * fastest pairs distinguish neighbouring positions: 2.6 puts the previous one 7 above its
   * neighbours.
   */
  private void previousToken(Head head) {
    for (int i = 0; i < 6; i++) {
      double angle = frequency(i);
      head.query.set(i, CONSTANT, 2.6 * Math.cos(angle));
      head.query.set(i + half, CONSTANT, -2.6 * Math.sin(angle));
      head.key.set(i, CONSTANT, 2.6);
    }
    // the norm makes the values about eight times as large as the embedding's
    head.copy(TOKEN, PREVIOUS, TOKEN_SIZE, 0.125);
  }

  /**
   * Copies the latest label into the tokens after it. Keys are the tokens after a label; the two
   * pairs rotate by 0.03 and 0.02 a token, so that a nearer label has more weight within a few
   * lines.
   */
  private void lineLabel(Head head) {
    for (int i = 8; i < 10; i++) {
      head.query.set(i, CONSTANT, 2);
      head.key.set(i, PREVIOUS, 4);
    }
    // more than the eighth of a full copy, since the head also attends to other tokens
    head.copy(PREVIOUS, LINE, LABEL_SIZE, 0.18);
  }

  /**
   * Marks tokens that the note has too. The slowest pairs hardly rotate within 512 positions, so
   * the product of two tokens counts, not their distance; 1.8 makes a repeated token win over some
   * hundred others.
   */
  private void sameToken(Head head) {
    int feature = FIRST_RANDOM;
    for (int from : new int[] {14, 14 + half}) {
      for (int i = from; i < (from < half ? half : 2 * half); i++, feature++) {
        head.query.set(i, feature, 1.8);
        head.key.set(i, feature, 1.8);
      }
    }
    // the value is 1 for every token except those of labelled lines, which have almost 0
    head.value.set(0, CONSTANT, 1);
    head.value.set(0, LINE, -0.8);
    head.output.set(IN_NOTE, 0, 0.4);
  }

  /**
   * Copies the label of marked tokens to where the answer is asked for. The mark and being in a
   * labelled line both count, the latter a little more, so that the note itself is ignored. The
   * label goes to the features from which the model's head, which is the embedding, reads tokens.
   */
  private void answer(Head head) {
    for (int i = 20; i < half; i++) {
      head.query.set(i, ASKS, 1.2);
      head.key.set(i, IN_NOTE, 1.2);
      head.key.set(i, LINE, 1.2 * 1.3);
    }
    head.copy(LINE, TOKEN, LABEL_SIZE, 1);
  }

  /** Returns the angle by which rotary pair {@code i} rotates from one position to the next. */
  private double frequency(int i) {
    return Math.pow(config.rope().theta(), -(double) i / half);
  }

  /** Clears the first head of a layer to 0 and returns it. */
  private Head head(int layer) {
    String name = "model.layers." + layer + ".self_attn.";
    Matrix input = matrix(name + "qkv_proj.weight");
    int size = config.headSize();
    Matrix output = matrix(name + "o_proj.weight");
    output.clear(0, config.hiddenSize(), 0, size);
    return new Head(
        input.rows(0, size),
        input.rows(config.querySize(), size),
        input.rows(config.querySize() + config.keyValueSize(), size),
        output);
  }

  private Matrix matrix(String name) {
    Parameter parameter =
        parameters.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    return new Matrix(parameter.value().bytes().asFloatBuffer(), parameter.value().size(1), 0);
  }

  private record Head(Matrix query, Matrix key, Matrix value, Matrix output) {
    /** Copies features from one index, through the head, to another. */
    void copy(int from, int to, int count, double factor) {
      for (int i = 0; i < count; i++) {
        value.set(i, from + i, 1);
        output.set(to + i, i, factor);
      }
    }
  }

  /** The memory of a tensor, by row and column. */
  private record Matrix(FloatBuffer values, int columns, int firstRow) {
    void set(int row, int column, double value) {
      values.put((firstRow + row) * columns + column, (float) value);
    }

    /** Clears {@code count} rows to 0 and returns them. */
    Matrix rows(int from, int count) {
      Matrix rows = new Matrix(values, columns, from);
      rows.clear(0, count, 0, columns);
      return rows;
    }

    void clear(int fromRow, int toRow, int fromColumn, int toColumn) {
      for (int row = fromRow; row < toRow; row++) {
        for (int column = fromColumn; column < toColumn; column++) {
          set(row, column, 0);
        }
      }
    }
  }
}
