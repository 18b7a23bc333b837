package io.telecomllm.examples.service;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import io.telecomllm.inference.Abstained;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.Answered;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.Citation;
import java.io.IOException;
import java.util.List;

/** Multiple-choice questions over HTTP. */
final class Choices {
  private final TelecomAnswerer answerer;

  Choices(TelecomAnswerer answerer) {
    this.answerer = answerer;
  }

  void choose(JsonObject request, HttpExchange exchange) throws IOException {
    List<String> options = Fields.texts(request, "options");
    Answer answer = answerer.answer(Fields.text(request, "question"), options);
    JsonObject response = new JsonObject();
    if (answer instanceof Abstained left) {
      response.addProperty("abstained", left.reason().text());
    }
    answer
        .given()
        .ifPresent(
            given -> {
              response.addProperty("option", given.option() + 1);
              response.addProperty("text", given.text());
            });
    response.addProperty("confidence", answer.confidence());
    JsonArray probabilities = new JsonArray();
    answer.probabilities().forEach(probabilities::add);
    response.add("probabilities", probabilities);
    JsonArray citations = new JsonArray();
    for (Citation citation : answer.given().map(Answered::citations).orElse(List.of())) {
      JsonObject entry = new JsonObject();
      entry.addProperty("clause", citation.clause().id());
      entry.addProperty("quotation", citation.quotation());
      citations.add(entry);
    }
    response.add("citations", citations);
    Http.send(exchange, response);
  }
}
