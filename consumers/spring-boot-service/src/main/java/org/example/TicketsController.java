package org.example;

import io.telecomllm.inference.tmf621.TroubleTicket;
import io.telecomllm.inference.tmf621.TroubleTicketAnswerer;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** A trouble ticket of TMF621 in, the merge patch for it out. */
@RestController
class TicketsController {
  private final TroubleTicketAnswerer tickets;
  private final String question;
  private final List<String> options;

  TicketsController(
      TroubleTicketAnswerer tickets,
      @Value("${telecom.tickets.question}") String question,
      @Value("${telecom.tickets.options}") List<String> options) {
    this.tickets = tickets;
    this.question = question;
    this.options = options;
  }

  @PostMapping(path = "/tickets", produces = "application/merge-patch+json")
  String patch(@RequestBody String json) {
    TroubleTicket ticket = TroubleTicket.parse(json);
    return tickets.choose(ticket, question, options).update().mergePatch(ticket);
  }
}
