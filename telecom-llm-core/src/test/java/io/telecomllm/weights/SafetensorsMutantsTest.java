package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.testing.Reliability;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The reader's verdict on mutants is the oracle's, in both directions. */
class SafetensorsMutantsTest {
  private static final int MUTANTS = 100_000;
  private static final long SEED = 3407;

  @Test
  void agreesWithTheOracle() {
    SafetensorsMutants mutants = new SafetensorsMutants(SEED);
    Map<String, Integer> verdicts = new TreeMap<>();
    for (int i = 0; i < MUTANTS; i++) {
      byte[] file = mutants.next();
      String oracle = oracle(file);
      String reader = reader(file);
      if (oracle.equals("accepted") != reader.equals("accepted")) {
        assertThat(reader)
            .as(
                "seed %s, mutant %s, oracle: %s%n%s",
                SEED, i, oracle, new String(file, StandardCharsets.UTF_8))
            .isEqualTo(oracle);
      }
      verdicts.merge(oracle, 1, Integer::sum);
    }
    // the mutants must reach every rule, and leave a good part of the files valid
    assertThat(verdicts)
        .containsKeys(
            "header limit",
            "header end",
            "UTF-8",
            "begins with {",
            "end of document",
            "entry",
            "metadata",
            "dtype",
            "known dtype",
            "dimension",
            "product",
            "two offsets",
            "inside",
            "order",
            "size",
            "overlap",
            "hole",
            "an empty tensor inside another",
            "list",
            "integer",
            "not negative",
            "duplicate key",
            "number",
            "string",
            "escape");
    assertThat(verdicts.get("accepted")).isBetween(MUTANTS / 5, MUTANTS / 2);
    try (Reliability survived = Reliability.of("hostile safetensors: structured mutants")) {
      survived.passed(MUTANTS);
      survived.note(verdicts.get("accepted") + " sound ones among them accepted, as by the oracle");
    }
  }

  private static String oracle(byte[] file) {
    try {
      SafetensorsOracle.check(file);
      return "accepted";
    } catch (SafetensorsOracle.Broken e) {
      return e.getMessage();
    }
  }

  private static String reader(byte[] file) {
    try {
      SafetensorsHeader.read(
          "mutant",
          file.length,
          (position, into, what) -> into.put(file, (int) position, into.remaining()));
      return "accepted";
    } catch (InvalidDataException | UnsupportedModelException e) {
      if (!e.getMessage().startsWith("mutant")) {
        throw new AssertionError("does not name the file", e);
      }
      return e.getMessage();
    } catch (TelecomLlmException e) {
      throw new AssertionError("another type of error", e);
    }
  }
}
