package io.telecomllm.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonPatternTest {
  private static boolean matches(String expression, String text) {
    return PythonPattern.compile(expression).matches(text, new PythonPattern.Budget());
  }

  /** The last column is what CPython 3.11's re.fullmatch says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        ".*\\.q_proj;model.layers.0.self_attn.q_proj;true",
        ".*\\.q_proj;model.layers.0.self_attn.q_proj.x;false",
        ".*q_proj$;a.q_proj;true",
        "^.*(?:q|v)_proj\\Z;a.v_proj;true",
        "(?!.*vision).*k_proj;vision.k_proj;false",
        "(?!.*vision).*k_proj;text.k_proj;true",
        "(?=.*text).*k_proj;text.k_proj;true",
        ".*layers\\.(?P<n>[0-3]|1[02])\\..*;model.layers.12.x;true",
        ".*layers\\.(?P<n>[0-3]|1[02])\\..*;model.layers.11.x;false",
        "[\\w.]+\\.(q|k|v)_proj;a.b.k_proj;true",
        "a{2};aa;true",
        "a{2};aaa;false",
        "a{2,};aaaa;true",
        "a{,2};aa;true",
        "a{,2};aaa;false",
        "a{1,2}?;aa;true",
        "a{x};a{x};true",
        "a{;a{;true",
        "[]a]+;]a;true",
        "[^]a]+;bc;true",
        "[a&&b]+;&ab;true",
        "[a-c-]+;b-;true",
        "[+--]+;+,-;true",
        "\\x71\\u0071;qq;true",
        "\\bq\\B_p\\b;q_p;true",
        "(a|ab)(c|bcd)(d*);abcd;true",
        "(a*)*b;aaaac;false",
        "(|a)+;aa;true",
        "a(?#comment)b;ab;true",
        "(a|b|cd)*?;abcdab;true",
        "\\Aa;a;true",
        "x\\.y;xzy;false",
        "();'';true",
        "a|;'';true",
      })
  void asPythonHasIt(String expression, String text, boolean expected) {
    assertThat(matches(expression, text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "(a;missing ')'",
        "a);unbalanced ')'",
        "*a;nothing to repeat",
        "^*;nothing to repeat",
        "a**;multiple repeat",
        "a*+;a possessive quantifier is not supported",
        "(?<=a)b;a group of a kind that is not supported",
        "(?i)a;a group of a kind that is not supported",
        "(?>a);a group of a kind that is not supported",
        "(?P=n);a group of a kind that is not supported",
        "(a)\\1;\\1 is not supported",
        "\\q;\\q is not supported",
        "[a;it ends too early",
        "[b-a];bad character range",
        "[a-\\d];bad character range",
        "a{3,2};a repeat from 3 to 2",
        "((a{99}){99}){99};more than 10000 steps",
        "\\x1;it ends too early",
        "\\x1z;a hexadecimal digit is missing",
      })
  void whatItCannotDoIsNamed(String expression, String message) {
    assertThatThrownBy(() -> PythonPattern.compile(expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("pattern '" + expression + "'");
  }

  @Test
  void lengthAndDepthHaveBounds() {
    assertThatThrownBy(() -> PythonPattern.compile("a".repeat(1001)))
        .hasMessage("a pattern has 1001 characters, at most 1000 are allowed");
    assertThatThrownBy(() -> PythonPattern.compile("(".repeat(500) + ")".repeat(500)))
        .hasMessageContaining("groups nested more than 50 deep");
  }

  /** Patterns on which a backtracking matcher takes longer than anyone waits. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+$b",
        "(.*)*(.*)*(.*)*x",
        "(a?){60}a{60}b",
        "((|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a))*b",
        "(?=(?=(?=(.*a)*b).*).*).*",
        "(((a{20}){20}){20})*b"
      })
  void noPatternHangs(String expression) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertThat(matches(expression, "model." + "a".repeat(120))).isFalse());
  }

  @Test
  void allTogetherHaveABudget() {
    PythonPattern pattern = PythonPattern.compile("((a{20}){20}){20}");
    PythonPattern.Budget budget = new PythonPattern.Budget();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100_000; i++) {
                pattern.matches("a".repeat(8000), budget);
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the patterns take more than 50000000 steps to match");
  }

  @Provide
  Arbitrary<String> expressions() {
    Arbitrary<String> atom = Arbitraries.of("a", "b", ".", "[ab]", "[^a]", "\\.", "\\w", "");
    return Arbitraries.recursive(() -> atom, PythonPatternTest::larger, 0, 3);
  }

  private static Arbitrary<String> larger(Arbitrary<String> inner) {
    Arbitrary<String> form =
        Arbitraries.of(
            "%s%s", "(?:%s)*%s", "(?:%s)?%s", "(%s){1,2}%s", "(?:%s|%s)", "(?=%s)%s", "(?!%s)%s");
    return Combinators.combine(form, inner, inner).as((f, a, b) -> f.formatted(a, b));
  }

  /** On what the two languages share, java.util.regex is the oracle. */
  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void agreesWithJava(@ForAll("expressions") String expression, @ForAll("texts") String text) {
    if (expression.length() <= PythonPattern.MAX_LENGTH) {
      assertThat(matches(expression, text)).isEqualTo(Pattern.matches(expression, text));
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars('a', 'b', '.').ofMaxLength(6);
  }
}
