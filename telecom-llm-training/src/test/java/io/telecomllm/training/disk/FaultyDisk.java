package io.telecomllm.training.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The default file system, counting every operation and failing at one: what is below {@link #path}
 * goes through it, whoever opens, writes, lists or renames it.
 */
public final class FaultyDisk extends FileSystemProvider {
  /** How an operation fails. */
  public enum Mode {
    /** Nothing is done. */
    BEFORE,
    /** Of what is to be written, half is; all else is done, and then an error comes. */
    AFTER,
    /** As BEFORE, and every later one fails too: the disk is gone. */
    GONE
  }

  private final FileSystem files = new FaultyFileSystem(this);
  private final Mode mode;
  private final int failing;
  private long space;
  private int count;
  private long written;
  private String failed = "";

  private FaultyDisk(Mode mode, int failing, long space) {
    this.mode = mode;
    this.failing = failing;
    this.space = space;
  }

  /** Counts only. */
  public static FaultyDisk none() {
    return at(Integer.MAX_VALUE, Mode.BEFORE);
  }

  /** Fails at an operation, counted from 0. */
  public static FaultyDisk at(int operation, Mode mode) {
    return new FaultyDisk(mode, operation, Long.MAX_VALUE);
  }

  /** Is full after so many bytes. */
  public static FaultyDisk full(long bytes) {
    return new FaultyDisk(Mode.BEFORE, Integer.MAX_VALUE, bytes);
  }

  /** A path of the default file system, seen through this one. */
  public Path path(Path path) {
    return FaultyPath.wrap(this, path);
  }

  /** How many operations there were. */
  public int count() {
    return count;
  }

  /** How many bytes were written. */
  public long written() {
    return written;
  }

  /** What failed, such as {@code rename checkpoint-1}; empty if nothing did. */
  public String failed() {
    return failed;
  }

  FileSystem files() {
    return files;
  }

  /** Does something to a file. */
  interface Act<T> {
    T run() throws IOException;
  }

  <T> T operation(String what, Path path, Act<T> act) throws IOException {
    int index = count++;
    boolean fails = mode == Mode.GONE ? index >= failing : index == failing;
    if (!fails) {
      return act.run();
    }
    if (failed.isEmpty()) {
      failed = what + " " + path.getFileName();
    }
    if (mode == Mode.AFTER) {
      T result = act.run();
      if (result instanceof AutoCloseable open) {
        try {
          open.close();
        } catch (Exception e) {
          throw new IOException(e);
        }
      }
    }
    throw new IOException("operation " + index + " fails");
  }

  /** Whether the operation to come is the one that shall write but half. */
  boolean halves() {
    return mode == Mode.AFTER && count == failing;
  }

  /** How many of so many bytes still fit. */
  int room(int bytes) {
    int fitting = (int) Math.min(bytes, space);
    space -= fitting;
    written += fitting;
    if (fitting < bytes && failed.isEmpty()) {
      failed = "write, the disk is full";
    }
    return fitting;
  }

  private static Path real(Path path) {
    return FaultyPath.unwrap(path);
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
    throw new UnsupportedOperationException("made by FaultyDisk alone");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return files;
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException("made by FaultyDisk alone");
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path real = real(path);
    return operation(
        "open",
        real,
        () -> new FaultyChannel(this, real, FileChannel.open(real, options, attributes)));
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> found = new ArrayList<>();
    Path real = real(folder);
    operation(
        "list",
        real,
        () -> {
          try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
            entries.forEach(entry -> found.add(path(entry)));
          }
          return real;
        });
    found.removeIf(
        entry -> {
          try {
            return !filter.accept(entry);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return found.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    Path real = real(folder);
    operation("create", real, () -> Files.createDirectory(real, attributes));
  }

  @Override
  public void delete(Path path) throws IOException {
    Path real = real(path);
    operation(
        "delete",
        real,
        () -> {
          Files.delete(real);
          return real;
        });
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) throws IOException {
    operation("copy", real(from), () -> Files.copy(real(from), real(to), options));
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    operation("rename", real(from), () -> Files.move(real(from), real(to), options));
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return Files.isSameFile(real(path), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return Files.isHidden(real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    Path real = real(path);
    return operation("ask for the room of", real, () -> Files.getFileStore(real));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    Path real = real(path);
    operation(
        "examine",
        real,
        () -> {
          real.getFileSystem().provider().checkAccess(real, modes);
          return real;
        });
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return Files.getFileAttributeView(real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    Path real = real(path);
    return operation("examine", real, () -> Files.readAttributes(real, type, options));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    Path real = real(path);
    return operation("examine", real, () -> Files.readAttributes(real, names, options));
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    Files.setAttribute(real(path), name, value, options);
  }
}
