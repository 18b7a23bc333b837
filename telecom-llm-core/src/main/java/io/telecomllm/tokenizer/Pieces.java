package io.telecomllm.tokenizer;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Joins and spells out pieces. */
@Internal
public final class Pieces {
  // white space as the native tokenizers see it
  private static final Pattern START = Pattern.compile("^\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern END = Pattern.compile("\\s+$", Pattern.UNICODE_CHARACTER_CLASS);

  private Pieces() {}

  /** Returns the pieces with adjacent texts joined and empty ones left out. */
  public static List<Piece> join(List<Piece> pieces) {
    List<Piece> joined = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      if (piece instanceof Piece.Text part) {
        text.append(part.text());
      } else {
        flush(text, joined);
        joined.add(piece);
      }
    }
    flush(text, joined);
    return List.copyOf(joined);
  }

  private static void flush(StringBuilder text, List<Piece> joined) {
    if (!text.isEmpty()) {
      joined.add(Piece.text(text.toString()));
      text.setLength(0);
    }
  }

  /** Returns all pieces spelled out, for digests and for people; it cannot be read back. */
  public static String spell(List<Piece> pieces) {
    StringBuilder spelled = new StringBuilder();
    for (Piece piece : pieces) {
      if (piece instanceof Piece.Control control) {
        spelled.append(control.token());
      } else if (piece instanceof Piece.Text text) {
        spelled.append(text.text());
      }
    }
    return spelled.toString();
  }

  static String strip(String text, boolean atStart, boolean atEnd) {
    String stripped = atStart ? START.matcher(text).replaceFirst("") : text;
    return atEnd ? END.matcher(stripped).replaceFirst("") : stripped;
  }
}
