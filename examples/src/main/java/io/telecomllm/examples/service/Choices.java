package io.telecomllm.examples.service;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.TelecomAnswerer;
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
    response.addProperty("option", answer.option() + 1);
    response.addProperty("text", answer.text());
    JsonArray probabilities = new JsonArray();
    answer.probabilities().forEach(probabilities::add);
    response.add("probabilities", probabilities);
    JsonArray citations = new JsonArray();
    answer
        .citations()
        .forEach(
            citation -> {
              JsonObject entry = new JsonObject();
              entry.addProperty("clause", citation.clause().id());
              entry.addProperty("quotation", citation.quotation());
              citations.add(entry);
            });
    response.add("citations", citations);
    Http.send(exchange, response);
  }
}
