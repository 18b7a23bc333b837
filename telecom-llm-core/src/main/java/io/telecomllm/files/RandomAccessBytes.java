package io.telecomllm.files;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A file that several threads read at given positions. It is never mapped: truncating a mapped file
 * kills the JVM.
 *
 * <p>Interrupting a thread that reads closes the file for all threads; each then gets a {@link
 * TelecomLlmException}.
 */
@Internal
public final class RandomAccessBytes implements AutoCloseable {
  /** The JDK copies heap reads through a direct buffer of the same size, kept per thread. */
  private static final int MAX_READ = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final long size;

  private RandomAccessBytes(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  /** Opens a regular file. */
  public static RandomAccessBytes open(Path path) {
    FileChannel channel = null;
    try {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      if (found.isDirectory()) {
        throw new InvalidDataException(path + ": expected a file, found a folder");
      }
      // a pipe or a device may block forever or never end
      if (!found.isRegularFile()) {
        throw new InvalidDataException(path + ": expected a regular file");
      }
      channel = FileChannel.open(path, StandardOpenOption.READ);
      return new RandomAccessBytes(path, channel, channel.size());
    } catch (NoSuchFileException e) {
      throw new InvalidDataException(path + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new StorageException(path + ": cannot be opened: " + e, e);
    } catch (ClosedByInterruptException e) {
      throw new TelecomLlmException(path + ": interrupted while opening it", e);
    } catch (IOException e) {
      closeQuietly(channel, e);
      // for example a name from an index that no file can have
      throw new InvalidDataException(path + ": cannot be opened: " + e, e);
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel, IOException cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  /** Returns the path of the file. */
  public Path path() {
    return path;
  }

  /** Returns the size in bytes when the file was opened. */
  public long size() {
    return size;
  }

  /** Reads {@code count} bytes; the caller has checked them against the size. */
  public byte[] read(long position, int count, String what) {
    byte[] bytes = new byte[count];
    read(position, ByteBuffer.wrap(bytes), what);
    return bytes;
  }

  /**
   * Fills the rest of the buffer from a position in the file on; {@code what} is named in errors.
   */
  public void read(long position, ByteBuffer into, String what) {
    int limit = into.limit();
    long at = position;
    try {
      while (into.position() < limit) {
        into.limit((int) Math.min(limit, (long) into.position() + MAX_READ));
        int count = channel.read(into, at);
        if (count < 0) {
          throw new InvalidDataException(
              path + ": " + what + " ends at byte " + at + ", the file was cut short");
        }
        at += count;
      }
    } catch (ClosedByInterruptException e) {
      throw new TelecomLlmException(path + ": interrupted while reading " + what, e);
    } catch (ClosedChannelException e) {
      throw new TelecomLlmException(path + ": " + what + " read after close", e);
    } catch (IOException e) {
      throw new StorageException(path + ": " + what + " cannot be read: " + e, e);
    } finally {
      into.limit(limit);
    }
  }

  /** Closes the file; a thread that reads it gets a {@link TelecomLlmException}. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StorageException(path + ": cannot be closed: " + e, e);
    }
  }
}
