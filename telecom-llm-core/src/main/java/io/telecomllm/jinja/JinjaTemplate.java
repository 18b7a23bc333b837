package io.telecomllm.jinja;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A chat template that was read. Immutable; each rendering has its own limits. */
@Internal
public final class JinjaTemplate {
  private static final int LONGEST_SOURCE = 1 << 18;

  private final Statement body;

  private JinjaTemplate(Statement body) {
    this.body = body;
  }

  /**
   * Reads a template.
   *
   * @throws JinjaException naming the line, if it is no template or uses a statement that is not
   *     supported
   */
  public static JinjaTemplate parse(String source) {
    if (source.length() > LONGEST_SOURCE) {
      throw new JinjaException("the template has over " + LONGEST_SOURCE + " characters");
    }
    return new JinjaTemplate(Parser.parse(source));
  }

  /**
   * Renders the template.
   *
   * @param given the variables: texts, numbers, booleans, null, lists, and maps with text keys
   * @throws JinjaException if it uses what is not supported, raises an exception by itself, or is
   *     over a limit
   */
  public String render(Map<String, ? extends @Nullable Object> given) {
    Map<String, Object> variables = new HashMap<>(functions());
    given.forEach((name, value) -> variables.put(name, Values.of(value)));
    Frame frame = Frame.of(variables);
    try {
      body.run(frame);
    } catch (StackOverflowError e) {
      // such as lists within lists, made in a loop
      throw new JinjaException("its values are nested too deeply");
    }
    return frame.out.toString();
  }

  private static Map<String, Object> functions() {
    Map<String, Object> functions = new LinkedHashMap<>();
    functions.put("raise_exception", (Values.Callable) (a, named) -> raise(a));
    functions.put("namespace", (Values.Callable) (a, named) -> namespace(a, named));
    functions.put("dict", (Values.Callable) (a, named) -> new LinkedHashMap<>(named));
    functions.put("range", (Values.Callable) (a, named) -> range(a));
    // no strftime_now: a prompt with the date of the day would differ from the one trained on
    return functions;
  }

  private static Object raise(List<Object> arguments) {
    throw new JinjaException(
        "it says: " + (arguments.isEmpty() ? "" : Values.text(arguments.get(0))));
  }

  private static Object namespace(List<Object> arguments, Map<String, Object> named) {
    Values.Namespace space = new Values.Namespace();
    if (!arguments.isEmpty() && arguments.get(0) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> space.attributes.put((String) key, value));
    }
    space.attributes.putAll(named);
    return space;
  }

  private static Object range(List<Object> arguments) {
    List<Long> bounds = new ArrayList<>();
    for (Object argument : arguments) {
      if (!(argument instanceof Long bound)) {
        throw new JinjaException("range of a " + Values.kind(argument));
      }
      bounds.add(bound);
    }
    if (bounds.isEmpty() || bounds.size() > 3) {
      throw new JinjaException("range with " + bounds.size() + " arguments");
    }
    long from = bounds.size() == 1 ? 0 : bounds.get(0);
    long to = bounds.get(bounds.size() == 1 ? 0 : 1);
    long step = bounds.size() < 3 ? 1 : bounds.get(2);
    List<Object> numbers = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : step < 0 && i > to; i += step) {
      numbers.add(i);
      if (numbers.size() > 10_000) {
        throw new JinjaException("a range of over 10000 numbers");
      }
    }
    return numbers;
  }
}
