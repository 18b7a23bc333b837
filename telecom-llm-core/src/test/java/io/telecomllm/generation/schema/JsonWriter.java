package io.telecomllm.generation.schema;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes JSON in the forms that models choose: spaces, line breaks and escapes at random. */
final class JsonWriter {
  private final Random random;
  private final StringBuilder text = new StringBuilder();
  private int level;

  private JsonWriter(Random random) {
    this.random = random;
  }

  static String write(Object value, Random random) {
    JsonWriter writer = new JsonWriter(random);
    writer.value(value);
    return writer.text.toString();
  }

  private void value(Object value) {
    if (value instanceof Map<?, ?> map) {
      open('{');
      Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
      while (entries.hasNext()) {
        Map.Entry<?, ?> entry = entries.next();
        string((String) entry.getKey());
        text.append(random.nextBoolean() ? ":" : ": ");
        value(entry.getValue());
        separate(entries.hasNext());
      }
      close('}');
    } else if (value instanceof List<?> list) {
      open('[');
      for (Iterator<?> elements = list.iterator(); elements.hasNext(); ) {
        value(elements.next());
        separate(elements.hasNext());
      }
      close(']');
    } else if (value instanceof String string) {
      string(string);
    } else if (value instanceof Double number) {
      text.append(new BigDecimal(number.toString()).toPlainString());
    } else {
      text.append(value);
    }
  }

  private void open(char bracket) {
    text.append(bracket);
    level++;
    gap();
  }

  private void separate(boolean more) {
    if (more) {
      text.append(',');
      gap();
    } else if (random.nextBoolean()) {
      gap();
    }
  }

  private void close(char bracket) {
    level--;
    text.append(bracket);
  }

  private void gap() {
    char last = text.charAt(text.length() - 1);
    if (last == ' ' || last == '\n') {
      return; // an empty container has one gap only
    }
    switch (random.nextInt(3)) {
      case 0 -> text.append(' ');
      case 1 -> text.append('\n').append(" ".repeat(random.nextInt(4 * level + 1)));
      default -> {}
    }
  }

  private void string(String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      boolean pair = Character.isSurrogate(c);
      // names and words of an enum have one form
      boolean letter = c >= 'a' && c <= 'z';
      if (c == '\n') {
        text.append("\\n");
      } else if (c < ' ' || (!letter && !pair && random.nextInt(3) == 0)) {
        text.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) c));
      } else if (pair && random.nextBoolean()) {
        text.append(String.format("\\u%04x\\u%04X", (int) c, (int) string.charAt(++i)));
      } else if (pair) {
        text.append(c).append(string.charAt(++i));
      } else {
        text.append(c == '"' || c == '\\' ? "\\" : "").append(c);
      }
    }
    text.append('"');
  }
}
