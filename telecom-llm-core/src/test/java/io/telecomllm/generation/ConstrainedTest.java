package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.generation.schema.JsonSchema;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.testing.Shared;
import io.telecomllm.testing.SmolLm2;
import io.telecomllm.testing.TinyModel;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A random model would never write these texts; held to them it cannot write others. */
class ConstrainedTest {
  private static final LanguageModel MODEL = TinyModel.load(700);
  private static final TextGenerator GENERATOR =
      TextGenerator.on(MODEL).template(ChatTemplate.CHAT_ML).build();
  private static final List<Message> ASKED = List.of(Message.user("what?"));

  @AfterAll
  static void close() {
    GENERATOR.close();
    MODEL.close();
  }

  enum Domain {
    RADIO,
    CORE,
    TRANSPORT
  }

  record Alarm(Domain domain, int severity, boolean known, Optional<Domain> other) {}

  record Ticket(List<Alarm> alarms) {}

  @Test
  void oneOfTheOptions() {
    List<String> options = List.of("AMF", "AMF set", "SMF", "größer", "\uD83D\uDCF6");
    Constraint constraint = Constraint.options(options);
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < 60; seed++) {
      long own = seed;
      Generation generation =
          GENERATOR.generate(
              ASKED, GenerationConfig.with(c -> c.temperature(3).seed(own).constraint(constraint)));
      assertThat(generation.text()).isIn(options);
      assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
      seen.add(generation.text());
    }
    assertThat(seen).hasSizeGreaterThan(3);
    Generation greedy =
        GENERATOR.generate(
            ASKED, GenerationConfig.with(c -> c.constraint(constraint).draftTokens(8)));
    assertThat(greedy.text()).isIn(options);
  }

  @Test
  void aRecordComesBack() {
    for (int seed = 0; seed < 12; seed++) {
      long own = seed;
      Structured<Alarm> alarm =
          GENERATOR.generate(
              ASKED, Alarm.class, GenerationConfig.with(c -> c.temperature(1).seed(own)));
      assertThat(alarm.value().domain()).isNotNull();
      assertThat(alarm.generation().finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(alarm.generation().text()).startsWith("{").endsWith("}").contains("\"domain\"");
    }
  }

  @Test
  void whatDoesNotFitIsRefusedByName() {
    assertThatThrownBy(
            () ->
                GENERATOR.generate(
                    ASKED, Alarm.class, GenerationConfig.with(c -> c.maxNewTokens(8))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("maxNewTokens is 8, JSON of Alarm takes \\d+ at least");
    // a list has no greatest length, and a random model does not end it
    assertThatThrownBy(
            () ->
                GENERATOR.generate(
                    ASKED,
                    Ticket.class,
                    GenerationConfig.with(c -> c.maxNewTokens(15).temperature(1).seed(1))))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "the JSON of Ticket is not complete: its text ended after 15 tokens (LENGTH); allow"
                + " more, or ask for less");
    assertThatThrownBy(
            () ->
                GENERATOR.generate(
                    ASKED,
                    Alarm.class,
                    GenerationConfig.with(c -> c.constraint(Constraint.options(List.of("a"))))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the settings have a constraint, the record is one already");
  }

  /** Tokens of a real vocabulary hold several characters, and a space before a word. */
  @Test
  @Tag("shared")
  void tokensOfSeveralCharacters() {
    try (TextGenerator generator =
        TextGenerator.on(SmolLm2.model()).tokenizer(SmolLm2.tokenizer()).build()) {
      assertThat(Shared.gguf()).exists();
      List<Message> asked = List.of(Message.user("Is the AMF part of the core? Answer in JSON."));
      Structured<Alarm> alarm = generator.generate(asked, Alarm.class, GenerationConfig.defaults());
      assertThat(alarm.generation().usage().generated())
          .isLessThanOrEqualTo(alarm.generation().text().length() + 1);
      Generation choice =
          generator.generate(
              asked,
              GenerationConfig.with(
                  c -> c.constraint(Constraint.options(List.of("yes, it is", "no, it is not")))));
      assertThat(choice.text()).isIn("yes, it is", "no, it is not");
      String schema = JsonSchema.of(Alarm.class).toJson();
      assertThat(schema).contains("\"RADIO\"");
    }
  }
}
