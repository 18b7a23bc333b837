package io.telecomllm.data;

import io.telecomllm.Internal;
import io.telecomllm.text.Texts;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How an option depends on the other options of its question. A doubtful phrase counts as {@link
 * #PARTICULAR}: leaving a question unshuffled costs little, a wrong answer costs more.
 */
@Internal
public enum OptionReference {
  /** It does not refer to other options. */
  NONE,
  /**
   * It refers to the options before it as a set ("all of the above"): these may change places, but
   * must stay before it.
   */
  WHOLE_SET,
  /** It names some options by number, position or content: no option may move. */
  PARTICULAR;

  private static final String THINGS = "(?:options?|answers?|choices?|statements?|alternatives?)";

  // a number or a capital letter anywhere; a small letter only where it cannot be the article "a"
  private static final String LABEL =
      "[\"'(#:]{0,2}"
          + " ?(?:[0-9]{1,2}\\b|(?-i:[A-I]\\b|I{1,3}\\b|IV\\b)|(?:one|two|three|four|five)\\b|[a-i](?:[)'\"]|"
          + " and\\b| or\\b|,|$))";
  private static final String PLACE =
      "(?:first|second|third|fourth|fifth|last|other|another|next|previous|preceding|former"
          + "|latter|remaining)";

  // in TeleQnA "both ..." and "neither ..." nearly always join two options by content
  private static final Pattern PAIR = ignoringCase("^\\W{0,3}(?:both|neither|either)\\b");
  private static final Pattern NAMED =
      ignoringCase(
          String.join(
              "|",
              "\\b" + THINGS + " " + LABEL,
              "\\b" + PLACE + " (?:(?:one|two|three|four) )?" + THINGS + "\\b",
              "^\\W{0,3}(?:only )?(?:the )?(?:first|last) (?:one|two|three|four)\\W{0,3}$",
              "^\\W{0,3}(?:only )?(?:the )?(?:former|latter)\\b",
              "\\bthe above\\b",
              "\\b(?:as|listed|mentioned|stated) (?:above|below)\\b",
              "\\bof the (?:below|following)\\b|^\\W{0,3}(?:all|none|any) (?:the )?below\\b",
              "\\b(?:above|below) " + THINGS + "\\b",
              "\\b" + THINGS + " (?:above|below)\\b"));

  // all of the above, none of these, any of the other options, two of the above, all statements
  private static final Pattern SET =
      ignoringCase(
          "^\\W{0,3}(?:all|none|any|some|one|two|three|four|most|each|more than one|at least one)"
              + "(?: or more)?(?: of)?(?: the)?(?: other| given| listed| mentioned)?"
              + " (?:above|these|those|them|previous|preceding|others|options|answers|choices"
              + "|statements|alternatives)\\b");
  private static final Pattern BARE_SET = ignoringCase("^\\W{0,3}(?:all|none|any)\\W{0,3}$");
  private static final Pattern EXCEPT = ignoringCase("\\b(?:except|but|other than|apart|not)\\b");

  private static final Pattern ALL_ABOVE =
      ignoringCase("^\\W{0,3}all (?:of )?(?:the )?above\\W{0,3}$");
  private static final Pattern NONE_ABOVE =
      ignoringCase("^\\W{0,3}none (?:of )?(?:the )?above\\W{0,3}$");
  private static final Pattern NAMES_OPTION =
      ignoringCase("\\b(?:options?|answers?|choices?) " + LABEL);

  private static final Set<String> LABELS =
      Set.of(
          "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "g", "h", "i",
          "ii", "iii", "iv", "v");
  private static final Set<String> JOINTS =
      Set.of("and", "or", "only", "are", "is", "correct", "true", "right");
  private static final Pattern LABEL_SPLIT = Pattern.compile("[ ,&+()]+|\\.(?= |$)");
  private static final Pattern JOINT = Pattern.compile("[,&+]| (?:and|or) |\\bonly\\b");

  // a text without any of these can match no pattern that searches inside it; most texts have none
  private static final List<String> STEMS =
      List.of(
          "option",
          "answer",
          "choice",
          "statement",
          "alternative",
          "above",
          "below",
          "following",
          "former",
          "latter",
          "first",
          "last");
  private static final int LONGEST_LIST = 60;

  private static Pattern ignoringCase(String pattern) {
    return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
  }

  /** Returns how the text of an option refers to others. */
  public static OptionReference of(String option) {
    String line = Texts.collapsed(option);
    if (PAIR.matcher(line).find() || listsLabels(Texts.folded(option))) {
      return PARTICULAR;
    }
    if (BARE_SET.matcher(line).find()) {
      return WHOLE_SET;
    }
    if (SET.matcher(line).find()) {
      return EXCEPT.matcher(line).find() ? PARTICULAR : WHOLE_SET;
    }
    return mayName(line) && NAMED.matcher(line).find() ? PARTICULAR : NONE;
  }

  /** Returns whether a text, such as an explanation, names an option by its number or letter. */
  static boolean namesOption(String text) {
    String line = Texts.collapsed(text);
    return mayName(line) && NAMES_OPTION.matcher(line).find();
  }

  private static boolean mayName(String line) {
    String lower = line.toLowerCase(Locale.ROOT);
    return STEMS.stream().anyMatch(lower::contains);
  }

  static boolean isAllOfTheAbove(String option) {
    return ALL_ABOVE.matcher(Texts.collapsed(option)).find();
  }

  static boolean isNoneOfTheAbove(String option) {
    return NONE_ABOVE.matcher(Texts.collapsed(option)).find();
  }

  // "1 and 3", "A, B and C", "only 2"; not "2", "2.4" or "1 V", which are values
  private static boolean listsLabels(String folded) {
    if (folded.length() > LONGEST_LIST) {
      return false;
    }
    List<String> words = LABEL_SPLIT.splitAsStream(folded).filter(w -> !w.isEmpty()).toList();
    long labels = words.stream().filter(LABELS::contains).count();
    return JOINT.matcher(folded).find()
        && labels >= (words.contains("only") ? 1 : 2)
        && words.stream().allMatch(w -> LABELS.contains(w) || JOINTS.contains(w));
  }
}
