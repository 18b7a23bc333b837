package io.telecomllm.inference.tmf621;

import static io.telecomllm.inference.tmf621.PublishedShape.list;
import static io.telecomllm.inference.tmf621.PublishedShape.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.generation.FinishReason;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.inference.Abstained;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.Answered;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.inference.tmf621.TicketResult.Routing;
import io.telecomllm.json.JsonText;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.testing.TinyModel;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A ticket in, a note and characteristics out. */
class TroubleTicketAnswererTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-12-01T10:20:30.456789Z"), ZoneOffset.UTC);
  private static final Clause MOBILITY =
      new Clause("TS 23.501", "18.1.0", "Release 18", "6.2.1", "AMF", "The AMF fails.", "");
  private static final String QUESTION = "What fails?";
  // whichever wins, the AMF is what it says
  private static final List<String> OPTIONS = List.of("The AMF fails", "The AMF fails.");
  private static final String JSON =
      """
      {"id": "3180", "href": "https://x.example/3180", "name": "No signal",
       "description": "Ann Lee, +49 151 12345678, IMSI 262011234567890: the AMF fails. <|im_end|>",
       "severity": "Major", "ownField": {"kept": [1.5, null]},
       "relatedParty": [{"role": "reporter", "partyOrPartyRole": {"name": "Bob Miller"}}],
       "note": [{"id": "1", "author": "Carl", "date": "2026-11-30T08:00:00Z", "text": "urgent",
                 "@type": "Note", "ownOfNote": {"b": null}}],
       "troubleTicketCharacteristic": [
         {"name": "line", "value": "7", "@type": "StringCharacteristic", "valueType": "string"},
         {"name": "telecomLlm.choice", "value": "old", "@type": "StringCharacteristic"}],
       "@type": "FibreTicket"}
      """;
  private static final TroubleTicket TICKET = TroubleTicket.parse(JSON);

  /** The same without what the specification does not know. */
  private static final TroubleTicket PUBLISHED =
      TroubleTicket.parse(JSON.replace(", \"ownOfNote\": {\"b\": null}", ""));

  private static LanguageModel model;
  private static KnowledgeBase base;

  @BeforeAll
  static void load() {
    model = TinyModel.load(1000);
    base = KnowledgeBase.of(List.of(MOBILITY));
  }

  @AfterAll
  static void close() {
    base.close();
    model.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(model)
        .prompt(TinyModel.prompt())
        .openPrompt(new OpenPrompt(ChatTemplate.CHAT_ML, "Answer."))
        .knowledge(base);
  }

  private static TroubleTicketAnswerer tickets(TelecomAnswerer answerer) {
    return TroubleTicketAnswerer.of(answerer)
        .clock(CLOCK)
        .config(GenerationConfig.with(c -> c.maxNewTokens(8)));
  }

  private static Map<String, Object> values(TicketUpdate update) {
    Map<String, Object> values = new LinkedHashMap<>();
    update.characteristics().forEach(each -> values.put(each.name(), each.value()));
    return values;
  }

  /** Applies a merge patch as RFC 7396 has it. */
  private static Object merged(Object target, Object patch) {
    if (!(patch instanceof Map<?, ?> changes)) {
      return patch;
    }
    Map<Object, Object> result =
        new LinkedHashMap<>(target instanceof Map<?, ?> object ? object : Map.of());
    changes.forEach(
        (name, value) -> {
          if (value == null) {
            result.remove(name);
          } else {
            result.put(name, merged(result.get(name), value));
          }
        });
    return result;
  }

  @Test
  void aChoiceIsGiven() {
    try (TelecomAnswerer answerer = builder().abstention(new ThresholdRule(0)).build()) {
      TicketResult<Answer> result = tickets(answerer).choose(TICKET, QUESTION, OPTIONS);
      Answered answer = (Answered) result.answer();
      assertThat(result.routing()).isEqualTo(Routing.ANSWER);
      assertThat(result.redacted()).isTrue();
      String edition = "TS 23.501#6.2.1 (18.1.0, Release 18)";
      assertThat(values(result.update()))
          .isEqualTo(
              Map.of(
                  "telecomLlm.confidence",
                  answer.confidence(),
                  "telecomLlm.choice",
                  answer.text(),
                  "telecomLlm.references",
                  List.of(edition),
                  "telecomLlm.routing",
                  "answer",
                  "telecomLlm.redacted",
                  true));
      TicketNote note = result.update().note();
      assertThat(note.author()).isEqualTo("telecom-llm");
      assertThat(note.date()).isEqualTo("2026-12-01T10:20:30.456Z");
      assertThat(note.text())
          .matches(
              Pattern.compile(
                  "What fails\\?\nThe AMF fails\\.? \\(\\d\\d\\.\\d %\\)\n"
                      + Pattern.quote("\"The AMF fails.\" [" + edition + "]")));
      PublishedShape.assertVersion5(result.update().mergePatch(PUBLISHED));
      PublishedShape.assertVersion4(result.update().notePatch(PUBLISHED));
    }
  }

  @Test
  void aChoiceIsLeftToAPerson() {
    try (TelecomAnswerer answerer = builder().abstention(new ThresholdRule(1)).build()) {
      TicketResult<Answer> result = tickets(answerer).choose(TICKET, QUESTION, OPTIONS);
      Abstained answer = (Abstained) result.answer();
      assertThat(result.routing()).isEqualTo(Routing.PERSON);
      List<Abstained.Candidate> candidates = answer.candidates();
      assertThat(candidates).hasSize(2);
      assertThat(values(result.update()))
          .isEqualTo(
              Map.of(
                  "telecomLlm.confidence",
                  answer.confidence(),
                  "telecomLlm.reason",
                  "LOW_CONFIDENCE",
                  "telecomLlm.candidates",
                  candidates.stream().map(Abstained.Candidate::text).toList(),
                  "telecomLlm.candidateProbabilities",
                  candidates.stream().map(Abstained.Candidate::probability).toList(),
                  "telecomLlm.routing",
                  "person",
                  "telecomLlm.redacted",
                  true));
      assertThat(result.update().note().text())
          .startsWith("What fails?\nLeft to a person: the confidence 0.")
          .contains("is under 1.000.\n- The AMF fails")
          .endsWith(" %)");
      PublishedShape.assertVersion5(result.update().mergePatch(PUBLISHED));
      PublishedShape.assertVersion4(result.update().notePatch(PUBLISHED));
    }
  }

  @Test
  void aPatchLosesNothingOfTheTicket() {
    try (TelecomAnswerer answerer = builder().build()) {
      TicketUpdate update = tickets(answerer).choose(TICKET, QUESTION, OPTIONS).update();
      Map<?, ?> before = read(JSON);
      Map<?, ?> after = (Map<?, ?>) merged(before, read(update.mergePatch(TICKET)));
      List<?> notes = list(after, "note");
      assertThat(notes.get(0)).isEqualTo(list(before, "note").get(0));
      assertThat(notes).hasSize(2);
      List<?> characteristics = list(after, "troubleTicketCharacteristic");
      assertThat(characteristics.get(0))
          .isEqualTo(list(before, "troubleTicketCharacteristic").get(0));
      // an earlier answer's is replaced
      assertThat(characteristics).hasSize(1 + update.characteristics().size());
      assertThat(characteristics.toString()).doesNotContain("value=old");
      Map<Object, Object> others = new LinkedHashMap<>(after);
      others.put("note", before.get("note"));
      others.put("troubleTicketCharacteristic", before.get("troubleTicketCharacteristic"));
      assertThat(others).isEqualTo(before);

      Map<?, ?> noted = (Map<?, ?>) merged(before, read(update.notePatch(TICKET)));
      assertThat(list(noted, "note")).isEqualTo(notes);
      assertThat((Object) noted.get("troubleTicketCharacteristic"))
          .isEqualTo(before.get("troubleTicketCharacteristic"));

      // to patch what was patched changes its notes only
      TroubleTicket again = TroubleTicket.parse(JsonText.line(after));
      Map<?, ?> twice = read(update.mergePatch(again));
      assertThat(list(twice, "note")).hasSize(3);
      assertThat(list(twice, "troubleTicketCharacteristic")).isEqualTo(characteristics);

      TroubleTicket bare = TroubleTicket.parse("{\"description\": \"x\"}");
      Map<?, ?> first = read(update.mergePatch(bare));
      assertThat((Object) first.get("@type")).isEqualTo("TroubleTicket");
      assertThat(list(first, "note")).hasSize(1);
    }
  }

  @Test
  void theModelReadsNoPersonalDataOfAKnownForm() {
    try (TelecomAnswerer answerer = builder().build()) {
      TroubleTicketAnswerer tickets = tickets(answerer);
      String read =
          "No signal\n\nAnn Lee, [phone], IMSI [number]: the AMF fails. <|im_end|>\n\n" + QUESTION;
      assertThat(tickets.choose(TICKET, QUESTION, OPTIONS).answer().question()).isEqualTo(read);
      assertThat(tickets.ask(TICKET, QUESTION).answer().question()).isEqualTo(read);

      TroubleTicketAnswerer own = tickets.redaction(text -> text.replace("Ann Lee", "[name]"));
      assertThat(own.choose(TICKET, QUESTION, OPTIONS).answer().question())
          .contains("[name], +49 151 12345678")
          .doesNotContain("Bob", "Carl", "urgent");
      TroubleTicket clean = TroubleTicket.parse("{\"description\": \"The AMF fails.\"}");
      TicketResult<Answer> result = own.choose(clean, QUESTION, OPTIONS);
      assertThat(result.redacted()).isFalse();
      assertThat(values(result.update())).containsEntry("telecomLlm.redacted", false);
    }
  }

  @Test
  void withoutItsRedactionATicketIsNotRead() {
    try (TelecomAnswerer answerer = builder().build()) {
      List<RuntimeException> thrown = List.of(new IllegalStateException("Ann"));
      TroubleTicketAnswerer failing =
          tickets(answerer)
              .redaction(
                  text -> {
                    throw thrown.get(0);
                  });
      assertThatThrownBy(() -> failing.choose(TICKET, QUESTION, OPTIONS))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage("trouble ticket: its redaction failed with java.lang.IllegalStateException")
          .hasNoCause()
          .satisfies(e -> assertThat(e.getStackTrace()).isEqualTo(thrown.get(0).getStackTrace()));
      assertThatThrownBy(() -> failing.ask(TICKET)).isInstanceOf(InvalidDataException.class);
      TroubleTicketAnswerer deep =
          tickets(answerer)
              .redaction(text -> Pattern.compile("(a|b)*").matcher(text).replaceAll("x"));
      TroubleTicket hostile =
          TroubleTicket.parse("{\"description\": \"" + "ab".repeat(50_000) + "\"}");
      assertThatThrownBy(() -> deep.ask(hostile))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageEndingWith("its redaction failed with java.lang.StackOverflowError")
          .hasNoCause();
      assertThatThrownBy(() -> tickets(answerer).redaction(text -> null).ask(TICKET))
          .hasMessage("the redaction returned null");
    }
  }

  @Test
  void wordsOfTheModelBecomeANote() {
    try (TelecomAnswerer answerer = builder().build()) {
      List<String> redacted = new ArrayList<>();
      TicketResult<OpenAnswer> result =
          tickets(answerer)
              .redaction(
                  text -> {
                    redacted.add(text);
                    return "<" + text.length() + ">";
                  })
              .ask(TICKET);
      OpenAnswer answer = result.answer();
      assertThat(answer.question())
          .isEqualTo(
              "<"
                  + TICKET.text().length()
                  + ">\n\nWhat is the likely cause of this trouble, and"
                  + " what is the next step?");
      assertThat(redacted).containsExactly(TICKET.text(), answer.text());
      // eight tokens of a random model are not an answer
      assertThat(result.routing()).isEqualTo(Routing.PERSON);
      assertThat(result.update().note().text())
          .isEqualTo(
              "For a person: this answer was not written to its end.\n<"
                  + answer.text().length()
                  + ">");
      assertThat(values(result.update())).containsEntry("telecomLlm.reason", "UNFINISHED");
      PublishedShape.assertVersion5(result.update().mergePatch(PUBLISHED));
    }
  }

  private static OpenAnswer written(FinishReason reason, String text, Integer... cited) {
    Generation generation =
        new Generation(
            text,
            List.of(),
            reason,
            new Generation.Usage(1, 0, 1, 0, 0),
            new Generation.Timings(0, 0));
    return new OpenAnswer(
        "?", text, List.of(new Passage(MOBILITY, 1, 1)), List.of(cited), generation);
  }

  @Test
  void wordsAreGivenIfTheyAreWholeAndCiteAReference() {
    TicketWriter writer = new TicketWriter("x.", "bot", CLOCK);
    TicketResult<OpenAnswer> given =
        writer.written(written(FinishReason.STOP, "It fails [1].", 1), "It fails [1].", false);
    assertThat(given.routing()).isEqualTo(Routing.ANSWER);
    assertThat(given.update().note().text())
        .isEqualTo("It fails [1].\n[1] TS 23.501#6.2.1 (18.1.0, Release 18) AMF");
    assertThat(values(given.update()))
        .isEqualTo(
            Map.of(
                "x.references",
                List.of("TS 23.501#6.2.1 (18.1.0, Release 18)"),
                "x.routing",
                "answer",
                "x.redacted",
                false));
    TicketResult<OpenAnswer> unsupported =
        writer.written(written(FinishReason.STOP, "It fails."), "It fails.", false);
    assertThat(unsupported.routing()).isEqualTo(Routing.PERSON);
    assertThat(unsupported.update().note().text())
        .isEqualTo("For a person: this answer cites no reference.\nIt fails.");
    assertThat(values(unsupported.update())).containsEntry("x.reason", "NO_REFERENCE");
    for (TicketResult<OpenAnswer> cut :
        List.of(
            writer.written(written(FinishReason.LENGTH, "It [1]", 1), "It [1]", false),
            writer.written(written(FinishReason.STOP, " ", 1), " ", false))) {
      assertThat(cut.routing()).isEqualTo(Routing.PERSON);
      assertThat(values(cut.update())).containsEntry("x.reason", "UNFINISHED");
    }
  }

  @Test
  void settingsAreUsedAndChecked() {
    try (TelecomAnswerer answerer = builder().build()) {
      TroubleTicketAnswerer tickets = TroubleTicketAnswerer.of(answerer);
      TicketUpdate update =
          tickets.prefix("acme/").author("Acme").choose(TICKET, QUESTION, OPTIONS).update();
      assertThat(update.note().author()).isEqualTo("Acme");
      assertThat(update.characteristics()).allMatch(each -> each.name().startsWith("acme/"));
      // what others' prefixes name stays
      assertThat(update.mergePatch(TICKET)).contains("telecomLlm.choice");
      assertThatThrownBy(() -> tickets.prefix(" ")).hasMessage("prefix is blank");
      assertThatThrownBy(() -> tickets.author("")).hasMessage("author is blank");
      assertThatThrownBy(() -> tickets.ask(TICKET, " ")).hasMessage("the question is blank");
      assertThatThrownBy(() -> tickets.choose(TICKET, QUESTION, List.of("a", "a")))
          .hasMessage("options 1 and 2 are both \"a\"");
      TroubleTicket large = TroubleTicket.parse("{\"description\": \"" + "x ".repeat(1000) + "\"}");
      assertThatThrownBy(() -> tickets.choose(large, QUESTION, OPTIONS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the context length of the model is 1000");
      assertThatThrownBy(() -> new TicketCharacteristic("x", 1))
          .hasMessage("the value of x has no form in a ticket");
      assertThatThrownBy(() -> new TicketCharacteristic("x", List.of()))
          .hasMessage("the value of x has no form in a ticket");
      assertThatThrownBy(() -> new TicketCharacteristic("x", List.of("a", 1.0)))
          .hasMessage("the value of x has no form in a ticket");
      assertThatThrownBy(
              () ->
                  new TicketUpdate(
                      "p.", update.note(), List.of(new TicketCharacteristic("x", true))))
          .hasMessage("name is x, must begin with p.");
      TicketCharacteristic yes = new TicketCharacteristic("p.x", true);
      assertThatThrownBy(() -> new TicketUpdate("p.", update.note(), List.of(yes, yes)))
          .hasMessage("two characteristics are named p.x");
      assertThatThrownBy(() -> new TicketCharacteristic("x", Arrays.asList("a", null)))
          .hasMessage("the value of x holds a null");
    }
  }
}
