package io.telecomllm.jinja;

import io.telecomllm.jinja.Values.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A statement of a template: it prints, or sets variables. */
@FunctionalInterface
interface Statement {
  /** How a statement ends: loops may be left or continued from inside. */
  enum Ending {
    NORMAL,
    BREAK,
    CONTINUE
  }

  Ending run(Frame frame);

  static Statement print(Expression value) {
    return frame -> {
      frame.print(Values.text(value.value(frame)));
      return Ending.NORMAL;
    };
  }

  static Statement block(List<Statement> all) {
    List<Statement> statements = List.copyOf(all);
    return frame -> {
      for (Statement statement : statements) {
        frame.budget.step();
        Ending ending = statement.run(frame);
        if (ending != Ending.NORMAL) {
          return ending;
        }
      }
      return Ending.NORMAL;
    };
  }

  static Statement choice(Expression condition, Statement then, Statement otherwise) {
    return frame -> (Values.truth(condition.value(frame)) ? then : otherwise).run(frame);
  }

  /**
   * Sets one variable, several from the elements of a list, or an attribute of a namespace.
   *
   * @param names the variables, or the namespace and its attribute
   */
  record Target(List<String> names, boolean attribute) {
    void set(Frame frame, Object value) {
      if (attribute) {
        if (!(frame.get(names.get(0)) instanceof Namespace space)) {
          throw new JinjaException(names.get(0) + " is no namespace");
        }
        space.attributes.put(names.get(1), value);
      } else if (names.size() == 1) {
        frame.set(names.get(0), value);
      } else {
        List<?> values = Values.elements(value);
        if (values.size() != names.size()) {
          throw new JinjaException(values.size() + " values for " + names);
        }
        for (int i = 0; i < names.size(); i++) {
          frame.set(names.get(i), values.get(i));
        }
      }
    }
  }

  static Statement set(Target target, Expression value) {
    return frame -> {
      target.set(frame, value.value(frame));
      return Ending.NORMAL;
    };
  }

  /** Sets a variable to what the body prints. */
  static Statement capture(Target target, Statement body) {
    return frame -> {
      Frame inside = frame.capturing();
      Ending ending = body.run(inside);
      target.set(frame, inside.out.toString());
      return ending;
    };
  }

  static Statement loop(
      Target target,
      Expression over,
      @Nullable Expression condition,
      Statement body,
      Statement otherwise) {
    return frame -> {
      List<Object> elements = new ArrayList<>();
      for (Object element : Values.elements(over.value(frame))) {
        frame.budget.step();
        Frame inside = frame.inner();
        target.set(inside, element);
        if (condition == null || Values.truth(condition.value(inside))) {
          elements.add(element);
        }
      }
      if (elements.isEmpty()) {
        return otherwise.run(frame);
      }
      for (int i = 0; i < elements.size(); i++) {
        Frame inside = frame.inner();
        inside.set("loop", place(elements, i));
        target.set(inside, elements.get(i));
        if (body.run(inside) == Ending.BREAK) {
          break;
        }
      }
      return Ending.NORMAL;
    };
  }

  private static Map<String, Object> place(List<Object> elements, int index) {
    Map<String, Object> loop = new LinkedHashMap<>();
    int size = elements.size();
    loop.put("index0", (long) index);
    loop.put("index", index + 1L);
    loop.put("revindex0", size - 1L - index);
    loop.put("revindex", (long) size - index);
    loop.put("length", (long) size);
    loop.put("first", index == 0);
    loop.put("last", index == size - 1);
    if (index > 0) {
      loop.put("previtem", elements.get(index - 1));
    }
    if (index < size - 1) {
      loop.put("nextitem", elements.get(index + 1));
    }
    return loop;
  }

  /** Defines a function whose value is what the body prints. */
  static Statement macro(
      String name, List<String> parameters, Map<String, Expression> defaults, Statement body) {
    return frame -> {
      Values.Callable function =
          (arguments, named) -> {
            Frame inside = frame.capturing();
            inside.budget.enter();
            for (int i = 0; i < parameters.size(); i++) {
              String parameter = parameters.get(i);
              Expression standard = defaults.get(parameter);
              Object value =
                  i < arguments.size()
                      ? arguments.get(i)
                      : named.containsKey(parameter)
                          ? named.get(parameter)
                          : standard == null
                              ? new Values.Undefined(parameter)
                              : standard.value(frame);
              inside.set(parameter, value);
            }
            body.run(inside);
            inside.budget.leave();
            return inside.out.toString();
          };
      frame.set(name, function);
      return Ending.NORMAL;
    };
  }
}
