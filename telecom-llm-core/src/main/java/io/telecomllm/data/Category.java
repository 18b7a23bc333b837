package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.util.Arrays;
import java.util.Optional;

/** The five categories of TeleQnA (Maatouk et al. 2023, arXiv:2310.15051), and one for the rest. */
public enum Category {
  /** Terms and acronyms. */
  LEXICON("Lexicon"),
  /** Broad questions on surveys and books. */
  RESEARCH_OVERVIEW("Research overview"),
  /** Questions on single papers. */
  RESEARCH_PUBLICATIONS("Research publications"),
  /** Summaries of standards of several bodies. */
  STANDARDS_OVERVIEW("Standards overview"),
  /** Details of technical specifications. */
  STANDARDS_SPECIFICATIONS("Standards specifications"),
  /** Questions that are not TeleQnA's and name no category. */
  OTHER("Other");

  private final String label;

  Category(String label) {
    this.label = label;
  }

  /** Returns the name that the files of the data set use. */
  public String label() {
    return label;
  }

  /**
   * Returns the category with this label, ignoring case and white space.
   *
   * @throws IllegalArgumentException for any other label
   */
  public static Category of(String label) {
    Optional<Category> found = find(label);
    checkArgument(
        found.isPresent(), "category is \"%s\", expected one of %s", Quoted.line(label), labels());
    return found.orElseThrow();
  }

  static Optional<Category> find(String label) {
    String folded = Texts.folded(label);
    return Arrays.stream(values()).filter(c -> Texts.folded(c.label).equals(folded)).findFirst();
  }

  static String labels() {
    return Arrays.stream(values()).map(Category::label).toList().toString();
  }
}
