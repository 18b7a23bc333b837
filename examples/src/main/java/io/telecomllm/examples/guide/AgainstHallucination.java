package io.telecomllm.examples.guide;

import io.telecomllm.data.Refutations;
import io.telecomllm.data.Split;
import io.telecomllm.knowledge.Retriever;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.AnswerStyle;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.known.KnowledgeProbe;
import io.telecomllm.training.known.KnownQuestions;
import io.telecomllm.training.known.KnownQuestions.Level;
import io.telecomllm.training.preference.PreferenceConfig;
import io.telecomllm.training.preference.PreferencePair;
import io.telecomllm.training.preference.PreferenceTrainer;
import io.telecomllm.training.preference.QuestionPairs;
import java.nio.file.Path;
import java.util.List;

/** Code of docs/guide/train-against-hallucination.md. */
final class AgainstHallucination {
  private AgainstHallucination() {}

  static QLoraTrainer penalised(LanguageModel model, Retriever base, Refutations checked) {
    return QLoraTrainer.on(model)
        .with(c -> c.costWeight(1).brierWeight(0.5).abstainCost(0.4).refutationMultiplier(1))
        .refutations(base.id(), checked);
  }

  static QLoraTrainer drawn(LanguageModel model) {
    return QLoraTrainer.on(model)
        .with(c -> c.likelihoodWeight(0).textWeight(0).costWeight(1).klWeight(0.04).groupSize(16));
  }

  static QLoraTrainer distracted(LanguageModel model, Retriever explanations) {
    return QLoraTrainer.on(model)
        .knowledge(explanations, 3)
        .answering((question, clause) -> question.id().equals(clause.clause()))
        .with(c -> c.distractorShare(0.3).closedBookShare(0.1));
  }

  static QLoraTrainer.Result reasoned(LanguageModel model, QuestionPrompt prompt, Split split) {
    KnownQuestions known =
        KnowledgeProbe.on(model).orders(4).resumeFrom(Path.of("known.jsonl")).ask(split.training());
    return QLoraTrainer.on(model)
        .prompt(prompt.withStyle(AnswerStyle.NUMBER_TEXT_AND_REASON))
        .withoutReasons(known.ids(Level.UNKNOWN))
        .run(split);
  }

  static QLoraTrainer.Result preferred(LanguageModel model, Split split) {
    List<PreferencePair> pairs = QuestionPairs.on(model).of(split.training());
    List<PreferencePair> heldOut = QuestionPairs.on(model).of(split.validation());
    return PreferenceTrainer.on(model).preference(new PreferenceConfig(0.1, 0)).run(pairs, heldOut);
  }
}
