package io.telecomllm.hub;

import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A blob on its way, and the digest of what is there. A failure of the disk's is a {@link
 * TelecomLlmException}, so that none is taken for the network's. Of one thread, under the lock.
 */
final class PartialFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final Path path;
  private final RepositoryFile file;
  private final FileChannel channel;
  private MessageDigest digest;
  private long size;
  private boolean moved;

  private PartialFile(Path path, RepositoryFile file, FileChannel channel) {
    this.path = path;
    this.file = file;
    this.channel = channel;
    this.digest = file.newDigest();
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Opens the file, or what an earlier download left of it, which it reads through once. */
  static PartialFile open(Path path, RepositoryFile file) throws InterruptedException {
    try {
      // a link in its place would let the download write elsewhere
      FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      PartialFile partial = new PartialFile(path, file, channel);
      try {
        partial.onDisk(partial::readThrough);
        return partial;
      } catch (Throwable e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StorageException(path + ": cannot be opened: " + e, e);
    }
  }

  private void readThrough() throws IOException {
    long there = channel.size();
    if (there > file.size()) {
      truncate();
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    while (size < there) {
      buffer.clear();
      int count = channel.read(buffer, size);
      if (count < 0) {
        throw new IOException("became shorter while it was read");
      }
      digest.update(buffer.flip());
      size += count;
    }
  }

  private void truncate() throws IOException {
    channel.truncate(0);
    digest = file.newDigest();
    size = 0;
  }

  /** The bytes that are there. */
  long size() {
    return size;
  }

  /** Forgets all that is there. */
  void restart() throws InterruptedException {
    onDisk(this::truncate);
  }

  /** Adds bytes at the end. */
  void append(ByteBuffer bytes) throws InterruptedException {
    digest.update(bytes.duplicate());
    onDisk(
        () -> {
          while (bytes.hasRemaining()) {
            size += channel.write(bytes, size);
          }
        });
  }

  /** The digest of all that is there, in hexadecimal; the next {@link #append} begins anew. */
  String digest() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's digests can be cloned", e);
    }
  }

  /** Makes the bytes durable, and then the file appear under its name. */
  void moveTo(Path blob) throws InterruptedException {
    onDisk(
        () -> {
          channel.force(true);
          channel.close();
          Files.move(path, blob, StandardCopyOption.ATOMIC_MOVE);
          moved = true;
          Disk.forceParent(blob);
        });
  }

  private void onDisk(Action action) throws InterruptedException {
    try {
      action.run();
    } catch (ClosedByInterruptException e) {
      InterruptedException interrupted = new InterruptedException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (IOException e) {
      throw new StorageException(path + ": the download cannot be kept: " + e, e);
    }
  }

  /** Keeps what is there for a later download, if there is anything. */
  @Override
  public void close() {
    try {
      channel.close();
      if (size == 0 && !moved) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new StorageException(path + ": cannot be closed: " + e, e);
    }
  }
}
