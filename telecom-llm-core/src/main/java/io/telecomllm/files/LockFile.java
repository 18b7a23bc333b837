package io.telecomllm.files;

import io.telecomllm.BusyException;
import io.telecomllm.Internal;
import io.telecomllm.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A lock that keeps other threads and other processes out of a folder or a file. The operating
 * system frees it when the process dies, however it dies. The lock file stays: deleting it while
 * another process opens it would let two in.
 */
@Internal
public final class LockFile implements AutoCloseable {
  private static final long POLL_MILLIS = 25;

  /**
   * The locks that this JVM holds, by real path. A file lock belongs to the whole JVM, and closing
   * any channel of the file ends it, so a second thread must not even open the file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path key;
  private final FileChannel channel;

  private LockFile(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Takes the lock, or fails at once.
   *
   * @param file the lock file; its folder exists
   * @param busy returns the error's message for the holder, "this process" or "another process"
   * @throws BusyException if another thread or process holds it
   * @throws StorageException naming the file, if it cannot be opened or locked
   */
  public static LockFile take(Path file, Disk disk, UnaryOperator<String> busy) {
    if (!HELD.add(file)) {
      throw new BusyException(busy.apply("this process"));
    }
    FileChannel channel = null;
    try {
      channel = disk.openLock(file);
      if (tryLock(channel) == null) {
        throw new BusyException(busy.apply("another process"));
      }
      return new LockFile(file, channel);
    } catch (IOException e) {
      release(file, channel, e);
      throw new StorageException(file + ": cannot be locked: " + e, e);
    } catch (RuntimeException | Error e) {
      release(file, channel, e);
      throw e;
    }
  }

  /**
   * Waits until the lock is free, and takes it; creates the file's folder.
   *
   * @throws StorageException naming the file, if it cannot be opened or locked
   */
  public static LockFile await(Path file) throws InterruptedException {
    Path absolute = file.toAbsolutePath();
    Path folder = absolute.getParent();
    Path key =
        folder == null ? absolute : Disk.REAL.createFolders(folder).resolve(absolute.getFileName());
    while (!HELD.add(key)) {
      Thread.sleep(POLL_MILLIS);
    }
    FileChannel channel = null;
    try {
      channel = Disk.REAL.openLock(key);
      // polling reacts to an interrupt at once and never closes the channel of a held lock
      while (tryLock(channel) == null) {
        Thread.sleep(POLL_MILLIS);
      }
      return new LockFile(key, channel);
    } catch (IOException e) {
      release(key, channel, e);
      throw new StorageException(file + ": cannot be locked: " + e, e);
    } catch (InterruptedException | RuntimeException | Error e) {
      release(key, channel, e);
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

  private static void release(Path key, @Nullable FileChannel channel, Throwable failure) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    } finally {
      HELD.remove(key);
    }
  }

  /** Releases the lock after a failure; another failure is added to it as suppressed. */
  public void closeAfter(Throwable failure) {
    release(key, channel, failure);
  }

  /** Releases the lock; called once. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StorageException(key + ": cannot be unlocked: " + e, e);
    } finally {
      HELD.remove(key);
    }
  }
}
