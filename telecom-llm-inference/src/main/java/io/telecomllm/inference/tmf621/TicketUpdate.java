package io.telecomllm.inference.tmf621;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.json.JsonText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an answer adds to a ticket, and the JSON merge patch (RFC 7396) that adds it: the body of
 * {@code PATCH /troubleTicket/{id}} with the content type {@code application/merge-patch+json}.
 *
 * <p>A merge patch replaces arrays as a whole. So it repeats the ticket's notes and
 * characteristics: those that the ticket had when it was read. What others add to it between the
 * reading and the patching is lost; read the ticket again for the patch if an answer takes long,
 * and send its {@code ETag} as {@code If-Match} if the ticket system has one. Immutable.
 *
 * @param prefix how the names of its characteristics begin, not blank
 * @param note the note to append
 * @param characteristics the characteristics to set, no two of one name
 */
public record TicketUpdate(
    String prefix, TicketNote note, List<TicketCharacteristic> characteristics) {
  private static final String TICKET = "TroubleTicket";

  /** Copies the list, and checks that the names have the prefix and differ. */
  public TicketUpdate {
    requireNonNull(note, "note is null");
    checkArgument(!prefix.isBlank(), "prefix is blank");
    characteristics = List.copyOf(characteristics);
    Set<String> names = new HashSet<>();
    for (TicketCharacteristic each : characteristics) {
      checkArgument(names.add(each.name()), "two characteristics are named %s", each.name());
      checkArgument(
          each.name().startsWith(prefix), "name is %s, must begin with %s", each.name(), prefix);
    }
  }

  /**
   * Returns the patch for version 5: {@code note} and {@code troubleTicketCharacteristic}.
   * Characteristics whose names begin with the prefix, which an earlier answer left, are replaced.
   */
  public String mergePatch(TroubleTicket ticket) {
    Map<String, Object> patch = noted(ticket);
    List<Object> all = new ArrayList<>();
    for (Map<?, ?> each : ticket.characteristics()) {
      if (!isOwn(each.get("name"))) {
        all.add(each);
      }
    }
    characteristics.forEach(each -> all.add(each.json()));
    patch.put(TroubleTicket.CHARACTERISTIC, all);
    return JsonText.line(patch);
  }

  private boolean isOwn(@Nullable Object name) {
    return name instanceof String text && text.startsWith(prefix);
  }

  /** Returns the patch for version 4, whose tickets have no characteristics: {@code note}. */
  public String notePatch(TroubleTicket ticket) {
    return JsonText.line(noted(ticket));
  }

  private Map<String, Object> noted(TroubleTicket ticket) {
    Map<String, Object> patch = new LinkedHashMap<>();
    // version 5 requires it
    patch.put(TroubleTicket.TYPE, ticket.type().orElse(TICKET));
    List<Object> notes = new ArrayList<>(ticket.notes());
    notes.add(note.json());
    patch.put(TroubleTicket.NOTE, notes);
    return patch;
  }
}
