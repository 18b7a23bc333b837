package io.telecomllm.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expression of a template. */
@FunctionalInterface
interface Expression {
  Object value(Frame frame);

  /** A part between square brackets: an index, or a slice of which a missing bound is none. */
  record Call(List<Expression> positional, Map<String, Expression> named) {
    List<Object> arguments(Frame frame) {
      List<Object> values = new ArrayList<>();
      positional.forEach(argument -> values.add(argument.value(frame)));
      return values;
    }

    Map<String, Object> names(Frame frame) {
      Map<String, Object> values = new LinkedHashMap<>();
      named.forEach((name, argument) -> values.put(name, argument.value(frame)));
      return values;
    }
  }

  static Expression constant(Object value) {
    return frame -> value;
  }

  static Expression variable(String name) {
    return frame -> {
      Object value = frame.get(name);
      frame.budget.use(value);
      return value;
    };
  }

  static Expression list(List<Expression> elements) {
    return frame -> {
      List<Object> values = new ArrayList<>();
      elements.forEach(element -> values.add(element.value(frame)));
      return values;
    };
  }

  static Expression mapping(Map<Expression, Expression> entries) {
    return frame -> {
      Map<String, Object> values = new LinkedHashMap<>();
      entries.forEach(
          (key, value) -> values.put(Values.text(key.value(frame)), value.value(frame)));
      return values;
    };
  }

  static Expression not(Expression operand) {
    return frame -> !Values.truth(operand.value(frame));
  }

  static Expression negative(Expression operand) {
    return frame -> Arithmetic.of("-", 0L, operand.value(frame));
  }

  static Expression and(Expression left, Expression right) {
    return frame -> {
      Object value = left.value(frame);
      return Values.truth(value) ? right.value(frame) : value;
    };
  }

  static Expression or(Expression left, Expression right) {
    return frame -> {
      Object value = left.value(frame);
      return Values.truth(value) ? value : right.value(frame);
    };
  }

  static Expression choice(Expression condition, Expression then, @Nullable Expression otherwise) {
    return frame ->
        Values.truth(condition.value(frame))
            ? then.value(frame)
            : otherwise == null ? new Values.Undefined("else") : otherwise.value(frame);
  }

  static Expression binary(String operator, Expression left, Expression right) {
    return frame -> {
      Object a = left.value(frame);
      Object b = right.value(frame);
      frame.budget.use(a);
      frame.budget.use(b);
      return switch (operator) {
        case "+" -> Arithmetic.add(a, b);
        case "~" -> Arithmetic.add(Values.text(a), Values.text(b));
        case "==" -> Values.equal(a, b);
        case "!=" -> !Values.equal(a, b);
        case "<" -> Values.compare(a, b) < 0;
        case ">" -> Values.compare(a, b) > 0;
        case "<=" -> Values.compare(a, b) <= 0;
        case ">=" -> Values.compare(a, b) >= 0;
        case "in" -> Values.contains(b, a);
        case "not in" -> !Values.contains(b, a);
        default -> Arithmetic.of(operator, a, b);
      };
    };
  }

  static Expression attribute(Expression object, String name) {
    return frame -> Values.attribute(object.value(frame), name);
  }

  static Expression item(Expression object, Expression key) {
    return frame -> Values.item(object.value(frame), key.value(frame));
  }

  static Expression slice(Expression object, Expression from, Expression to, Expression step) {
    return frame ->
        Values.slice(object.value(frame), from.value(frame), to.value(frame), step.value(frame));
  }

  static Expression call(Expression function, Call call) {
    return frame -> {
      Object value = function.value(frame);
      if (value instanceof Values.Callable callable) {
        Object result = callable.call(call.arguments(frame), call.names(frame));
        frame.budget.use(result);
        return result;
      }
      throw new JinjaException(
          value instanceof Values.Undefined undefined
              ? "the function or method " + undefined.name() + " is not supported"
              : "a " + Values.kind(value) + " is called");
    };
  }

  static Expression filter(Expression operand, String name, Call call) {
    return frame -> {
      Object value = operand.value(frame);
      frame.budget.use(value);
      return Filters.filter(name, value, call.arguments(frame), call.names(frame));
    };
  }

  static Expression test(Expression operand, String name, List<Expression> arguments) {
    Call call = new Call(arguments, Map.of());
    return frame -> Filters.test(name, operand.value(frame), call.arguments(frame));
  }
}
