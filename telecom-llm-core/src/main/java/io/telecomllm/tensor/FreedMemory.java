package io.telecomllm.tensor;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import io.telecomllm.Internal;

/**
 * Memory that was freed and that the C library keeps for later. After a model is closed, glibc
 * would hold hundreds of megabytes of it.
 */
@Internal
public final class FreedMemory {
  private FreedMemory() {}

  /** Asks the C library to give freed memory back to the system, where it can be asked. */
  public static void giveBack() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      // malloc_trim(3): the argument is what to keep at the end of the heap
      Function.getFunction("c", "malloc_trim").invokeInt(new Object[] {0});
    } catch (LinkageError e) {
      // another C library than glibc: it keeps what it keeps
    }
  }
}
