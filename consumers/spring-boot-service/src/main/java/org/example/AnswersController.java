package org.example;

import io.telecomllm.inference.Abstained;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.Answered;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.Citation;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** A question and its options in, an answer or an abstention out. */
@RestController
class AnswersController {
  private final TelecomAnswerer answerer;

  AnswersController(TelecomAnswerer answerer) {
    this.answerer = answerer;
  }

  /** A question. */
  record Request(String question, List<String> options) {}

  /** An answer that is given. */
  record Given(String outcome, String text, double confidence, List<String> citations) {}

  /** A question that is left to a person. */
  record Left(
      String outcome, String reason, double confidence, List<Abstained.Candidate> candidates) {}

  @PostMapping("/answers")
  Record answer(@RequestBody Request request) {
    if (request.question() == null || request.options() == null) {
      throw new IllegalArgumentException("question and options are required");
    }
    Answer answer = answerer.answer(request.question(), request.options());
    if (answer instanceof Answered given) {
      List<String> quotations = given.citations().stream().map(Citation::quotation).toList();
      return new Given("given", given.text(), given.confidence(), quotations);
    }
    Abstained left = (Abstained) answer;
    return new Left("abstained", left.reason().text(), left.confidence(), left.candidates());
  }
}
