package io.telecomllm.inference.tmf621;

import io.telecomllm.generation.FinishReason;
import io.telecomllm.inference.Abstained;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.Answered;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.tmf621.TicketResult.Routing;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Clause;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes down in notes and characteristics what was found for tickets. Immutable. */
record TicketWriter(String prefix, String author, Clock clock) {
  private static final String CONFIDENCE = "confidence";
  private static final String REASON = "reason";

  /** A result in the making: the lines of its note, and its characteristics. */
  private final class Draft {
    final List<String> lines = new ArrayList<>();
    final List<TicketCharacteristic> characteristics = new ArrayList<>();

    void set(String name, Object value) {
      characteristics.add(new TicketCharacteristic(prefix + name, value));
    }

    void setAll(String name, List<?> values) {
      if (!values.isEmpty()) {
        set(name, values);
      }
    }

    <A> TicketResult<A> of(A answer, Routing routing, boolean redacted) {
      set("routing", routing.word());
      set("redacted", redacted);
      TicketNote note =
          new TicketNote(
              author, clock.instant().truncatedTo(ChronoUnit.MILLIS), String.join("\n", lines));
      return new TicketResult<>(
          answer, routing, redacted, new TicketUpdate(prefix, note, characteristics));
    }
  }

  TicketResult<Answer> chosen(String question, Answer answer, boolean redacted) {
    Draft draft = new Draft();
    draft.lines.add(question);
    draft.set(CONFIDENCE, answer.confidence());
    if (answer instanceof Answered given) {
      given(draft, given);
      return draft.of(answer, Routing.ANSWER, redacted);
    }
    left(draft, (Abstained) answer);
    return draft.of(answer, Routing.PERSON, redacted);
  }

  private static void given(Draft draft, Answered answer) {
    draft.lines.add(percent(answer.text(), answer.confidence()));
    for (Citation citation : answer.citations()) {
      draft.lines.add("\"" + citation.quotation() + "\" [" + citation.clause().edition() + "]");
    }
    draft.set("choice", answer.text());
    draft.setAll(
        "references", answer.citations().stream().map(each -> each.clause().edition()).toList());
  }

  private static void left(Draft draft, Abstained answer) {
    draft.lines.add("Left to a person: " + answer.reason().text() + ".");
    List<Abstained.Candidate> candidates = answer.candidates();
    for (Abstained.Candidate each : candidates) {
      draft.lines.add("- " + percent(each.text(), each.probability()));
    }
    draft.set(REASON, answer.reason().kind().name());
    draft.setAll("candidates", candidates.stream().map(Abstained.Candidate::text).toList());
    draft.setAll(
        "candidateProbabilities",
        candidates.stream().map(Abstained.Candidate::probability).toList());
  }

  private static String percent(String text, double probability) {
    return String.format(Locale.ROOT, "%s (%.1f %%)", text, 100 * probability);
  }

  /**
   * Writes down an answer in words.
   *
   * @param text its text, redacted
   */
  TicketResult<OpenAnswer> written(OpenAnswer answer, String text, boolean redacted) {
    Draft draft = new Draft();
    boolean finished = answer.generation().finishReason() == FinishReason.STOP && !text.isBlank();
    boolean person = !finished || answer.cited().isEmpty();
    if (person) {
      draft.set(REASON, finished ? "NO_REFERENCE" : "UNFINISHED");
      draft.lines.add(
          "For a person: this answer "
              + (finished ? "cites no reference." : "was not written to its end."));
    }
    draft.lines.add(text);
    List<String> references = new ArrayList<>();
    for (int number : answer.cited()) {
      Clause clause = answer.references().get(number - 1).clause();
      references.add(clause.edition());
      draft.lines.add(("[" + number + "] " + clause.edition() + " " + clause.title()).strip());
    }
    draft.setAll("references", references);
    return draft.of(answer, person ? Routing.PERSON : Routing.ANSWER, redacted);
  }
}
