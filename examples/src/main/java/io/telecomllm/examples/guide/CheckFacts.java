package io.telecomllm.examples.guide;

import io.telecomllm.data.Question;
import io.telecomllm.facts.CheckedClaim;
import io.telecomllm.facts.FactCheck;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.facts.Finding;
import io.telecomllm.facts.ModelJudge;
import io.telecomllm.facts.Verdict;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.inference.JustifiedAnswer;
import io.telecomllm.inference.Justifier;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.factuality.FactCheckEvaluator;
import io.telecomllm.inference.factuality.FactCheckFigures;
import io.telecomllm.inference.factuality.LabelledClaims;
import io.telecomllm.inference.langchain4j.FactCheckGuardrail;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.questions.GenerationReport;
import io.telecomllm.training.questions.ModelAuthor;
import io.telecomllm.training.questions.QuestionsFromDocuments;
import io.telecomllm.training.questions.Window;
import java.util.List;

/** Code of docs/guide/check-facts.md. */
final class CheckFacts {
  private CheckFacts() {}

  static void check(KnowledgeBase base, Lexicon glossary, String text) {
    FactChecker checker = FactChecker.on(base).lexicon(glossary);
    FactCheck check = checker.check(text);
    for (CheckedClaim claim : check.of(Verdict.REFUTED)) {
      System.out.println(claim.claim().text());
      for (Finding finding : claim.findings()) {
        System.out.println(finding.rule() + ": " + finding.detail());
      }
      claim.citation().ifPresent(c -> System.out.println(c.clause().id() + ": " + c.quotation()));
    }
  }

  static FactCheck byModel(KnowledgeBase base, LanguageModel model, String question, String text) {
    try (ModelJudge judge = ModelJudge.of(model)) {
      return FactChecker.on(base).judge(judge).check(question, text);
    }
  }

  static JustifiedAnswer justify(TelecomAnswerer answerer, FactChecker checker, Question question) {
    JustifiedAnswer answer = Justifier.on(answerer, checker).supportRequired(true).answer(question);
    if (answer.justified()) {
      System.out.println(answer.justification() + " " + answer.citations());
    }
    return answer;
  }

  static FactCheckGuardrail guard(FactChecker checker) {
    return FactCheckGuardrail.of(checker).supportRequired(true);
  }

  static void measure(FactChecker checker, List<Question> questions, List<Clause> clauses) {
    FactCheckEvaluator evaluator = FactCheckEvaluator.on(checker);
    FactCheckFigures options = evaluator.evaluate(LabelledClaims.ofQuestions(questions, 1));
    System.out.println(options.auroc() + " " + options.balancedAccuracy());
    System.out.println(evaluator.evaluate(LabelledClaims.ofClauses(clauses, 1)).byChange());
  }

  static GenerationReport questions(
      TextGenerator generator, FactChecker checker, List<Clause> clauses, List<Question> test) {
    GenerationReport report =
        QuestionsFromDocuments.by(ModelAuthor.of(generator), checker)
            .apartFrom(test)
            .from(Window.over(clauses, 80));
    System.out.println(report.kept().size() + " kept, others: " + report.reasons());
    return report;
  }
}
