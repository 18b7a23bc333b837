package io.telecomllm.jinja;

import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Jinja writes, made by {@code tools/make_template_goldens.py}. */
public final class JinjaGoldens {
  private static final JsonView ALL = read();

  private JinjaGoldens() {}

  /**
   * A template and its text for each conversation, first with a generation prompt, then without.
   */
  public record Template(String name, String source, List<@Nullable String> renders) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static JsonView read() {
    try (InputStream in =
        Objects.requireNonNull(JinjaGoldens.class.getResourceAsStream("templates.json"))) {
      return StrictJson.parseObject("templates.json", in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the templates. */
  public static List<Template> templates() {
    return ALL.objects("templates").stream()
        .map(t -> new Template(t.string("name"), t.string("source"), texts(t, "renders")))
        .toList();
  }

  /** Returns a template's source by its name. */
  public static String source(String name) {
    return templates().stream()
        .filter(t -> t.name().equals(name))
        .map(Template::source)
        .findFirst()
        .orElseThrow();
  }

  /** Returns small templates by their source; null where they raise. */
  static Map<String, @Nullable String> snippets() {
    Map<String, @Nullable String> snippets = new HashMap<>();
    for (JsonView snippet : ALL.objects("snippets")) {
      snippets.put(snippet.string("source"), (String) snippet.value("text"));
    }
    return snippets;
  }

  private static List<@Nullable String> texts(JsonView json, String name) {
    List<@Nullable String> texts = new ArrayList<>();
    for (Object text : (List<?>) Objects.requireNonNull(json.value(name))) {
      texts.add((String) text);
    }
    return texts;
  }

  /** Returns the conversations, each as role and content of its messages. */
  public static List<List<Map<String, String>>> talks() {
    List<List<Map<String, String>>> talks = new ArrayList<>();
    for (Object talk : (List<?>) Objects.requireNonNull(ALL.value("talks"))) {
      List<Map<String, String>> messages = new ArrayList<>();
      for (Object message : (List<?>) talk) {
        Map<?, ?> fields = (Map<?, ?>) message;
        messages.add(
            Map.of("role", (String) fields.get("role"), "content", (String) fields.get("content")));
      }
      talks.add(messages);
    }
    return talks;
  }
}
