package io.telecomllm.examples.benchmarks;

import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.knowledge.Clause;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The explanations of TeleQnA as clauses, and variations of them where more are needed. */
final class Explanations {
  private static final String SPEC = "TeleQnA";
  private static final int A_CHAPTER = 1_000;

  private Explanations() {}

  /** Returns the questions that have an explanation, in the order of the file. */
  static List<Question> questions(Path zip) {
    return TeleQnADataset.read(zip).questions().stream()
        .filter(question -> !question.explanation().isBlank())
        .toList();
  }

  /** Returns the explanation of each question; {@link #number} names it. */
  static List<Clause> clauses(List<Question> questions) {
    List<Clause> clauses = new ArrayList<>();
    for (Question question : questions) {
      clauses.add(clause(clauses.size(), question.explanation()));
    }
    return clauses;
  }

  /**
   * Returns this many clauses: the explanations, then explanations of which the second half is that
   * of another one.
   */
  static List<Clause> varied(List<Question> questions, int count) {
    List<Clause> clauses = new ArrayList<>(clauses(questions));
    Random random = new Random(16);
    while (clauses.size() < count) {
      String first = questions.get(random.nextInt(questions.size())).explanation();
      String second = questions.get(random.nextInt(questions.size())).explanation();
      String text =
          first.substring(0, first.indexOf(' ', first.length() / 2) + 1)
              + second.substring(second.indexOf(' ', second.length() / 2) + 1);
      clauses.add(clause(clauses.size(), text));
    }
    return clauses.subList(0, count);
  }

  /** Returns the number of the clause of a question. */
  static String number(int question) {
    return (1 + question / A_CHAPTER) + "." + question % A_CHAPTER;
  }

  private static Clause clause(int number, String text) {
    return new Clause(SPEC, "", "", number(number), "", text, "");
  }
}
