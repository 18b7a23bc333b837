package io.telecomllm.hub;

import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other threads and other processes from downloading the same blob. The lock file stays: who
 * deletes one while another waits for it lets two in.
 */
final class StoreLock implements AutoCloseable {
  private static final long POLL_MILLIS = 25;

  /**
   * Those this JVM holds. A file lock belongs to the whole JVM, and closing any channel of the file
   * ends it; so a second thread must not even open the file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path key;
  private final FileChannel channel;

  private StoreLock(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /** Waits until the lock is free. */
  static StoreLock acquire(Path file) throws InterruptedException {
    try {
      Path folder = file.toAbsolutePath().getParent();
      Path key =
          folder == null
              ? file.toAbsolutePath()
              : Files.createDirectories(folder).toRealPath().resolve(file.getFileName());
      while (!HELD.add(key)) {
        Thread.sleep(POLL_MILLIS);
      }
      FileChannel channel = null;
      try {
        channel =
            FileChannel.open(
                key,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        while (tryLock(channel) == null) {
          Thread.sleep(POLL_MILLIS);
        }
        return new StoreLock(key, channel);
      } catch (Throwable e) {
        release(key, channel);
        throw e;
      }
    } catch (IOException e) {
      throw new TelecomLlmException(file + ": cannot be locked: " + e, e);
    }
  }

  /** Polling answers an interrupt at once and never closes the channel under the lock. */
  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // held by this class under another class loader
      return null;
    }
  }

  private static void release(Path key, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      HELD.remove(key);
    }
  }

  @Override
  public void close() {
    try {
      release(key, channel);
    } catch (IOException e) {
      throw new TelecomLlmException(key + ": cannot be unlocked: " + e, e);
    }
  }
}
