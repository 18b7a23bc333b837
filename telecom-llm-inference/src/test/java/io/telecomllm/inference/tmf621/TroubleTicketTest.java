package io.telecomllm.inference.tmf621;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a ticket, and how one is refused. */
class TroubleTicketTest {
  @Test
  void theDescriptionAloneIsATicket() {
    TroubleTicket ticket = TroubleTicket.parse("{\"description\": \"No signal.\"}");
    assertThat(ticket.description()).isEqualTo("No signal.");
    assertThat(ticket.id()).isEmpty();
    assertThat(ticket.name()).isEmpty();
    assertThat(ticket.text()).isEqualTo("No signal.");
    TroubleTicket named =
        TroubleTicket.parse(
            """
            {"id": "42", "name": "Outage", "description": "No signal.", "severity": null,
             "own": {"deep": [1, {"deeper": null}]}, "relatedParty": "as others have it"}
            """);
    assertThat(named.id()).contains("42");
    assertThat(named.text()).isEqualTo("Outage\n\nNo signal.");
    assertThat(TroubleTicket.parse("{\"name\": \" \", \"description\": \"x\"}").text())
        .isEqualTo("x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          {}; trouble ticket, field description: missing
          {"description": null}; trouble ticket, field description: is null
          {"description": " \\n"}; trouble ticket, field description: is blank
          {"description": 4915112345678}; trouble ticket, field description: expected a string, found a number
          {"description": ["x"]}; trouble ticket, field description: expected a string, found an array
          {"description": "x", "name": {}}; trouble ticket, field name: expected a string, found an object
          {"description": "x", "id": true}; trouble ticket, field id: expected a string, found a boolean
          {"description": "x", "@type": 1.5}; trouble ticket, field @type: expected a string, found a number
          {"description": "x", "note": "call Ann"}; trouble ticket, field note: expected an array, found a string
          {"description": "x", "note": [{}, "call Ann"]}; trouble ticket, field note[1]: expected an object, found a string
          {"description": "x", "note": [null]}; trouble ticket, field note[0]: is null
          {"description": "x", "troubleTicketCharacteristic": {}}; trouble ticket, field troubleTicketCharacteristic: expected an array, found an object
          ["x"]; trouble ticket: expected a JSON object, found an array
          "call Ann"; trouble ticket: expected a JSON object, found a string
          null; trouble ticket: expected a JSON object, found null
          """)
  void aWrongFieldIsNamedWithoutItsText(String json, String message) {
    assertThatThrownBy(() -> TroubleTicket.parse(json))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(message);
  }

  @Test
  void whatIsNotStrictJsonIsRefused() {
    refused("{\"description\": \"x\", \"description\": \"y\"}", "appears twice");
    refused("{\"description\": \"x\", \"own\": {\"a\": 1, \"a\": 2}}", "appears twice");
    refused("{\"description\": \"x\"} {}", "broken syntax");
    refused("{\"description\": \"x\"", "ends too early");
    refused("{\"description\": \"\\ud800\"}", "unpaired surrogate");
    refused("", "not JSON");
    refused("\ufeff{}", "not JSON: begins with a byte order mark");
    refused(
        "{\"description\": \"x\", \"own\": " + "[".repeat(64) + "]".repeat(64) + "}",
        "nested deeper than 64");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          {"+49 171 2345678": {"Ann": 1, "Ann": 2}}; not strict JSON: a key appears twice in an object
          {"Ann": 491712345678e999}; not strict JSON: a number is out of range
          {"Ann": 4917123456784917123456784917123456784917123456}; not strict JSON: an integer of 46 digits
          {"Ann": "\\ud800"}; not strict JSON: a string holds an unpaired surrogate
          {"Ann": [4917123 45678]}; not JSON: broken syntax at line 1 column 19
          {"Ann": ["a" ; not JSON: the text ends too early at line 1 column 13
          {"Ann": "\\uAnn "}; not JSON: broken syntax at line 1 column 12
          {"at line 4917 column 1": Ann}; not JSON: broken syntax at line 1 column 27
          {"Ann": 1} Ann; not JSON: broken syntax at line 1 column 13
          {"Ann": 1} 4917; not JSON: broken syntax at line 1 column 13
          """)
  void errorsDoNotQuoteTheTicket(String json, String fault) {
    assertThatThrownBy(() -> TroubleTicket.parse(json))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("trouble ticket: " + fault)
        .hasNoCause();
  }

  @Test
  void anUnknownFaultIsNotQuoted() {
    assertThat(JsonFault.withoutText("x", "x: call Ann")).isEqualTo("not strict JSON");
    assertThat(JsonFault.withoutText("x", "Ann x: not JSON")).isEqualTo("not strict JSON");
  }

  private static void refused(String json, String message) {
    assertThatThrownBy(() -> TroubleTicket.parse(json))
        .isInstanceOf(InvalidDataException.class)
        .hasNoCause()
        .hasMessageStartingWith("trouble ticket")
        .hasMessageContaining(message);
  }

  private static String described(String description) {
    return "{\"description\": \"" + description + "\"}";
  }

  @Test
  void sizesAreBounded() {
    int most = TroubleTicket.MAX_CHARACTERS;
    assertThat(TroubleTicket.parse(described("x".repeat(most))).description()).hasSize(most);
    refused(
        described("x".repeat(most + 1)),
        "field description: has 100001 characters, at most 100000 are read");
    refused(described("x".repeat(TroubleTicket.MAX_BYTES)), "has over 16777216 bytes");
    // by its bytes, not by its characters
    refused(described("\u20ac".repeat(TroubleTicket.MAX_BYTES / 3)), "has over 16777216 bytes");
    // attachments may be as long as they are
    String attached =
        "{\"description\": \"x\", \"attachment\": [{\"content\": \""
            + "A".repeat(8_000_000)
            + "\"}]}";
    assertThat(TroubleTicket.parse(attached).description()).isEqualTo("x");
  }

  private static final String VALID =
      """
      {"id": "1", "name": "n", "description": "d", "note": [{"text": "t", "own": [1.5, null]}],
       "troubleTicketCharacteristic": [{"name": "telecomLlm.x", "value": true}], "@type": "T"}
      """;

  /** Whatever is damaged in a ticket, it is refused by type or can be patched. */
  @Property
  void aDamagedTicketIsRefusedOrCanBePatched(
      @ForAll @IntRange(min = 0, max = 170) int place,
      @ForAll @IntRange(min = 0, max = 5) int length,
      @ForAll
          @Chars({'{', '}', '[', ']', '"', ',', ':', '1', 'n', '\\', ' '})
          @StringLength(max = 3)
          String other) {
    String damaged =
        VALID.substring(0, place)
            + other
            + VALID.substring(Math.min(VALID.length(), place + length));
    TroubleTicket ticket;
    try {
      ticket = TroubleTicket.parse(damaged);
    } catch (InvalidDataException e) {
      assertThat(e).hasMessageStartingWith("trouble ticket");
      return;
    }
    TicketUpdate update =
        new TicketUpdate(
            "telecomLlm.", new TicketNote("a", Instant.EPOCH.plusSeconds(1), "b"), List.of());
    Map<?, ?> patch = PublishedShape.read(update.mergePatch(ticket));
    assertThat(PublishedShape.list(patch, "note")).hasSize(ticket.notes().size() + 1);
  }
}
