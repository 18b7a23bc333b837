package io.telecomllm.knowledge.documents;

import io.telecomllm.data.Question;
import io.telecomllm.data.Rejection;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.ClauseLines;
import io.telecomllm.knowledge.documents.Omission.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads files whose lines are clauses, or questions with explanations. */
final class LineReaders {
  private static final String TELEQNA = "TeleQnA";
  private static final Pattern RELEASE_TAG = Pattern.compile("(?:3GPP )?(Release \\d{1,2})");

  private LineReaders() {}

  static void clauses(Path file, List<Clause> made) {
    ClauseLines.read(file, made::add);
  }

  /** Makes a clause of each explanation, called as its question. */
  static void questions(
      Path file, String source, Edition given, List<Clause> made, Omissions omissions) {
    TeleQnADataset dataset = TeleQnADataset.read(file);
    String spec = given.spec().isEmpty() ? TELEQNA : given.spec();
    for (Question question : dataset.questions()) {
      String text = question.explanation().strip();
      if (text.isEmpty()) {
        omissions.add(Reason.EMPTY_CLAUSE, question.id());
      } else {
        String release = given.release().isEmpty() ? release(question) : given.release();
        String name = Outline.clean(question.id());
        made.add(new Clause(spec, given.version(), release, name, "", text, source));
      }
    }
    for (Rejection rejection : dataset.rejections()) {
      omissions.add(Reason.REJECTED_QUESTION, rejection.id());
    }
  }

  private static String release(Question question) {
    Matcher tag = RELEASE_TAG.matcher(question.release().orElse(""));
    return tag.matches() ? tag.group(1) : "";
  }
}
