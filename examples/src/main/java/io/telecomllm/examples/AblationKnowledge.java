package io.telecomllm.examples;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The knowledge bases that the arms of an ablation are measured with; explanations, all of them.
 */
final class AblationKnowledge implements AutoCloseable {
  /** What an answerer has to answer from. */
  enum Setting {
    /** Nothing. */
    BARE("line"),
    /** Explanations of training questions alone: passages that do not answer. */
    OTHERS("point"),
    /** All explanations, the question's own among them. */
    ORACLE("band");

    private final String style;

    Setting(String style) {
      this.style = style;
    }

    /** Returns the style of its line in a chart. */
    String style() {
      return style;
    }

    /** Returns the setting's name in files, tables and options. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Setting, KnowledgeBase> bases = new EnumMap<>(Setting.class);

  AblationKnowledge(Split split) {
    List<Clause> training = explanations(split.training());
    bases.put(Setting.OTHERS, KnowledgeBase.of(training));
    List<Clause> all = new ArrayList<>(training);
    all.addAll(explanations(split.validation()));
    bases.put(Setting.ORACLE, KnowledgeBase.of(all));
  }

  /** Returns a clause of each explanation, called as its question. */
  static List<Clause> explanations(List<Question> questions) {
    return questions.stream()
        .filter(q -> !q.explanation().isBlank())
        .map(q -> new Clause("TeleQnA", "", "", q.id(), "", q.explanation(), ""))
        .toList();
  }

  /** Returns the base of a setting that has one. */
  KnowledgeBase base(Setting setting) {
    KnowledgeBase base = bases.get(setting);
    if (base == null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s has no knowledge base", setting));
    }
    return base;
  }

  /** Returns a checker that knows what the training questions' explanations say. */
  FactChecker trainingChecker() {
    return FactChecker.on(base(Setting.OTHERS));
  }

  /** Returns a checker that knows all explanations. */
  FactChecker checker() {
    return FactChecker.on(base(Setting.ORACLE));
  }

  @Override
  public void close() {
    bases.values().forEach(KnowledgeBase::close);
  }
}
