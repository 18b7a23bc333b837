package io.telecomllm.knowledge;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.store.BufferedIndexInput;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.NoLockFactory;

/**
 * An index folder whose files pass their checksum before anything of them is used: Lucene itself
 * hands out a changed byte, and takes a damaged length for the size of an allocation.
 *
 * <p>Files are read with plain seeks and reads. Lucene's own classes either map them, so that
 * truncating one kills the JVM, or read through channels, which an interrupt of one searching
 * thread closes for all. There is no lock; who writes has one of its own.
 */
final class CheckedDirectory extends FSDirectory {
  private final Set<String> intact = ConcurrentHashMap.newKeySet();

  CheckedDirectory(Path folder) throws IOException {
    super(folder, NoLockFactory.INSTANCE);
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    ensureOpen();
    ensureCanRead(name);
    if (!intact.contains(name)) {
      try (IndexInput whole = input(name, IOContext.READONCE)) {
        CodecUtil.checksumEntireFile(whole);
      }
      intact.add(name);
    }
    return input(name, context);
  }

  @Override
  public IndexOutput createOutput(String name, IOContext context) throws IOException {
    IndexOutput output = super.createOutput(name, context);
    intact.add(name);
    return output;
  }

  private IndexInput input(String name, IOContext context) throws IOException {
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
