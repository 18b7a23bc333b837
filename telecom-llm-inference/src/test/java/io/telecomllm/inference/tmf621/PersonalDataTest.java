package io.telecomllm.inference.tmf621;

import static io.telecomllm.inference.tmf621.PersonalData.redact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is replaced, what stays, and that nothing of a known form is left. */
class PersonalDataTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ann.lee+x@mail.example.org wrote | [email] wrote
          <sip:ann@ims.example.org;user=phone> | <sip:[email];user=phone>
          an ann@example.org. | an [email].
          müller@bücher.example | [email]
          #7@a.example, TS 7.ann@a.example | #[email], TS [email]
          030 1234567ann@a.example | [phone][email]
          call +49 151 12345678 now | call [phone] now
          call +49 (0)151 1234-5678. | call [phone].
          0049151/1234567 | [phone]
          (0151) 123456 | ([phone]
          030-1234567, ext 5 | [phone], ext 5
          01 23 45 67 89 | [phone]
          MSISDN 4915112345678 | MSISDN [phone]
          (212) 555-0100 | ([phone]
          212.555.0100 | [phone]
          IMSI262011234567890, | IMSI[number],
          IMEI: 490154203237518 | IMEI: [number]
          ICCID 8949020000012345678 | ICCID [number]
          card 4111 1111 1111 1111 | card [number]
          from 192.0.2.17:5060 | from [ip]:5060
          2001:db8:0:0:0:0:0:1 and fe80::1%eth0 | [ip] and [ip]%eth0
          ::ffff:192.0.2.1 | [ip]
          """)
  void isReplaced(String text, String redacted) {
    assertThat(redact(text)).isEqualTo(redacted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Since 2026-11-30 12:30:15.123456 and 30.11.2026, 08:00",
        "2026-11-30T12:30:15Z, 2026-11-30T12:30:15+0100",
        "See TS 38.331 clause 5.3.5.11 and TS 23.501#5.6.10.3, version 17.4.0.1",
        "3.5 GHz, 1842500 kHz, -110.25 dBm, 0.123456789, 1e-12",
        "PCI 101 102 103 104 105, cell 123456789, TAC 51234, 5QI 9",
        "port 0/1/2, alarm 0x1A2B3C4D5E, 10:20:30, 00:1A:2B:3C:4D:5E",
        "QPSK @ 10 MHz, ann@home, std::vector, a :: b",
        "release 18, R18-2026"
      })
  void stays(String text) {
    assertThat(redact(text)).isEqualTo(text);
  }

  private static final Pattern LONG_NUMBER = Pattern.compile("\\d{10}");
  private static final Pattern ADDRESS = Pattern.compile("\\w@\\w+\\.\\w");

  @Provide
  Arbitrary<String> pieces() {
    Arbitrary<String> piece =
        Arbitraries.oneOf(
            Arbitraries.strings().numeric().ofMaxLength(20),
            Arbitraries.strings().withCharRange('a', 'g').ofMaxLength(4),
            Arbitraries.of("@", ".", "-", "+", " ", ":", "(", ")", "/", "#", "TS ", "version "));
    return piece.list().ofMaxSize(12).map(list -> String.join("", list));
  }

  @Property(tries = 3000)
  void noLongNumberAndNoAddressIsLeft(@ForAll("pieces") String text) {
    String redacted = redact(text);
    assertThat(LONG_NUMBER.matcher(redacted).find()).isFalse();
    assertThat(ADDRESS.matcher(redacted).find()).isFalse();
  }

  @Provide
  Arbitrary<String> personal() {
    Arbitrary<String> digits = Arbitraries.strings().numeric().ofMinLength(10).ofMaxLength(24);
    Arbitrary<String> local = Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(20);
    Arbitrary<String> octets =
        Arbitraries.integers()
            .between(0, 255)
            .list()
            .ofSize(4)
            .map(list -> String.join(".", list.stream().map(String::valueOf).toList()));
    return Arbitraries.oneOf(
        digits,
        digits.map(number -> "+" + number.substring(0, 9)),
        local.map(name -> name + "@" + name + ".example"),
        octets);
  }

  @Property
  void itIsFoundInAnyText(
      @ForAll @StringLength(max = 40) String before,
      @ForAll("personal") String personal,
      @ForAll @StringLength(max = 40) String after) {
    String redacted = redact(before + "\n" + personal + "\n" + after);
    assertThat(redacted).doesNotContain(personal);
    assertThat(redacted).containsPattern("\n\\[(email|ip|number|phone)]\n");
  }

  @Property
  void textWithoutDigitsAndAddressesStays(
      @ForAll @Chars({' ', '.', ',', '-', '(', ')', '\n'}) @CharRange(from = 'a', to = 'z')
          String text) {
    assertThat(redact(text)).isEqualTo(text);
  }

  /** The worst that a text of this length can be is read in little time. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a", "1", "1.", "1:", "a@", "a@a.", "+", "(", "0 ", "+1 ", "1111 ", "::", "#1.", "TS "
      })
  void theTimeGrowsWithTheLength(String part) {
    String text = part.repeat(TroubleTicket.MAX_CHARACTERS / part.length());
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> redact(text));
  }

  @Test
  void nullIsNamed() {
    assertThatThrownBy(() -> redact(null)).hasMessage("text is null");
  }
}
