package io.telecomllm.knowledge.documents;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields that are open at a place of a Word document: instructions are no text, results are. A
 * caption's number (SEQ) is counted where the document has no result for it.
 */
final class WordFields {
  private static final Pattern SEQUENCE =
      Pattern.compile("\\s*SEQ\\s+\"?([^\\s\"\\\\]+).*", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final Pattern CONTENTS =
      Pattern.compile("\\s*(?:TOC|TOA|INDEX)\\b.*", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
  private static final Pattern RESET = Pattern.compile(".*\\\\r\\s*(\\d{1,6}).*", Pattern.DOTALL);
  private static final Pattern REFERENCE =
      Pattern.compile(
          "\\s*(?:REF|NOTEREF|STYLEREF)\\b.*", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private final Deque<Field> open = new ArrayDeque<>();
  private final Map<String, Integer> sequences = new HashMap<>();

  private static final class Field {
    final StringBuilder instruction = new StringBuilder();
    boolean isResult;
    boolean hasText;
  }

  /** What is to be done at the end of a field. */
  enum End {
    /** Nothing: its result is the text. */
    DONE,
    /** It should have had a result that cannot be computed. */
    MISSING
  }

  void begin() {
    open.push(new Field());
  }

  void instruct(String text) {
    if (!open.isEmpty()) {
      open.element().instruction.append(text);
    }
  }

  void separate() {
    if (!open.isEmpty()) {
      open.element().isResult = true;
    }
  }

  /** Ends a field; the number that it stands for, if its result is missing, goes to the text. */
  End end(StringBuilder text) {
    if (open.isEmpty()) {
      return End.DONE;
    }
    Field field = open.pop();
    String instruction = field.instruction.toString();
    Matcher sequence = SEQUENCE.matcher(instruction);
    if (sequence.matches()) {
      int count = count(sequence.group(1).toLowerCase(Locale.ROOT), instruction);
      if (!field.hasText && isText() && !instruction.contains("\\h")) {
        text.append(count);
      }
      return End.DONE;
    }
    boolean missing = !field.hasText && isText() && REFERENCE.matcher(instruction).matches();
    return missing ? End.MISSING : End.DONE;
  }

  private int count(String name, String instruction) {
    Matcher reset = RESET.matcher(instruction);
    int more = instruction.contains("\\c") ? 0 : 1;
    int count =
        reset.matches() ? Integer.parseInt(reset.group(1)) : sequences.getOrDefault(name, 0) + more;
    sequences.put(name, count);
    return count;
  }

  /** Returns whether characters here are text, not part of an instruction. */
  boolean isText() {
    return open.stream().allMatch(f -> f.isResult);
  }

  /** Notes that the open fields have a result. */
  void sawText() {
    open.forEach(f -> f.hasText = true);
  }

  /** Returns whether characters here belong to a table of contents or an index. */
  boolean isContents() {
    return open.stream().anyMatch(f -> f.isResult && CONTENTS.matcher(f.instruction).matches());
  }

  /** Forgets a table of contents that was not closed. */
  void leaveContents() {
    open.clear();
  }

  /** Forgets instructions that were not closed, which would swallow the rest of the document. */
  void endParagraph() {
    open.removeIf(f -> !f.isResult);
  }
}
