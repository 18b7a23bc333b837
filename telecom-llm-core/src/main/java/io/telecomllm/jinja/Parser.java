package io.telecomllm.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns tokens into statements; the precedence of operators is Jinja's. */
final class Parser {
  private static final int DEEPEST = 200;

  /** The most tokens in a tag: a chain of operators is evaluated one inside the other. */
  private static final int LONGEST_TAG = 2000;

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

  /** Words that cannot begin the argument of a test. */
  private static final Set<String> AFTER_TEST =
      Set.of("else", "or", "and", "is", "not", "if", "in");

  private final List<Token> tokens;
  private int at;
  private int depth;
  private int tag;

  private Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  static Statement parse(String template) {
    Parser parser = new Parser(Lexer.tokens(template));
    Statement all = parser.body();
    if (parser.peek().kind() != Token.Kind.END) {
      throw parser.error("'" + parser.tokens.get(parser.at + 1).text() + "' ends nothing");
    }
    return all;
  }

  // ---- statements ----

  /** Parses up to a statement that ends or divides the enclosing one. */
  private Statement body(String... ends) {
    deeper();
    List<Statement> all = new ArrayList<>();
    while (true) {
      Token token = peek();
      if (token.kind() == Token.Kind.DATA) {
        String text = next().text();
        all.add(
            frame -> {
              frame.print(text);
              return Statement.Ending.NORMAL;
            });
      } else if (token.kind() == Token.Kind.PRINT_BEGIN) {
        next();
        all.add(Statement.print(tuple()));
        expect(Token.Kind.PRINT_END, "");
      } else if (token.kind() == Token.Kind.BLOCK_BEGIN) {
        String word = tokens.get(at + 1).text();
        if (List.of(ends).contains(word) || word.startsWith("end") || word.startsWith("el")) {
          break;
        }
        next();
        all.add(statement(next()));
      } else {
        break;
      }
    }
    depth--;
    return Statement.block(all);
  }

  private Statement statement(Token word) {
    return switch (word.text()) {
      case "if" -> choice();
      case "for" -> loop();
      case "set" -> assignment();
      case "macro" -> macro();
      case "generation" -> {
        expect(Token.Kind.BLOCK_END, "");
        Statement body = body();
        end("endgeneration");
        yield body;
      }
      case "break", "continue" -> {
        expect(Token.Kind.BLOCK_END, "");
        Statement.Ending ending =
            word.text().equals("break") ? Statement.Ending.BREAK : Statement.Ending.CONTINUE;
        yield frame -> ending;
      }
      default -> throw error("the statement '" + word.text() + "' is not supported");
    };
  }

  private Statement choice() {
    Expression condition = condition();
    expect(Token.Kind.BLOCK_END, "");
    Statement then = body();
    expect(Token.Kind.BLOCK_BEGIN, "");
    Token word = next();
    Statement otherwise = Statement.block(List.of());
    switch (word.text()) {
      case "elif" -> {
        deeper();
        otherwise = choice();
        depth--;
      }
      case "else" -> {
        expect(Token.Kind.BLOCK_END, "");
        otherwise = body();
        end("endif");
      }
      case "endif" -> expect(Token.Kind.BLOCK_END, "");
      default -> throw error("'" + word.text() + "' stands where an if ends");
    }
    return Statement.choice(condition, then, otherwise);
  }

  private Statement loop() {
    Statement.Target target = target();
    expect(Token.Kind.NAME, "in");
    Expression over = or();
    Expression condition = accept(Token.Kind.NAME, "if") ? condition() : null;
    expect(Token.Kind.BLOCK_END, "");
    Statement body = body();
    Statement otherwise = Statement.block(List.of());
    expect(Token.Kind.BLOCK_BEGIN, "");
    Token word = next();
    expect(Token.Kind.BLOCK_END, "");
    if (word.text().equals("else")) {
      otherwise = body();
      end("endfor");
    } else if (!word.text().equals("endfor")) {
      throw error("'" + word.text() + "' stands where a for ends");
    }
    return Statement.loop(target, over, condition, body, otherwise);
  }

  private Statement assignment() {
    Statement.Target target = target();
    if (accept(Token.Kind.OPERATOR, "=")) {
      Expression value = tuple();
      expect(Token.Kind.BLOCK_END, "");
      return Statement.set(target, value);
    }
    expect(Token.Kind.BLOCK_END, "");
    Statement body = body();
    end("endset");
    return Statement.capture(target, body);
  }

  private Statement macro() {
    String name = expect(Token.Kind.NAME, null).text();
    List<String> parameters = new ArrayList<>();
    Map<String, Expression> defaults = new LinkedHashMap<>();
    expect(Token.Kind.OPERATOR, "(");
    while (!accept(Token.Kind.OPERATOR, ")")) {
      String parameter = expect(Token.Kind.NAME, null).text();
      parameters.add(parameter);
      if (accept(Token.Kind.OPERATOR, "=")) {
        defaults.put(parameter, condition());
      }
      accept(Token.Kind.OPERATOR, ",");
    }
    expect(Token.Kind.BLOCK_END, "");
    Statement body = body();
    end("endmacro");
    return Statement.macro(name, parameters, defaults, body);
  }

