package io.telecomllm.inference.tmf621;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.InvalidDataException;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.prompt.Message;
import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Answers trouble tickets of TM Forum's TMF621 with a {@link TelecomAnswerer}: a ticket in, a note
 * and characteristics out, as a record and as a JSON merge patch.
 *
 * <pre>{@code
 * TroubleTicketAnswerer tickets = TroubleTicketAnswerer.of(answerer);
 * TroubleTicket ticket = TroubleTicket.parse(json);
 * TicketResult<Answer> cause = tickets.choose(ticket, "What is the most likely cause?", causes);
 * if (cause.routing() == Routing.PERSON) {
 *   assign(ticket);
 * }
 * patch(ticket.id(), cause.update().mergePatch(ticket));
 * }</pre>
 *
 * <p><b>What the model reads</b> is the ticket's name and description, redacted, and the question.
 * Nothing else of the ticket: no related party, no note. The ticket's text is data, as any text of
 * a question is.
 *
 * <p><b>Personal data.</b> The redaction, {@link PersonalData#redact} by default, changes the
 * ticket's text before the model reads it, and the model's own words before they become a note. The
 * question and the options are the program's own: they are not redacted, the model reads them, the
 * note and the characteristics repeat them, and errors may quote them.
 *
 * <p><b>Routing.</b> A choice that the answerer's abstention rule does not give goes to a person.
 * So do words that the model did not end by itself, or that cite no reference.
 *
 * <p><b>Characteristics.</b> Their names begin with a prefix, {@value #PREFIX} by default:
 *
 * <table>
 * <caption>Characteristics of a ticket</caption>
 * <tr><th>name</th><th>value</th></tr>
 * <tr><td>{@code routing}</td><td>{@code answer} or {@code person}</td></tr>
 * <tr><td>{@code redacted}</td><td>whether the redaction changed the ticket's text</td></tr>
 * <tr><td>{@code confidence}</td><td>of a choice: the probability, 0 to 1, that its most probable
 * option is right</td></tr>
 * <tr><td>{@code choice}</td><td>the option, if one is given</td></tr>
 * <tr><td>{@code reason}</td><td>why a person is asked, if one is: the name of an {@link
 * io.telecomllm.inference.calibration.AbstentionReason.Kind}, {@code UNFINISHED} or {@code
 * NO_REFERENCE}</td></tr>
 * <tr><td>{@code candidates}</td><td>the options that may be right, the most probable first, if a
 * person is asked to choose</td></tr>
 * <tr><td>{@code candidateProbabilities}</td><td>their probabilities, in the same order</td></tr>
 * <tr><td>{@code references}</td><td>the clauses that are cited, such as {@code TS
 * 23.501#6.2.1}</td></tr>
 * </table>
 *
 * <p>Immutable, and safe for use by several threads; it does not close the answerer, whose
 * exceptions it throws. For a deadline give it {@link TelecomAnswerer#withDeadline}.
 */
public final class TroubleTicketAnswerer {
  /** How the names of characteristics begin by default. */
  public static final String PREFIX = "telecomLlm.";

  private static final String AUTHOR = "telecom-llm";
  private static final String QUESTION =
      "What is the likely cause of this trouble, and what is the next step?";

  private final TelecomAnswerer answerer;
  private final UnaryOperator<String> redaction;
  private final GenerationConfig config;
  private final TicketWriter writer;

  private TroubleTicketAnswerer(
      TelecomAnswerer answerer,
      UnaryOperator<String> redaction,
      GenerationConfig config,
      TicketWriter writer) {
    this.answerer = answerer;
    this.redaction = redaction;
    this.config = config;
    this.writer = writer;
  }

  /** Returns one with the defaults, whose notes are by {@code telecom-llm}. */
  public static TroubleTicketAnswerer of(TelecomAnswerer answerer) {
    requireNonNull(answerer, "answerer is null");
    return new TroubleTicketAnswerer(
        answerer,
        PersonalData::redact,
        GenerationConfig.defaults(),
        new TicketWriter(PREFIX, AUTHOR, Clock.systemUTC()));
  }

  /**
   * Returns a copy with this redaction, which is called by the threads that ask. A ticket for which
   * it throws is not read by the model; the error names the class of what was thrown, and has its
   * stack trace, but not its message, which may quote the ticket.
   */
  public TroubleTicketAnswerer redaction(UnaryOperator<String> value) {
    requireNonNull(value, "redaction is null");
    return new TroubleTicketAnswerer(answerer, value, config, writer);
  }

  /** Returns a copy that writes in words with this configuration. */
  public TroubleTicketAnswerer config(GenerationConfig value) {
    requireNonNull(value, "config is null");
    return new TroubleTicketAnswerer(answerer, redaction, value, writer);
  }

  /** Returns a copy whose characteristics have names that begin with this, which is not blank. */
  public TroubleTicketAnswerer prefix(String value) {
    requireNonNull(value, "prefix is null");
    checkArgument(!value.isBlank(), "prefix is blank");
    return with(new TicketWriter(value, writer.author(), writer.clock()));
  }

  /** Returns a copy whose notes are by this author, who is not blank. */
  public TroubleTicketAnswerer author(String value) {
    requireNonNull(value, "author is null");
    checkArgument(!value.isBlank(), "author is blank");
    return with(new TicketWriter(writer.prefix(), value, writer.clock()));
  }

  /** Returns a copy with this clock for the dates of notes. */
  public TroubleTicketAnswerer clock(Clock value) {
    requireNonNull(value, "clock is null");
    return with(new TicketWriter(writer.prefix(), writer.author(), value));
  }

  private TroubleTicketAnswerer with(TicketWriter value) {
    return new TroubleTicketAnswerer(answerer, redaction, config, value);
  }

  /** Asks for the likely cause and the next step, in words. */
  public TicketResult<OpenAnswer> ask(TroubleTicket ticket) {
    return ask(ticket, QUESTION);
  }

  /**
   * Asks a question about a ticket, to be answered in words.
   *
   * @param question the program's own, not redacted
   * @throws InvalidDataException if the redaction fails
   * @throws IllegalArgumentException naming the number of tokens, if ticket and question do not fit
   *     the model's context
   */
  public TicketResult<OpenAnswer> ask(TroubleTicket ticket, String question) {
    String read = read(ticket, question);
    OpenAnswer answer =
        answerer.ask(List.of(Message.user(asked(read, question))), config, GenerationListener.NONE);
    return writer.written(answer, redacted(answer.text()), changed(ticket, read));
  }

  /**
   * Asks a question about a ticket whose answer is one of several options, such as causes, next
   * steps or groups of people.
   *
   * @param question the program's own, not redacted
   * @param options 2 to 9 texts, no two of them equal; the program's own, not redacted
   * @throws InvalidDataException if the redaction fails
   * @throws IllegalArgumentException if the question or an option is blank, or two options are
   *     equal; naming the number of options if it is another, or the number of tokens if ticket,
   *     question and options do not fit the model's context
   */
  public TicketResult<Answer> choose(TroubleTicket ticket, String question, List<String> options) {
    requireNonNull(options, "options is null");
    String read = read(ticket, question);
    Answer answer = answerer.answer(asked(read, question), options);
    return writer.chosen(question, answer, changed(ticket, read));
  }

  private String read(TroubleTicket ticket, String question) {
    requireNonNull(ticket, "ticket is null");
    requireNonNull(question, "question is null");
    checkArgument(!question.isBlank(), "the question is blank");
    return redacted(ticket.text());
  }

  private static String asked(String read, String question) {
    return read + "\n\n" + question;
  }

  private static boolean changed(TroubleTicket ticket, String read) {
    return !read.equals(ticket.text());
  }

  private String redacted(String text) {
    String changed;
    try {
      changed = redaction.apply(text);
    } catch (RuntimeException | StackOverflowError e) {
      // a regular expression overflows the stack on a long text; a message may quote the text
      InvalidDataException failed =
          new InvalidDataException(
              "trouble ticket: its redaction failed with " + e.getClass().getName());
      failed.setStackTrace(e.getStackTrace());
      throw failed;
    }
    return requireNonNull(changed, "the redaction returned null");
  }
}
