package io.telecomllm.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns tokens into expressions; the precedence of operators is Jinja's, the loosest first. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

  /** Words that cannot begin the argument of a test. */
  private static final Set<String> AFTER_TEST =
      Set.of("else", "or", "and", "is", "not", "if", "in");

  private final TokenCursor cursor;

  ExpressionParser(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** Parses a value, or several with commas between them as a list. */
  Expression tuple() {
    Expression first = condition();
    if (!cursor.peek().is(Token.Kind.OPERATOR, ",")) {
      return first;
    }
    List<Expression> all = new ArrayList<>(List.of(first));
    while (cursor.accept(Token.Kind.OPERATOR, ",")) {
      all.add(condition());
    }
    return Expression.list(all);
  }

  /** Parses a value that may be chosen by a condition. */
  Expression condition() {
    cursor.deeper();
    Expression value = or();
    while (cursor.accept(Token.Kind.NAME, "if")) {
      Expression condition = or();
      Expression otherwise = cursor.accept(Token.Kind.NAME, "else") ? condition() : null;
      value = Expression.choice(condition, value, otherwise);
    }
    cursor.shallower();
    return value;
  }

  /** Parses a value without a condition. */
  Expression or() {
    Expression value = and();
    while (cursor.accept(Token.Kind.NAME, "or")) {
      value = Expression.or(value, and());
    }
    return value;
  }

  private Expression and() {
    Expression value = not();
    while (cursor.accept(Token.Kind.NAME, "and")) {
      value = Expression.and(value, not());
    }
    return value;
  }

  private Expression not() {
    if (cursor.accept(Token.Kind.NAME, "not")) {
      cursor.deeper();
      Expression operand = not();
      cursor.shallower();
      return Expression.not(operand);
    }
    return comparison();
  }

  private Expression comparison() {
    Expression left = sum();
    Expression all = null;
    while (true) {
      Token token = cursor.peek();
      String operator;
      if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        operator = cursor.next().text();
      } else if (cursor.accept(Token.Kind.NAME, "in")) {
        operator = "in";
      } else if (token.is(Token.Kind.NAME, "not") && cursor.after().is(Token.Kind.NAME, "in")) {
        cursor.next();
        cursor.next();
        operator = "not in";
      } else {
        return all == null ? left : all;
      }
      Expression right = sum();
      Expression one = Expression.binary(operator, left, right);
      all = all == null ? one : Expression.and(all, one);
      left = right;
    }
  }

  private Expression sum() {
    Expression value = concatenation();
    while (cursor.peek().is(Token.Kind.OPERATOR, "+")
        || cursor.peek().is(Token.Kind.OPERATOR, "-")) {
      value = Expression.binary(cursor.next().text(), value, concatenation());
    }
    return value;
  }

  private Expression concatenation() {
    Expression value = product();
    while (cursor.accept(Token.Kind.OPERATOR, "~")) {
      value = Expression.binary("~", value, product());
    }
    return value;
  }

  private Expression product() {
    Expression value = unary();
    while (cursor.peek().kind() == Token.Kind.OPERATOR
        && Set.of("*", "/", "//", "%").contains(cursor.peek().text())) {
      value = Expression.binary(cursor.next().text(), value, unary());
    }
    return value;
  }

  private Expression unary() {
    // a filter applies to the negated value
    return filtered(negated());
  }

  private Expression negated() {
    if (cursor.accept(Token.Kind.OPERATOR, "-")) {
      cursor.deeper();
      Expression operand = negated();
      cursor.shallower();
      return postfix(Expression.negative(operand));
    }
    return postfix(primary());
  }

  private Expression primary() {
    Token token = cursor.next();
    switch (token.kind()) {
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (cursor.peek().kind() == Token.Kind.STRING) {
          text.append(cursor.next().text());
        }
        return Expression.constant(text.toString());
      }
      case INTEGER -> {
        try {
          return Expression.constant(Long.parseLong(token.text()));
        } catch (NumberFormatException e) {
          throw cursor.error("the number " + token.text() + " is over 64 bits");
        }
      }
      case FLOAT -> {
        return Expression.constant(Double.parseDouble(token.text()));
      }
      case NAME -> {
        return switch (token.text()) {
          case "true", "True" -> Expression.constant(true);
          case "false", "False" -> Expression.constant(false);
          case "none", "None" -> Expression.constant(Values.NONE);
          default -> Expression.variable(token.text());
        };
      }
      case OPERATOR -> {
        switch (token.text()) {
          case "(" -> {
            if (cursor.accept(Token.Kind.OPERATOR, ")")) {
              return Expression.list(List.of());
            }
            Expression inside = tuple();
            cursor.expect(Token.Kind.OPERATOR, ")");
            return inside;
          }
          case "[" -> {
            return Expression.list(elements("]"));
          }
          case "{" -> {
            return mapping();
          }
          default -> throw cursor.error("'" + token.text() + "' begins no value");
        }
      }
      default -> throw cursor.error("a value is missing");
    }
  }

  private List<Expression> elements(String end) {
    List<Expression> elements = new ArrayList<>();
    while (!cursor.accept(Token.Kind.OPERATOR, end)) {
      elements.add(condition());
      if (!cursor.peek().is(Token.Kind.OPERATOR, end)) {
        cursor.expect(Token.Kind.OPERATOR, ",");
      }
    }
    return elements;
  }

  private Expression mapping() {
    Map<Expression, Expression> entries = new LinkedHashMap<>();
    while (!cursor.accept(Token.Kind.OPERATOR, "}")) {
      Expression key = condition();
      cursor.expect(Token.Kind.OPERATOR, ":");
      entries.put(key, condition());
      if (!cursor.peek().is(Token.Kind.OPERATOR, "}")) {
        cursor.expect(Token.Kind.OPERATOR, ",");
      }
    }
    return Expression.mapping(entries);
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      if (cursor.accept(Token.Kind.OPERATOR, ".")) {
        Token name = cursor.next();
        value =
            name.kind() == Token.Kind.INTEGER
                ? Expression.item(value, Expression.constant(Long.parseLong(name.text())))
                : Expression.attribute(value, name.text());
      } else if (cursor.accept(Token.Kind.OPERATOR, "[")) {
        value = subscript(value);
      } else if (cursor.accept(Token.Kind.OPERATOR, "(")) {
        value = Expression.call(value, call());
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression object) {
    Expression none = Expression.constant(Values.NONE);
    Expression from = cursor.peek().is(Token.Kind.OPERATOR, ":") ? none : condition();
    if (cursor.accept(Token.Kind.OPERATOR, "]")) {
      return Expression.item(object, from);
    }
    cursor.expect(Token.Kind.OPERATOR, ":");
    Expression to = none;
    Expression step = none;
    if (!cursor.peek().is(Token.Kind.OPERATOR, "]")
        && !cursor.peek().is(Token.Kind.OPERATOR, ":")) {
      to = condition();
    }
    if (cursor.accept(Token.Kind.OPERATOR, ":") && !cursor.peek().is(Token.Kind.OPERATOR, "]")) {
      step = condition();
    }
    cursor.expect(Token.Kind.OPERATOR, "]");
    return Expression.slice(object, from, to, step);
  }

  /** Parses arguments after the opening bracket. */
  private Expression.Call call() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!cursor.accept(Token.Kind.OPERATOR, ")")) {
      if (cursor.peek().kind() == Token.Kind.NAME && cursor.after().is(Token.Kind.OPERATOR, "=")) {
        String name = cursor.next().text();
        cursor.next();
        named.put(name, condition());
      } else {
        positional.add(condition());
      }
      if (!cursor.peek().is(Token.Kind.OPERATOR, ")")) {
        cursor.expect(Token.Kind.OPERATOR, ",");
      }
    }
    return new Expression.Call(positional, named);
  }

  private Expression filtered(Expression start) {
    Expression value = start;
    while (true) {
      if (cursor.accept(Token.Kind.OPERATOR, "|")) {
        String name = cursor.expect(Token.Kind.NAME, null).text();
        Expression.Call call =
            cursor.accept(Token.Kind.OPERATOR, "(")
                ? call()
                : new Expression.Call(List.of(), Map.of());
        value = postfix(Expression.filter(value, name, call));
      } else if (cursor.accept(Token.Kind.NAME, "is")) {
        boolean negated = cursor.accept(Token.Kind.NAME, "not");
        Token name = cursor.next();
        Expression test = Expression.test(value, name.text(), testArguments());
        value = negated ? Expression.not(test) : test;
      } else {
        return value;
      }
    }
  }

  private List<Expression> testArguments() {
    if (cursor.accept(Token.Kind.OPERATOR, "(")) {
      return call().positional();
    }
    Token token = cursor.peek();
    boolean begins =
        switch (token.kind()) {
          case STRING, INTEGER, FLOAT -> true;
          case NAME -> !AFTER_TEST.contains(token.text());
          case OPERATOR -> token.text().equals("[") || token.text().equals("{");
          default -> false;
        };
    return begins ? List.of(postfix(primary())) : List.of();
  }
}