  private Statement.Target target() {
    List<String> names = new ArrayList<>();
    boolean bracket = accept(Token.Kind.OPERATOR, "(");
    do {
      names.add(expect(Token.Kind.NAME, null).text());
    } while (accept(Token.Kind.OPERATOR, ","));
    if (bracket) {
      expect(Token.Kind.OPERATOR, ")");
    }
    if (names.size() == 1 && accept(Token.Kind.OPERATOR, ".")) {
      names.add(expect(Token.Kind.NAME, null).text());
      return new Statement.Target(names, true);
    }
    return new Statement.Target(names, false);
  }

  private void end(String word) {
    expect(Token.Kind.BLOCK_BEGIN, "");
    expect(Token.Kind.NAME, word);
    // a name may follow, as in endmacro
    if (peek().kind() == Token.Kind.NAME) {
      next();
    }
    expect(Token.Kind.BLOCK_END, "");
  }

  // ---- expressions, from the loosest operator to the tightest ----

  private Expression tuple() {
    Expression first = condition();
    if (!peek().is(Token.Kind.OPERATOR, ",")) {
      return first;
    }
    List<Expression> all = new ArrayList<>(List.of(first));
    while (accept(Token.Kind.OPERATOR, ",")) {
      all.add(condition());
    }
    return Expression.list(all);
  }

  private Expression condition() {
    deeper();
    Expression value = or();
    while (accept(Token.Kind.NAME, "if")) {
      Expression condition = or();
      Expression otherwise = accept(Token.Kind.NAME, "else") ? condition() : null;
      value = Expression.choice(condition, value, otherwise);
    }
    depth--;
    return value;
  }

  private Expression or() {
    Expression value = and();
    while (accept(Token.Kind.NAME, "or")) {
      value = Expression.or(value, and());
    }
    return value;
  }

  private Expression and() {
    Expression value = not();
    while (accept(Token.Kind.NAME, "and")) {
      value = Expression.and(value, not());
    }
    return value;
  }

  private Expression not() {
    if (accept(Token.Kind.NAME, "not")) {
      deeper();
      Expression operand = not();
      depth--;
      return Expression.not(operand);
    }
    return comparison();
  }

