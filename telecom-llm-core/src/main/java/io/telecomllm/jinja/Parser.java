package io.telecomllm.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns tokens into statements. */
final class Parser {
  private final TokenCursor cursor;
  private final ExpressionParser expressions;

  private Parser(TokenCursor cursor) {
    this.cursor = cursor;
    this.expressions = new ExpressionParser(cursor);
  }

  static Statement parse(String template) {
    TokenCursor cursor = new TokenCursor(Lexer.tokens(template));
    Statement all = new Parser(cursor).body();
    if (cursor.peek().kind() != Token.Kind.END) {
      throw cursor.error("'" + cursor.after().text() + "' ends nothing");
    }
    return all;
  }

  /** Parses up to a statement that ends or divides the enclosing one. */
  private Statement body() {
    cursor.deeper();
    List<Statement> all = new ArrayList<>();
    while (true) {
      Token token = cursor.peek();
      if (token.kind() == Token.Kind.DATA) {
        String text = cursor.next().text();
        all.add(
            frame -> {
              frame.print(text);
              return Statement.Ending.NORMAL;
            });
      } else if (token.kind() == Token.Kind.PRINT_BEGIN) {
        cursor.next();
        all.add(Statement.print(expressions.tuple()));
        cursor.expect(Token.Kind.PRINT_END, "");
      } else if (token.kind() == Token.Kind.BLOCK_BEGIN) {
        String word = cursor.after().text();
        if (word.startsWith("end") || word.startsWith("el")) {
          break;
        }
        cursor.next();
        all.add(statement(cursor.next()));
      } else {
        break;
      }
    }
    cursor.shallower();
    return Statement.block(all);
  }

  private Statement statement(Token word) {
    return switch (word.text()) {
      case "if" -> choice();
      case "for" -> loop();
      case "set" -> assignment();
      case "macro" -> macro();
      case "generation" -> {
        cursor.expect(Token.Kind.BLOCK_END, "");
        Statement body = body();
        end("endgeneration");
        yield body;
      }
      case "break", "continue" -> {
        cursor.expect(Token.Kind.BLOCK_END, "");
        Statement.Ending ending =
            word.text().equals("break") ? Statement.Ending.BREAK : Statement.Ending.CONTINUE;
        yield frame -> ending;
      }
      default -> throw cursor.error("the statement '" + word.text() + "' is not supported");
    };
  }

  private Statement choice() {
    Expression condition = expressions.condition();
    cursor.expect(Token.Kind.BLOCK_END, "");
    Statement then = body();
    cursor.expect(Token.Kind.BLOCK_BEGIN, "");
    Token word = cursor.next();
    Statement otherwise = Statement.block(List.of());
    switch (word.text()) {
      case "elif" -> {
        cursor.deeper();
        otherwise = choice();
        cursor.shallower();
      }
      case "else" -> {
        cursor.expect(Token.Kind.BLOCK_END, "");
        otherwise = body();
        end("endif");
      }
      case "endif" -> cursor.expect(Token.Kind.BLOCK_END, "");
      default -> throw cursor.error("'" + word.text() + "' stands where an if ends");
    }
    return Statement.choice(condition, then, otherwise);
  }

  private Statement loop() {
    Statement.Target target = target();
    cursor.expect(Token.Kind.NAME, "in");
    Expression over = expressions.or();
    Expression condition = cursor.accept(Token.Kind.NAME, "if") ? expressions.condition() : null;
    cursor.expect(Token.Kind.BLOCK_END, "");
    Statement body = body();
    Statement otherwise = Statement.block(List.of());
    cursor.expect(Token.Kind.BLOCK_BEGIN, "");
    Token word = cursor.next();
    cursor.expect(Token.Kind.BLOCK_END, "");
    if (word.text().equals("else")) {
      otherwise = body();
      end("endfor");
    } else if (!word.text().equals("endfor")) {
      throw cursor.error("'" + word.text() + "' stands where a for ends");
    }
    return Statement.loop(target, over, condition, body, otherwise);
  }

  private Statement assignment() {
    Statement.Target target = target();
    if (cursor.accept(Token.Kind.OPERATOR, "=")) {
      Expression value = expressions.tuple();
      cursor.expect(Token.Kind.BLOCK_END, "");
      return Statement.set(target, value);
    }
    cursor.expect(Token.Kind.BLOCK_END, "");
    Statement body = body();
    end("endset");
    return Statement.capture(target, body);
  }

  private Statement macro() {
    String name = cursor.expect(Token.Kind.NAME, null).text();
    List<String> parameters = new ArrayList<>();
    Map<String, Expression> defaults = new LinkedHashMap<>();
    cursor.expect(Token.Kind.OPERATOR, "(");
    while (!cursor.accept(Token.Kind.OPERATOR, ")")) {
      String parameter = cursor.expect(Token.Kind.NAME, null).text();
      parameters.add(parameter);
      if (cursor.accept(Token.Kind.OPERATOR, "=")) {
        defaults.put(parameter, expressions.condition());
      }
      cursor.accept(Token.Kind.OPERATOR, ",");
    }
    cursor.expect(Token.Kind.BLOCK_END, "");
    Statement body = body();
    end("endmacro");
    return Statement.macro(name, parameters, defaults, body);
  }

  private Statement.Target target() {
    List<String> names = new ArrayList<>();
    boolean bracket = cursor.accept(Token.Kind.OPERATOR, "(");
    do {
      names.add(cursor.expect(Token.Kind.NAME, null).text());
    } while (cursor.accept(Token.Kind.OPERATOR, ","));
    if (bracket) {
      cursor.expect(Token.Kind.OPERATOR, ")");
    }
    if (names.size() == 1 && cursor.accept(Token.Kind.OPERATOR, ".")) {
      names.add(cursor.expect(Token.Kind.NAME, null).text());
      return new Statement.Target(names, true);
    }
    return new Statement.Target(names, false);
  }

  private void end(String word) {
    cursor.expect(Token.Kind.BLOCK_BEGIN, "");
    cursor.expect(Token.Kind.NAME, word);
    // a name may follow, as in endmacro
    if (cursor.peek().kind() == Token.Kind.NAME) {
      cursor.next();
    }
    cursor.expect(Token.Kind.BLOCK_END, "");
  }
}
