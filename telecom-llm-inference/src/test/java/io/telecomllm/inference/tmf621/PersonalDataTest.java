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
          #7@a.example, TS 7.ann@a.example | [email], TS [email]
          030 1234567ann@a.example | 030 [email]
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

  /** Also where a line, a tab, or a character of another script is between or instead. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          0171 - 2345678; [phone]
          +49 171 - 2345678; [phone]
          030 / 1234567; [phone]
          +49 (0) 30 / 123456; [phone]
          49 (0) 171 - 2345678; 49 [phone]
          Tel.0171/2345678; Tel.[phone]
          Tel.030-1234567; Tel.[phone]
          mobile0171 234567; mobile[phone]
          1.0171/2345678; 1.[phone]
          +49 171\\n2345678; [phone]
          +49 171\\r\\n  2345678; [phone]
          0171\\t2345678; [phone]
          0171\u202f234\u202f5678; [phone]
          0171\u2009234\u00a05678; [phone]
          0171\u2013234\u20115678; [phone]
          0171\u00b72345678; [phone]
          0171_2345678; [phone]
          \uff0b\uff14\uff19 \uff11\uff17\uff11 \uff12\uff13\uff14\uff15\uff16; [phone]
          \u0660\u0661\u0667\u0661 \u0662\u0663\u0664\u0665\u0666; [phone]
          \ud835\udfce171 2345678\ud835\udfcf.; [phone].
          \u202d0\u200b171 2345678\u202c; \u202d[phone]\u202c
          01/23/4567-890; [phone]
          01.12.2024-567; [phone]
          version 01712.345.678; version [phone]
          #0171.234.567; #[phone]
          (212) - 555 - 0100; ([phone]
          +49 171 2345678 0172 34 56 78; [phone]
          0171 2345678 2026-11-30 12:30; [phone] 2026-11-30 12:30
          4915112345-678; [phone]
          ip:2001:db8::1; ip:[ip]
          IPv6:2001:db8::8a2e:370:7334; IPv6:[ip]
          addr:fe80::1, node:2001:db8::1; addr:[ip], node:[ip]
          host2001:db8::1, ip_fe80::1: down; host[ip], ip_[ip]: down
          IP10.0.0.1; IP[ip]
          ip_10.0.0.1; ip_[ip]
          host.10.0.0.1; host.[ip]
          #10.0.0.1 and #5.15.2.2; #[ip] and #[ip]
          TS 10.20.30.40; TS [ip]
          version 10.0.0.1, version 17.4.0.1; version [ip], version [ip]
          clause 10.0.0.1, section 192.168.7.9; clause [ip], section [ip]
          10.0.0.1.5060 > 10.0.0.2.53: UDP; [ip] > [ip]: UDP
          \uff11\uff10.0.0.1; [ip]
          2001:db8:1:2:3:4:5:6:7; [ip]
          [2001:db8::1]:5060 2001:db8::/32; [[ip]]:5060 [ip]/32
          ::1 f1::b2; [ip] [ip]
          35-209900-176148-1; [number]
          35 209900 176148 1; [number]
          490-154-203-237-518; [number]
          262-01-1234567890; [number]
          26201 1234567890; [number]
          262\u200901\u20091234567890; [number]
          3782 822463 10005; [number]
          4111.1111.1111.1111; [number]
          4111 - 1111 - 1111 - 1111; [number]
          8949 0200 0010 1234 5678; [number]
          8949020000001234 5678, 2 cells; [number], 2 cells
          IMSI 262011234567890 2026-11-30; IMSI [number] 2026-11-30
          from "john doe"@example.com; from [email]
          "a\\\\"b"@example.com; [email]
          john~@example.com; [email]
          o'brien@example.com; [email]
          john&jane@example.com; [email]
          x/y@example.com; [email]
          a!#$%&'*+/=?^_`{|}~-b@example.com; [email]
          user@localhost; [email]
          sip:alice@ims; sip:[email]
          <sip:alice@ims:5060>; <sip:[email]:5060>
          ann@a_b.example; [email]
          user@[10.0.0.1] user@10.0.0.1; [email] [email]
          user@[IPv6:2001:db8::1]; [email]
          user@2001:db8::1; [email]
          user%40example.com; [email]
          user\uff20example\uff0ecom; [email]
          jo\u0308rg@example.com; [email]
          a@b@c.example; [email]
          4915112345678@ims; [email]
          """)
  void itIsReplacedInOtherSpellings(String text, String redacted) {
    assertThat(redact(text.translateEscapes())).isEqualTo(redacted);
  }

  /** What 64 octets of a local part were, is more in a text. */
  @Test
  void aLongAddressIsReplacedAsAWhole() {
    assertThat(redact("a".repeat(500) + "@example.com b")).isEqualTo("[email] b");
    assertThat(redact("a@b.c,".repeat(3) + "x/y@z")).isEqualTo("[email],[email],[email],[email]");
    assertThat(redact("a@b.c/x/y@z")).isEqualTo("[email][email]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Since 2026-11-30 12:30:15.123456 and 30.11.2026, 08:00",
        "2026-11-30T12:30:15Z, 2026-11-30T12:30:15+0100",
        "See TS 38.331 clause 5.3.5.11 and TS 23.501#5.6.10.3, version 17.4.0",
        "Clause 5.15.2.2, subclauses 5.3.5.11 and TS 38.101-1#6.2.3.1, section\n5.3.3.10.",
        "TS 04.08 and TS 08.58, TR 38.901#7.4.1, V17.4.0 (2023-03), Rel-17",
        "01.12.2026-03.12.2026, 01/12/2026, 12/01/2026: 2026-11-30 - 2026-12-01, 12:30:15,250",
        "BLER 0.012 0.015 0.020 0.011, OID 1.3.6.1.4.1.8072, INC0012345 is open",
        "Abc::Def, a::b, A1::x2, cell::count, \u0967\u0968 - caf\u00e9 \u2013 \u00bd",
        "3.5 GHz, 1842500 kHz, -110.25 dBm, 0.123456789, 1e-12",
        "PCI 101 102 103 104 105, cell 123456789, TAC 51234, 5QI 9",
        "port 0/1/2, alarm 0x1A2B3C4D5E, 10:20:30, 00:1A:2B:3C:4D:5E",
        "QPSK @ 10 MHz, QPSK@10MHz, @Override, std::vector, a :: b",
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
    String redacted = redact(before + "\n,\n" + personal + "\n,\n" + after);
    assertThat(redacted).doesNotContain(personal);
    assertThat(redacted).containsPattern(",\n\\[(email|ip|number|phone)]\n,");
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
        "a",
        "1",
        "1.",
        "1:",
        "a@",
        "a@a.",
        "+",
        "(",
        "0 ",
        "+1 ",
        "1111 ",
        "::",
        "#1.",
        "TS ",
        "\"",
        "\"a\\",
        "a!",
        "%40a",
        "a@b/",
        "a@[",
        "x:",
        "x:1::",
        "1-",
        "0171_",
        "01.12.2026 ",
        "12:30 ",
        "1.1.1.1.1 ",
        "clause 1.1.1.1.",
        "111 ",
        "+1234567a",
        "\uff11",
        "\u0308",
        "x1::"
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
