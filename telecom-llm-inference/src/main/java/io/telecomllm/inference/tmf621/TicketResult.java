package io.telecomllm.inference.tmf621;

import static java.util.Objects.requireNonNull;

/**
 * What was found for a ticket. Immutable.
 *
 * @param answer the answer; its question is the ticket's text as the model read it, redacted
 * @param routing whether the answer is given, or a person is asked
 * @param redacted whether the redaction changed the ticket's text
 * @param update the note and the characteristics that say this
 * @param <A> the kind of answer: {@link io.telecomllm.inference.Answer} for a choice, {@link
 *     io.telecomllm.inference.OpenAnswer} for words
 */
public record TicketResult<A>(A answer, Routing routing, boolean redacted, TicketUpdate update) {
  /** Checks that there are all. */
  public TicketResult {
    requireNonNull(answer, "answer is null");
    requireNonNull(routing, "routing is null");
    requireNonNull(update, "update is null");
  }

  /** Where a ticket goes. */
  public enum Routing {
    /** The answer is given. */
    ANSWER("answer"),
    /** A person is asked. */
    PERSON("person");

    private final String word;

    Routing(String word) {
      this.word = word;
    }

    /** Returns the word for it in a ticket's characteristic. */
    public String word() {
      return word;
    }
  }
}
