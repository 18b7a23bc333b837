package io.telecomllm.knowledge.documents;

import java.util.List;

/**
 * A heading and the text below it, up to the next heading.
 *
 * @param name the clause's number, or its title if it has none
 * @param title the heading, after those above it that have no text of their own
 * @param lines the paragraphs; never empty
 * @param place where it begins, such as {@code page 12}, or empty
 */
record Section(String name, String title, List<String> lines, String place) {
  /** The name of the text before the first heading. */
  static final String PREAMBLE = "preamble";
}
