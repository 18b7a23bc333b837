package io.telecomllm.inference.tmf621;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what is wrong with a JSON document without quoting it. */
final class JsonFault {
  /**
   * What the reader's messages say before they quote anything. Anchored at the beginning, so that
   * no key of the document can pose as a part of it.
   */
  private static final Pattern KNOWN =
      Pattern.compile(
          "not JSON: begins with a byte order mark"
              + "|not JSON: the bytes are not UTF-8"
              + "|not JSON: (?:the text ends too early|broken syntax)"
              + "(?: at line \\d{1,8} column \\d{1,8})?"
              + "|not strict JSON: nested deeper than \\d+ at byte \\d+"
              + "|not strict JSON: more text after the end of the document"
              + "|not strict JSON: a string holds an unpaired surrogate"
              + "|not strict JSON: an integer of \\d+ digits"
              + "|not strict JSON: the (?<quoted>key|number) ");

  private JsonFault() {}

  /** Returns what of an error's message about a document is not the document's text. */
  static String withoutText(String document, String message) {
    String beginning = document + ": ";
    String fault = message.startsWith(beginning) ? message.substring(beginning.length()) : "";
    Matcher known = KNOWN.matcher(fault);
    if (!known.lookingAt()) {
      return "not strict JSON";
    }
    String quoted = known.group("quoted");
    if (quoted == null) {
      return known.group();
    }
    return "not strict JSON: "
        + (quoted.equals("key") ? "a key appears twice in an object" : "a number is out of range");
  }
}
