package io.telecomllm.training.checkpoint;

import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second trainer out of a folder. The system frees it when the process dies, however it
 * dies. The lock file stays: who deletes it while another opens it lets two in.
 */
final class FolderLock implements AutoCloseable {
  static final String NAME = "checkpoints.lock";

  /**
   * Those this JVM holds. A file lock belongs to the whole JVM, and closing any channel of the file
   * ends it; so a second trainer must not even open the file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /** Takes the lock of a folder given by its real path. */
  static FolderLock take(Path folder, Disk disk) {
    if (!HELD.add(folder)) {
      throw busy(folder, "this process");
    }
    FileChannel channel = null;
    try {
      channel = disk.openLock(folder.resolve(NAME));
      if (tryLock(channel) == null) {
        throw busy(folder, "another process");
      }
      return new FolderLock(folder, channel);
    } catch (IOException e) {
      release(folder, channel, e);
      throw new TelecomLlmException(folder.resolve(NAME) + ": cannot be locked: " + e, e);
    } catch (RuntimeException | Error e) {
      release(folder, channel, e);
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // held by this class under another class loader
      return null;
    }
  }

  private static TelecomLlmException busy(Path folder, String where) {
    return new TelecomLlmException(
        folder
            + ": another trainer of "
            + where
            + " writes its checkpoints here; wait for its end, stop it, or take another folder");
  }

  private static void release(Path folder, @Nullable FileChannel channel, Throwable failure) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    } finally {
      HELD.remove(folder);
    }
  }

  /** Frees the lock after a failure, which stays the one that is thrown. */
  void closeAfter(Throwable failure) {
    release(folder, channel, failure);
  }

  /** Called once. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new TelecomLlmException(folder.resolve(NAME) + ": cannot be unlocked: " + e, e);
    } finally {
      HELD.remove(folder);
    }
  }
}
