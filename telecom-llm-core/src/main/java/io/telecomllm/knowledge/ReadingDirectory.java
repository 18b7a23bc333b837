package io.telecomllm.knowledge;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.lucene.store.BufferedIndexInput;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.NoLockFactory;

/**
 * An index folder that is only read, with plain seeks and reads. Lucene's own classes either map
 * files, so that truncating one kills the JVM, or read through channels, which an interrupt of one
 * searching thread closes for all.
 */
final class ReadingDirectory extends FSDirectory {
  ReadingDirectory(Path folder) throws IOException {
    super(folder, NoLockFactory.INSTANCE);
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    ensureOpen();
    ensureCanRead(name);
    File file = getDirectory().resolve(name).toFile();
    return new Input(file.toString(), new RandomAccessFile(file, "r"), context);
  }

  private static final class Input extends BufferedIndexInput {
    private final RandomAccessFile file;
    private final long length;
    private boolean isClone;

    Input(String description, RandomAccessFile file, IOContext context) throws IOException {
      super(description, context);
      this.file = file;
      this.length = file.length();
    }

    @Override
    protected void readInternal(ByteBuffer into) throws IOException {
      int count = into.remaining();
      // clones on other threads share the file and its position
      synchronized (file) {
        file.seek(getFilePointer());
        file.readFully(into.array(), into.arrayOffset() + into.position(), count);
      }
      into.position(into.limit());
    }

    @Override
    protected void seekInternal(long position) throws IOException {
      if (position > length) {
        throw new EOFException("position " + position + " is behind the end of " + this);
      }
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public Input clone() {
      Input clone = (Input) super.clone();
      clone.isClone = true;
      return clone;
    }

    @Override
    public void close() throws IOException {
      if (!isClone) {
        file.close();
      }
    }
  }
}
