package io.telecomllm.generation;

import io.telecomllm.Internal;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The place of one text in a cache, where its passes are made. For one thread at a time. */
@Internal
public interface Slot extends AutoCloseable {
  /** Where slots come from. */
  @FunctionalInterface
  interface Source {
    /**
     * Takes a slot for a text.
     *
     * @param prompt the tokens of the prompt
     * @param room the most tokens of prompt and text
     * @param cancelled is asked while the text waits for a slot
     * @return empty if it was cancelled
     */
    Optional<Slot> take(int[] prompt, int room, BooleanSupplier cancelled);
  }

  /** Returns the number of tokens of the prompt that its cache holds already, fewer than all. */
  int cached();

  /** Reads the next tokens of the text and goes on with it. */
  void step(Decoding decoding);

  /** Gives the slot back; a text that was cut off leaves nothing in it. */
  @Override
  void close();

  /** Returns this slot with something that is done once it is given back. */
  default Slot thenClosing(Runnable end) {
    return new EndingSlot(this, end);
  }

  /** A slot, and what is done at its end. */
  record EndingSlot(Slot slot, Runnable end) implements Slot {
    @Override
    public int cached() {
      return slot.cached();
    }

    @Override
    public void step(Decoding decoding) {
      slot.step(decoding);
    }

    @Override
    public void close() {
      try {
        slot.close();
      } finally {
        end.run();
      }
    }
  }
}
