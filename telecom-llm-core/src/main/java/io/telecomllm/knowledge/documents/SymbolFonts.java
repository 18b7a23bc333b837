package io.telecomllm.knowledge.documents;

import java.util.Map;

/**
 * The characters of fonts whose codes are not Unicode's. Word keeps them in the private use area,
 * from U+F020 on; a specification's "less or equal" is often one of them.
 */
final class SymbolFonts {
  private static final char PRIVATE = '\uf000';
  private static final char PRIVATE_END = '\uf0ff';

  /** Adobe's Symbol encoding from 0x20 to 0x7E. */
  private static final String SYMBOL_LOW =
      " !∀#∃%&∋()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}~";

  /** The same from 0xA0 to 0xEF. */
  private static final String SYMBOL_HIGH =
      "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪";

  private static final Map<Integer, String> WINGDINGS =
      Map.of(
          0xdf, "←", 0xe0, "→", 0xe1, "↑", 0xe2, "↓", 0xf0, "⇒", 0xfb, "✗", 0xfc, "✓", 0x6c, "●",
          0xa7, "▪", 0xd8, "➢");

  private SymbolFonts() {}

  /** Returns whether a character is the code of a symbol font, whatever the font. */
  static boolean isCode(char c) {
    return c >= PRIVATE && c <= PRIVATE_END;
  }

  /** Returns whether plain letters in this font show other characters. */
  static boolean isSymbol(String font) {
    return font.equals("Symbol");
  }

  /** Returns the character that a font shows for a code, or empty if that is not known. */
  static String of(String font, int code) {
    int low = code >= PRIVATE ? code - PRIVATE : code;
    if (font.startsWith("Wingdings")) {
      return font.equals("Wingdings") ? WINGDINGS.getOrDefault(low, "") : "";
    }
    // codes without a font are those of lists and of converted documents: Symbol's
    if (!isSymbol(font) && !font.isEmpty()) {
      return "";
    }
    if (low >= 0x20 && low < 0x20 + SYMBOL_LOW.length()) {
      return SYMBOL_LOW.substring(low - 0x20, low - 0x20 + 1);
    }
    boolean high = low >= 0xa0 && low < 0xa0 + SYMBOL_HIGH.length();
    return high ? SYMBOL_HIGH.substring(low - 0xa0, low - 0xa0 + 1) : "";
  }
}
