package io.telecomllm.generation.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads texts with a constraint, and writes texts that it allows. */
public final class Reading {
  private static final int PATIENCE = 80;

  private Reading() {}

  /** Returns the state after the bytes; null if the constraint stops them. */
  public static Constraint.@Nullable State read(Constraint constraint, byte[] bytes) {
    Constraint.State state = constraint.start();
    for (int i = 0; i < bytes.length && state != null; i++) {
      state = state.next(bytes[i] & 0xff);
    }
    return state;
  }

  /** Returns whether the constraint allows a text as a whole. */
  public static boolean accepts(Constraint constraint, String text) {
    return accepts(constraint, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns whether the constraint allows a text as a whole. */
  public static boolean accepts(Constraint constraint, byte[] bytes) {
    Constraint.State state = read(constraint, bytes);
    return state != null && state.complete();
  }

  /** Writes bytes at random among those allowed; after a while rather those that end something. */
  public static byte[] walk(Constraint constraint, Random random) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Constraint.State state = constraint.start();
    while (true) {
      Constraint.State here = state;
      int[] allowed = IntStream.range(0, 256).filter(b -> here.next(b) != null).toArray();
      boolean late = text.size() > PATIENCE;
      if (state.complete() && (late || allowed.length == 0 || random.nextInt(4) == 0)) {
        return text.toByteArray();
      }
      assertThat(allowed).as("a dead end after %s", text).isNotEmpty();
      int octet = allowed[random.nextInt(allowed.length)];
      if (late || random.nextInt(8) == 0) {
        // brackets end nothing within a string, where a tilde may stand
        String ends = here.next('~') == null ? "}]\"" : "\"";
        octet = ends.chars().filter(b -> here.next(b) != null).findFirst().orElse(octet);
      }
      text.write(octet);
      state = state.next(octet);
    }
  }
}
