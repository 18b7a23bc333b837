package io.telecomllm.weights;

import java.nio.ByteBuffer;

/** The source of a header's bytes: an open file, or memory in tests. */
@FunctionalInterface
interface ByteSource {
  /** Reads bytes from this position until the buffer is full; {@code what} names them in errors. */
  void read(long position, ByteBuffer into, String what);
}
