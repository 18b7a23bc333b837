package io.telecomllm.inference.tmf621;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A note for a ticket, TMF621's {@code Note}. It has no id: the ticket system gives it one.
 * Immutable.
 *
 * @param author who wrote it
 * @param date when
 * @param text what it says
 */
public record TicketNote(String author, Instant date, String text) {
  /** Checks that author and text are not blank. */
  public TicketNote {
    requireNonNull(date, "date is null");
    checkArgument(!author.isBlank(), "author is blank");
    checkArgument(!text.isBlank(), "text is blank");
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("author", author);
    json.put("date", date.toString());
    json.put("text", text);
    json.put(TroubleTicket.TYPE, "Note");
    return json;
  }
}
