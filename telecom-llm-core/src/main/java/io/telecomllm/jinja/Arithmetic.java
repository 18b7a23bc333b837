package io.telecomllm.jinja;

import java.util.ArrayList;
import java.util.List;

/** Sums, products and the like, as in Python; True counts as 1. */
final class Arithmetic {
  private Arithmetic() {}

  /** Returns the sum of two numbers, or two texts or lists one after the other. */
  static Object add(Object a, Object b) {
    if (a instanceof String x && b instanceof String y) {
      return Values.limited(x.length() + (long) y.length(), () -> x + y);
    } else if (a instanceof List<?> x && b instanceof List<?> y) {
      return Values.limited(
          x.size() + (long) y.size(),
          () -> {
            List<Object> both = new ArrayList<>(x);
            both.addAll(y);
            return both;
          });
    } else if (Values.isNumber(a) && Values.isNumber(b)) {
      return whole(a, b)
          ? (Object) exact(() -> Math.addExact(integer(a), integer(b)))
          : (Object) (Values.number(a) + Values.number(b));
    }
    throw operands("+", a, b);
  }

  /** Returns the result of another operator than {@code +}. */
  static Object of(String operator, Object a, Object b) {
    if (operator.equals("*") && a instanceof String text && b instanceof Long count) {
      return Values.limited(
          text.length() * Math.max(0, count), () -> text.repeat(Math.max(0, count.intValue())));
    }
    if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw operands(operator, a, b);
    }
    boolean whole = whole(a, b);
    boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
    if (divides && Values.number(b) == 0) {
      throw new JinjaException("a division by 0");
    }
    return switch (operator) {
      case "-" ->
          whole
              ? (Object) exact(() -> Math.subtractExact(integer(a), integer(b)))
              : (Object) (Values.number(a) - Values.number(b));
      case "*" ->
          whole
              ? (Object) exact(() -> Math.multiplyExact(integer(a), integer(b)))
              : (Object) (Values.number(a) * Values.number(b));
      case "/" -> Values.number(a) / Values.number(b);
      case "//" ->
          whole
              ? (Object) Math.floorDiv(integer(a), integer(b))
              : (Object) Math.floor(Values.number(a) / Values.number(b));
      case "%" ->
          whole
              ? (Object) Math.floorMod(integer(a), integer(b))
              : (Object)
                  (Values.number(a)
                      - Values.number(b) * Math.floor(Values.number(a) / Values.number(b)));
      default -> throw new JinjaException("the operator " + operator + " is not supported");
    };
  }

  private static boolean whole(Object a, Object b) {
    return !(a instanceof Double) && !(b instanceof Double);
  }

  private static long integer(Object value) {
    return value instanceof Boolean bool ? (bool ? 1 : 0) : ((Long) value);
  }

  /** A computation whose result may be too large for 64 bits. */
  private interface Exact {
    long value();
  }

  private static long exact(Exact computation) {
    try {
      return computation.value();
    } catch (ArithmeticException e) {
      throw new JinjaException("a number over 64 bits");
    }
  }

  private static JinjaException operands(String operator, Object a, Object b) {
    return new JinjaException("a " + Values.kind(a) + " " + operator + " a " + Values.kind(b));
  }
}
