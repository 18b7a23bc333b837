package io.telecomllm.generation.schema;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.testing.Fuzzing;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A schema of any text: refused by name, or a constraint that never reaches a dead end. */
class JsonSchemaFuzzTest {
  private static final int STEPS = 300;

  @FuzzTest
  void schema(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    Optional<JsonSchema> schema =
        Fuzzing.read("JSON schema", data.length, () -> JsonSchema.parse(text));
    schema.ifPresent(
        read -> {
          Fuzzing.same(JsonSchema.parse(read.toJson()).toJson(), read.toJson());
          if (read.minimumLength() < 1) {
            throw new AssertionError("a text of " + read.minimumLength() + " bytes");
          }
          walk(read.constraint(), data);
        });
  }

  private static void walk(Constraint constraint, byte[] data) {
    Constraint.State state = constraint.start();
    for (int step = 0; step < STEPS; step++) {
      Constraint.State next = null;
      for (int i = 0; next == null && i < 256; i++) {
        next = state.next((i + data[step % data.length]) & 0xff);
      }
      if (next == null) {
        if (!state.complete()) {
          throw new AssertionError("a dead end after " + step + " bytes");
        }
        return;
      }
      state = next;
    }
  }
}
