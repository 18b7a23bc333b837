package io.telecomllm.weights;

import java.nio.ByteBuffer;

/** Where the bytes of a header come from: an open file, or memory in the tests. */
@FunctionalInterface
interface ByteSource {
  /** Fills what remains of the buffer from the position on; {@code what} is named in errors. */
  void read(long position, ByteBuffer into, String what);
}
