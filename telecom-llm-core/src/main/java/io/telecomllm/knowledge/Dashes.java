package io.telecomllm.knowledge;

/** The dashes of typesetting, which stand for the hyphen of an acronym such as {@code S-NSSAI}. */
final class Dashes {
  // hyphens, figure, en and em dash, bar, minus, and their small and full-width forms
  private static final String DASHES =
      "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFE58\uFE63\uFF0D";
  private static final char SOFT_HYPHEN = '\u00AD';

  private Dashes() {}

  /** Returns the text with every dash as a plain hyphen and without soft hyphens. */
  static String plain(String text) {
    StringBuilder plain = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean soft = c == SOFT_HYPHEN;
      if (plain == null && (soft || isDash(c))) {
        plain = new StringBuilder(text.length()).append(text, 0, i);
      }
      if (plain != null && !soft) {
        plain.append(isDash(c) ? '-' : c);
      }
    }
    return plain == null ? text : plain.toString();
  }

  static boolean isDash(int c) {
    return DASHES.indexOf(c) >= 0;
  }
}
