package io.telecomllm.jinja;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Templates of any text: rendered within limits, or refused by the one exception. */
class JinjaFuzzTest {
  private static final Map<String, Object> VALUES =
      Map.of(
          "messages",
          List.of(
              Map.of("role", "user", "content", "Hi"),
              Map.of("role", "assistant", "content", "Ho")),
          "add_generation_prompt",
          true,
          "bos_token",
          "<s>");

  @FuzzTest
  void template(byte[] data) {
    try {
      String text = JinjaTemplate.parse(new String(data, StandardCharsets.UTF_8)).render(VALUES);
      if (text.length() > Values.LONGEST) {
        throw new AssertionError(text.length() + " characters");
      }
    } catch (JinjaException e) {
      // refused, with a reason
      if (e.getMessage() == null) {
        throw new AssertionError(e);
      }
    }
  }
}
