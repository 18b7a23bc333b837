package io.telecomllm.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against jinja2 3.1 as transformers sets it up. */
class JinjaTemplateTest {
  static Stream<JinjaGoldens.Template> templates() {
    return JinjaGoldens.templates().stream();
  }

  @ParameterizedTest
  @MethodSource("templates")
  void everyConversationIsWhatJinjaWrites(JinjaGoldens.Template template) {
    JinjaTemplate parsed = JinjaTemplate.parse(template.source());
    List<List<Map<String, String>>> talks = JinjaGoldens.talks();
    assertThat(template.renders()).hasSize(2 * talks.size());
    for (int i = 0; i < template.renders().size(); i++) {
      Map<String, @Nullable Object> values = new HashMap<>();
      values.put("messages", talks.get(i / 2));
      values.put("add_generation_prompt", i % 2 == 0);
      values.put("tools", null);
      values.put("documents", null);
      values.put("bos_token", "<s>");
      values.put("eos_token", "</s>");
      assertThat(text(parsed, values))
          .as("conversation %d", i)
          .isEqualTo(template.renders().get(i));
    }
  }

  private static @Nullable String text(
      JinjaTemplate template, Map<String, ? extends @Nullable Object> values) {
    try {
      return template.render(values);
    } catch (JinjaException e) {
      return null;
    }
  }

  static Stream<Map.Entry<String, @Nullable String>> snippets() {
    return JinjaGoldens.snippets().entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void everyPartOfTheLanguageIsJinjas(Map.Entry<String, @Nullable String> snippet) {
    assertThat(text(JinjaTemplate.parse(snippet.getKey()), Map.of())).isEqualTo(snippet.getValue());
  }

  @Test
  void whatIsNotKnownIsNamed() {
    assertRefused("{% include 'x' %}", "line 1: the statement 'include' is not supported");
    assertRefused("a\nb{% raw %}", "line 2: the statement 'raw' is not supported");
    assertRefused("{{ 'x' | xmlattr }}", "the filter xmlattr is not supported");
    assertRefused("{{ 1 is escaped }}", "the test escaped is not supported");
    assertRefused("{{ lipsum() }}", "the function or method lipsum is not supported");
    assertRefused("{{ 'x'.encode() }}", "the function or method encode is not supported");
    assertRefused(
        "{{ strftime_now('%Y') }}", "the function or method strftime_now is not supported");
    assertRefused("{{ raise_exception('only users') }}", "it says: only users");
    assertRefused("{{ a.b.c }}", "a is undefined");
    assertRefused("{{ [1] }}", "a list is printed, which is not supported");
    assertRefused("{% if x %}", "line 1: the template ends too early");
    assertRefused("{% endfor %}", "line 1: 'endfor' ends nothing");
    assertRefused("{{ 'x }}", "line 1: a string does not end");
    assertRefused("{{ x $ }}", "line 1: the character '$' is not expected");
  }

  private static void assertRefused(String source, String message) {
    assertThatThrownBy(() -> JinjaTemplate.parse(source).render(Map.of()))
        .isInstanceOf(JinjaException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.__class__ }}|", "{{ messages.__class__ }}|", "{{ ''.getClass }}|", "{{ self }}|",
        "{{ {}.class }}|", "{{ [].stream }}|", "{{ loop }}|", "{{ range.call }}|"
      })
  void noObjectOfJavaIsReached(String source) {
    assertThat(JinjaTemplate.parse(source).render(Map.of("messages", List.of()))).isEqualTo("|");
  }

  static Stream<String> greedy() {
    String doubling = "{% set ns = namespace(x='aaaaaaaa') %}";
    String loop = "{% for i in range(9999) %}{% for j in range(9999) %}";
    return Stream.of(
        loop + "{{ i }}{% endfor %}{% endfor %}",
        doubling + "{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        doubling + "{% for i in range(99) %}{% set ns.x = ns.x.replace('a', 'aaa') %}{% endfor %}",
        doubling + loop + "{% set ns.x = ns.x + 'a' %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}"
            + loop
            + "{% set ns.x = [ns.x] %}{% endfor %}{% endfor %}{{ ns.x == ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{{ 'a' * 99999999999 }}",
        "{{ range(99999999) | length }}",
        "{{ 9999999999 * 9999999999 * 9999999999 }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{{ " + "(".repeat(3000) + "1" + ")".repeat(3000) + " }}",
        "{{ " + "-".repeat(100_000) + "1 }}",
        "{{ 1" + " + 1".repeat(50_000) + " }}",
        "{{ x" + ".x".repeat(50_000) + " }}",
        "{% if 1 %}".repeat(3000) + "{% endif %}".repeat(3000),
        "{% if 0 %}" + "{% elif 0 %}".repeat(3000) + "{% endif %}",
        "x".repeat(300_000));
  }

  @ParameterizedTest
  @MethodSource("greedy")
  void whatTakesTooMuchIsRefused(String source) {
    assertTimeout(
        Duration.ofSeconds(20),
        () ->
            assertThatThrownBy(() -> JinjaTemplate.parse(source).render(Map.of()))
                .isInstanceOf(JinjaException.class));
  }
}
