package io.telecomllm.prompt;

import io.telecomllm.UnsupportedModelException;
import io.telecomllm.jinja.JinjaTemplate;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A checkpoint's template in Jinja, with the variables that transformers gives it. */
final class TemplateProgram {
  private final JinjaTemplate template;
  private final Tokenizer tokenizer;

  TemplateProgram(String source, Tokenizer tokenizer) {
    this.template = JinjaTemplate.parse(source);
    this.tokenizer = tokenizer;
  }

  /**
   * Renders a conversation.
   *
   * @param asks whether the end asks for the model's answer
   */
  String render(List<Message> messages, boolean asks) {
    Map<String, @Nullable Object> variables = new HashMap<>();
    variables.put(
        "messages",
        messages.stream()
            .map(
                m ->
                    Map.of(
                        "role", m.role().name().toLowerCase(Locale.ROOT), "content", m.content()))
            .toList());
    variables.put("add_generation_prompt", asks);
    // what transformers always gives
    variables.put("tools", null);
    variables.put("documents", null);
    token("bos_token", tokenizer.bos(), variables);
    token("eos_token", tokenizer.eos(), variables);
    token("pad_token", tokenizer.padding(), variables);
    return template.render(variables);
  }

  private void token(String name, OptionalInt id, Map<String, @Nullable Object> variables) {
    if (id.isPresent()) {
      tokenizer.token(id.getAsInt()).ifPresent(token -> variables.put(name, token));
    }
  }

  /** Renders messages whose contents are marks and returns the text before, between and after. */
  List<String> parts(List<Message> messages, boolean asks) {
    String text = render(messages, asks);
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (Message message : messages) {
      int at = text.indexOf(message.content(), from);
      if (at < 0 || text.indexOf(message.content(), at + 1) >= 0) {
        throw new UnsupportedModelException("it does not write each message once and in order");
      }
      parts.add(text.substring(from, at));
      from = at + message.content().length();
    }
    parts.add(text.substring(from));
    return parts;
  }
}