  private Expression comparison() {
    Expression left = sum();
    Expression all = null;
    while (true) {
      Token token = peek();
      String operator;
      if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        operator = next().text();
      } else if (accept(Token.Kind.NAME, "in")) {
        operator = "in";
      } else if (token.is(Token.Kind.NAME, "not") && tokens.get(at + 1).is(Token.Kind.NAME, "in")) {
        at += 2;
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
    while (peek().is(Token.Kind.OPERATOR, "+") || peek().is(Token.Kind.OPERATOR, "-")) {
      value = Expression.binary(next().text(), value, concatenation());
    }
    return value;
  }

  private Expression concatenation() {
    Expression value = product();
    while (accept(Token.Kind.OPERATOR, "~")) {
      value = Expression.binary("~", value, product());
    }
    return value;
  }

  private Expression product() {
    Expression value = unary();
    while (peek().kind() == Token.Kind.OPERATOR
        && Set.of("*", "/", "//", "%").contains(peek().text())) {
      value = Expression.binary(next().text(), value, unary());
    }
    return value;
  }

  private Expression unary() {
    // a filter applies to the negated value
    return filtered(negated());
  }

  private Expression negated() {
    if (accept(Token.Kind.OPERATOR, "-")) {
      deeper();
      Expression operand = negated();
      depth--;
      return postfix(Expression.negative(operand));
    }
    return postfix(primary());
  }

  private Expression primary() {
    Token token = next();
    switch (token.kind()) {
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (peek().kind() == Token.Kind.STRING) {
          text.append(next().text());
        }
        return Expression.constant(text.toString());
      }
      case INTEGER -> {
        try {
          return Expression.constant(Long.parseLong(token.text()));
        } catch (NumberFormatException e) {
          throw error("the number " + token.text() + " is over 64 bits");
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
            if (accept(Token.Kind.OPERATOR, ")")) {
              return Expression.list(List.of());
            }
            Expression inside = tuple();
            expect(Token.Kind.OPERATOR, ")");
            return inside;
          }
          case "[" -> {
            return Expression.list(elements("]"));
          }
          case "{" -> {
            return mapping();
          }
          default -> throw error("'" + token.text() + "' begins no value");
        }
      }
      default -> throw error("a value is missing");
    }
  }

  private List<Expression> elements(String end) {
    List<Expression> elements = new ArrayList<>();
    while (!accept(Token.Kind.OPERATOR, end)) {
      elements.add(condition());
      if (!peek().is(Token.Kind.OPERATOR, end)) {
        expect(Token.Kind.OPERATOR, ",");
      }
    }
    return elements;
  }

  private Expression mapping() {
    Map<Expression, Expression> entries = new LinkedHashMap<>();
    while (!accept(Token.Kind.OPERATOR, "}")) {
      Expression key = condition();
      expect(Token.Kind.OPERATOR, ":");
      entries.put(key, condition());
      if (!peek().is(Token.Kind.OPERATOR, "}")) {
        expect(Token.Kind.OPERATOR, ",");
      }
    }
    return Expression.mapping(entries);
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      if (accept(Token.Kind.OPERATOR, ".")) {
        Token name = next();
        value =
            name.kind() == Token.Kind.INTEGER
                ? Expression.item(value, Expression.constant(Long.parseLong(name.text())))
                : Expression.attribute(value, name.text());
      } else if (accept(Token.Kind.OPERATOR, "[")) {
        value = subscript(value);
      } else if (accept(Token.Kind.OPERATOR, "(")) {
        value = Expression.call(value, call());
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression object) {
    Expression none = Expression.constant(Values.NONE);
    Expression from = peek().is(Token.Kind.OPERATOR, ":") ? none : condition();
    if (accept(Token.Kind.OPERATOR, "]")) {
      return Expression.item(object, from);
    }
    expect(Token.Kind.OPERATOR, ":");
    Expression to = none;
    Expression step = none;
    if (!peek().is(Token.Kind.OPERATOR, "]") && !peek().is(Token.Kind.OPERATOR, ":")) {
      to = condition();
    }
    if (accept(Token.Kind.OPERATOR, ":") && !peek().is(Token.Kind.OPERATOR, "]")) {
      step = condition();
    }
    expect(Token.Kind.OPERATOR, "]");
    return Expression.slice(object, from, to, step);
  }

  /** Parses arguments after the opening bracket. */
  private Expression.Call call() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!accept(Token.Kind.OPERATOR, ")")) {
      if (peek().kind() == Token.Kind.NAME && tokens.get(at + 1).is(Token.Kind.OPERATOR, "=")) {
        String name = next().text();
        next();
        named.put(name, condition());
      } else {
        positional.add(condition());
      }
      if (!peek().is(Token.Kind.OPERATOR, ")")) {
        expect(Token.Kind.OPERATOR, ",");
      }
    }
    return new Expression.Call(positional, named);
  }

  private Expression filtered(Expression start) {
    Expression value = start;
    while (true) {
      if (accept(Token.Kind.OPERATOR, "|")) {
        String name = expect(Token.Kind.NAME, null).text();
        Expression.Call call =
            accept(Token.Kind.OPERATOR, "(") ? call() : new Expression.Call(List.of(), Map.of());
        value = postfix(Expression.filter(value, name, call));
      } else if (accept(Token.Kind.NAME, "is")) {
        boolean negated = accept(Token.Kind.NAME, "not");
        Token name = next();
        Expression test = Expression.test(value, name.text(), testArguments());
        value = negated ? Expression.not(test) : test;
      } else {
        return value;
      }
    }
  }

  private List<Expression> testArguments() {
    if (accept(Token.Kind.OPERATOR, "(")) {
      return call().positional();
    }
    Token token = peek();
    boolean begins =
        switch (token.kind()) {
          case STRING, INTEGER, FLOAT -> true;
          case NAME -> !AFTER_TEST.contains(token.text());
          case OPERATOR -> token.text().equals("[") || token.text().equals("{");
          default -> false;
        };
    return begins ? List.of(postfix(primary())) : List.of();
  }

  // ---- tokens ----

  private Token peek() {
    return tokens.get(at);
  }

  private Token next() {
    Token token = tokens.get(at);
    if (token.kind() == Token.Kind.END) {
      throw error("the template ends too early");
    }
    if (token.kind() == Token.Kind.BLOCK_BEGIN || token.kind() == Token.Kind.PRINT_BEGIN) {
      tag = at;
    } else if (at - tag > LONGEST_TAG) {
      throw error("a tag has over " + LONGEST_TAG + " tokens");
    }
    at++;
    return token;
  }

  private boolean accept(Token.Kind kind, String text) {
    boolean found = peek().is(kind, text);
    if (found) {
      next();
    }
    return found;
  }

  /** Takes a token of a kind, and of a text unless that is null. */
  private Token expect(Token.Kind kind, @Nullable String text) {
    Token token = next();
    if (token.kind() != kind || (text != null && !token.text().equals(text))) {
      throw new JinjaException(
          "line "
              + token.line()
              + ": found '"
              + token.text()
              + "', expected "
              + (text == null || text.isEmpty()
                  ? kind.toString().toLowerCase(java.util.Locale.ROOT)
                  : text));
    }
    return token;
  }

  private void deeper() {
    if (++depth > DEEPEST) {
      throw error("nested too deeply");
    }
  }

  private JinjaException error(String message) {
    return new JinjaException("line " + peek().line() + ": " + message);
  }
}
