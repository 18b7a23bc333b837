package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a calibration belongs to: with another model, adapter, prompt or knowledge base the same
 * confidence means something else. Immutable.
 *
 * <p>Each is a text that identifies it, such as a digest: 1 to {@value #MOST} characters.
 *
 * @param model the base model, such as {@code Lineage.Base.fingerprint()}
 * @param adapter the adapter, if there is one
 * @param prompt the prompt of questions with its template, such as {@code Lineage.prompt()}
 * @param reading how the options are scored, and in how many orders of them
 * @param knowledge the source of the references in prompts, if there is one, such as {@code
 *     KnowledgeBase.id()}
 */
public record CalibratedFor(
    String model,
    Optional<String> adapter,
    String prompt,
    String reading,
    Optional<String> knowledge) {
  /** The most characters of a text. */
  public static final int MOST = 500;

  /** Checks the lengths. */
  public CalibratedFor {
    facts(model, adapter, prompt, reading, knowledge)
        .forEach(
            (name, text) ->
                text.ifPresent(
                    value ->
                        checkArgument(
                            !value.isBlank() && value.length() <= MOST,
                            "%s has %s characters, must be 1 to %s, not all blank",
                            name,
                            value.length(),
                            MOST)));
  }

  private static Map<String, Optional<String>> facts(
      String model,
      Optional<String> adapter,
      String prompt,
      String reading,
      Optional<String> knowledge) {
    Map<String, Optional<String>> facts = new LinkedHashMap<>();
    facts.put("model", Optional.of(model));
    facts.put("adapter", adapter);
    facts.put("prompt", Optional.of(prompt));
    facts.put("reading", Optional.of(reading));
    facts.put("knowledge", knowledge);
    return facts;
  }

  /**
   * Returns a sentence about the first difference from what is in use, in the order of the
   * components; empty if there is none.
   */
  Optional<String> difference(CalibratedFor here) {
    Map<String, Optional<String>> used =
        facts(here.model, here.adapter, here.prompt, here.reading, here.knowledge);
    return facts(model, adapter, prompt, reading, knowledge).entrySet().stream()
        .filter(fact -> !fact.getValue().equals(used.get(fact.getKey())))
        .findFirst()
        .map(
            fact ->
                "the calibration was fitted with "
                    + described(fact.getKey(), fact.getValue())
                    + ", in use is "
                    + described(fact.getKey(), requireNonNull(used.get(fact.getKey()))));
  }

  private static String described(String name, Optional<String> value) {
    return value.map(text -> "the " + name + " " + text).orElse("no " + name);
  }
}
