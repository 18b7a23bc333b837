package io.telecomllm.training.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** An open file of a {@link FaultyDisk}; it forces nothing, which is faster. */
final class FaultyChannel extends FileChannel {
  private final FaultyDisk disk;
  private final Path path;
  private final FileChannel real;

  FaultyChannel(FaultyDisk disk, Path path, FileChannel real) {
    this.disk = disk;
    this.path = path;
    this.real = real;
  }

  private interface Write {
    int of(ByteBuffer bytes) throws IOException;
  }

  private int write(ByteBuffer bytes, Write write) throws IOException {
    int all = bytes.remaining();
    int wanted = disk.halves() ? all / 2 : all;
    return disk.operation(
        "write",
        path,
        () -> {
          int fitting = disk.room(wanted);
          ByteBuffer part = bytes.slice(bytes.position(), fitting);
          int written = write.of(part);
          bytes.position(bytes.position() + written);
          if (fitting < wanted) {
            throw new IOException("No space left on device");
          }
          return written;
        });
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return disk.operation("read", path, () -> real.read(into));
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) throws IOException {
    return disk.operation("read", path, () -> real.read(into, offset, length));
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    return disk.operation("read", path, () -> real.read(into, position));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return write(bytes, real::write);
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
    long written = 0;
    for (int i = offset; i < offset + length; i++) {
      written += write(bytes[i]);
    }
    return written;
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    return write(bytes, part -> real.write(part, position));
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    real.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    disk.operation("cut", path, () -> real.truncate(size));
    return this;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    disk.operation("force", path, () -> path);
  }

  @Override
  public long transferTo(long position, long bytes, WritableByteChannel to) throws IOException {
    return disk.operation("read", path, () -> real.transferTo(position, bytes, to));
  }

  @Override
  public long transferFrom(ReadableByteChannel from, long position, long bytes) throws IOException {
    return disk.operation("write", path, () -> real.transferFrom(from, position, bytes));
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException("nothing is mapped");
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return disk.operation("lock", path, () -> real.lock(position, size, shared));
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return disk.operation("lock", path, () -> real.tryLock(position, size, shared));
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }
}
