package io.telecomllm.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.TelecomLlmException;
import org.junit.jupiter.api.Test;

class QuotedTest {
  @Test
  void showsOneHarmlessLine() {
    assertThat(Quoted.line("a\nb\tc\r\u001b[31m\u0000")).isEqualTo("a?b?c??[31m?");
    assertThat(Quoted.line("\ud800a\u202e\u2028\ud83d\ude00")).isEqualTo("?a??\ud83d\ude00");
  }

  @Test
  void cutsWithoutSplittingAPair() {
    assertThat(Quoted.line("x".repeat(100))).isEqualTo("x".repeat(100));
    assertThat(Quoted.line("x".repeat(99) + "\ud83d\ude00y")).isEqualTo("x".repeat(99) + "...");
    assertThat(Quoted.line("x".repeat(98) + "\ud83d\ude00y"))
        .isEqualTo("x".repeat(98) + "\ud83d\ude00...");
    assertThat(Quoted.line("abcdef", 2)).isEqualTo("ab...");
    assertThat(Quoted.cut("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Quoted.cut("abc\ndefg", 7)).isEqualTo("abc\n...");
    assertThatThrownBy(() -> Quoted.cut("abcdef", 2)).hasMessage("most is 2, must be at least 3");
  }

  @Test
  void everyMessageOfThisLibraryIsOneBoundedLine() {
    assertThat(new TelecomLlmException("a\n\u001b" + "x".repeat(5000)))
        .hasMessage("a ?" + "x".repeat(3997) + "...");
  }
}
