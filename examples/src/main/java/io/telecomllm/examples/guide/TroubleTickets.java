package io.telecomllm.examples.guide;

import io.telecomllm.inference.Answer;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.tmf621.PersonalData;
import io.telecomllm.inference.tmf621.TicketResult;
import io.telecomllm.inference.tmf621.TicketResult.Routing;
import io.telecomllm.inference.tmf621.TroubleTicket;
import io.telecomllm.inference.tmf621.TroubleTicketAnswerer;
import java.util.List;

/** Code of docs/guide/trouble-tickets.md. */
final class TroubleTickets {
  private TroubleTickets() {}

  static String cause(TelecomAnswerer answerer, String json, List<String> causes) {
    TroubleTicketAnswerer tickets = TroubleTicketAnswerer.of(answerer);
    TroubleTicket ticket = TroubleTicket.parse(json);
    TicketResult<Answer> cause = tickets.choose(ticket, "What is the most likely cause?", causes);
    if (cause.routing() == Routing.PERSON) {
      System.out.println("a person is asked about " + ticket.id().orElse("a new ticket"));
    }
    return cause.update().mergePatch(ticket);
  }

  static String inWords(TroubleTicketAnswerer tickets, TroubleTicket ticket) {
    TicketResult<OpenAnswer> result = tickets.ask(ticket);
    System.out.println(result.update().note().text());
    return result.update().mergePatch(ticket);
  }

  static TroubleTicketAnswerer withNames(TroubleTicketAnswerer tickets, List<String> names) {
    return tickets.redaction(
        text -> {
          String redacted = PersonalData.redact(text);
          for (String name : names) {
            redacted = redacted.replace(name, "[name]");
          }
          return redacted;
        });
  }
}
