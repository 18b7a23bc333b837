package io.telecomllm.training.preference;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.Role;
import java.util.List;

/**
 * A conversation and two answers to it, one better than the other. Immutable.
 *
 * @param id unique among the pairs of a run; not blank
 * @param prompt the conversation, at least one message, the last by the user
 * @param chosen the better answer, not blank
 * @param rejected the worse answer, not blank and another one
 */
public record PreferencePair(String id, List<Message> prompt, String chosen, String rejected) {
  /** Checks every part. */
  public PreferencePair {
    requireNonNull(id, "id is null");
    requireNonNull(chosen, "chosen is null");
    requireNonNull(rejected, "rejected is null");
    prompt = List.copyOf(prompt);
    checkArgument(!id.isBlank(), "id is blank");
    checkArgument(
        !prompt.isEmpty() && prompt.get(prompt.size() - 1).role() == Role.USER,
        "%s: the prompt must end with a message of the user",
        id);
    checkArgument(!chosen.isBlank(), "%s: chosen is blank", id);
    checkArgument(!rejected.isBlank(), "%s: rejected is blank", id);
    checkArgument(!chosen.equals(rejected), "%s: chosen and rejected are the same", id);
  }
}
