package io.telecomllm.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonLinesTest {
  private static JsonLines lines(String text, int most) {
    return JsonLines.of(
        "f.jsonl", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), most);
  }

  @Test
  void givesLinesWithTheirPlaces() throws IOException {
    JsonLines lines = lines("{\"a\":1}\n{\"a\":\"\u00e9\"}\r\n{\"a\":3", 100);
    JsonLines.Line first = lines.next().orElseThrow();
    assertThat(first.object().integer("a", 1, 1)).isEqualTo(1);
    assertThat(first.end()).isEqualTo(8);
    JsonLines.Line second = lines.next().orElseThrow();
    assertThat(second.object().string("a")).isEqualTo("\u00e9");
    assertThat(second.number()).isEqualTo(2);
    assertThat(second.end()).isEqualTo(20);
    JsonLines.Line last = lines.next().orElseThrow();
    assertThat(last.terminated()).isFalse();
    assertThat(last.end()).isEqualTo(26);
    assertThatThrownBy(last::object)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("f.jsonl, line 3: not JSON: the text ends too early");
    assertThat(lines.next()).isEmpty();
  }

  @Test
  void refusesALongLine() throws IOException {
    JsonLines lines = lines("{}\n{\"abc\":1}\n", 8);
    assertThat(lines.next()).isPresent();
    assertThatThrownBy(lines::next)
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("f.jsonl, line 2: is longer than 8 bytes");
  }
}
