package io.telecomllm.facts;

import io.telecomllm.knowledge.Sentences;
import io.telecomllm.knowledge.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a text into its claims: one for each sentence that states something. */
final class Claims {
  /** The mark of a list item, which is not part of what it states. */
  private static final Pattern MARK = Pattern.compile("^(?:[-*\u2022]|\\d{1,2}[.)])\\s+");

  // "I do not know" claims nothing, and neither does "Sure, here is the answer:"
  private static final Pattern NO_CLAIM =
      Pattern.compile(
          "(?i)(?:i (?:do not|don't|cannot|can't) (?:know|tell|say)\\b.*"
              + "|(?:sure|certainly|of course)\\b.{0,60}:)");

  private static final int FEWEST_WORDS = 2;

  private Claims() {}

  /** Returns the claims of a text, in order. Questions and headings of a word claim nothing. */
  static List<Claim> of(String question, String text) {
    List<Claim> claims = new ArrayList<>();
    for (Sentences.Range sentence : Sentences.of(text)) {
      String said = text.substring(sentence.start(), sentence.end());
      Matcher mark = MARK.matcher(said);
      int from = mark.find() ? mark.end() : 0;
      String stated = said.substring(from);
      if (states(stated)) {
        claims.add(new Claim(question, stated, sentence.start() + from));
      }
    }
    return List.copyOf(claims);
  }

  private static boolean states(String sentence) {
    return !sentence.isBlank()
        && !sentence.endsWith("?")
        && !NO_CLAIM.matcher(sentence).matches()
        && Words.of(sentence).size() >= FEWEST_WORDS;
  }
}
