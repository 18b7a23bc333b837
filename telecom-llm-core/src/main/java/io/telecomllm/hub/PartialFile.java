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
 * A partly downloaded blob and the digest of its bytes. A disk failure is a {@link
 * TelecomLlmException}, so that it is not mistaken for a network failure. For one thread, which
 * holds the blob's lock.
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

  /**
   * Opens a new file, or one that an earlier download left, which is read once to compute its
   * digest.
   */
  static PartialFile open(Path path, RepositoryFile file) throws InterruptedException {
    try {
      // following a link in its place would write elsewhere
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

  /** Returns the number of bytes in the file. */
  long size() {
    return size;
  }

  /** Removes all bytes. */
  void restart() throws InterruptedException {
    onDisk(this::truncate);
  }

  /** Appends bytes. */
  void append(ByteBuffer bytes) throws InterruptedException {
    digest.update(bytes.duplicate());
    onDisk(
        () -> {
          while (bytes.hasRemaining()) {
            size += channel.write(bytes, size);
          }
        });
  }

  /** Returns the digest of all bytes, in hexadecimal; more can be appended afterwards. */
  String digest() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's digests can be cloned", e);
    }
  }

  /** Forces the bytes to disk, then moves the file to its final name. */
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

  /** Closes the file and keeps its bytes for a later download; deletes it if it is empty. */
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
