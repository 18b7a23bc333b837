package io.telecomllm.knowledge;

import com.google.common.hash.HashCode;
import io.telecomllm.BusyException;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.files.Disk;
import io.telecomllm.files.LockFile;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

/**
 * The vectors that an embedder computed, in a file that is only appended to; docs/formats.md
 * describes it field by field. Every record has a checksum, so a damaged one is left out, and what
 * a killed process wrote of its last records is cut off. Open files are locked: one process or
 * thread at a time.
 */
final class VectorFile implements AutoCloseable {
  private static final byte[] MAGIC = "TLLMVEC1".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGEST = 32;
  private static final int CHECKSUM = 4;
  private static final int HEADER = MAGIC.length + Integer.BYTES + DIGEST + CHECKSUM;
  private static final int BUFFER = 1 << 18;
  private static final int NAME = 16;

  private final Path file;
  private final int dimensions;
  private final LockFile lock;

  private VectorFile(Path file, int dimensions, LockFile lock) {
    this.file = file;
    this.dimensions = dimensions;
    this.lock = lock;
  }

  /**
   * Opens the file of an embedder in a folder; creates what is not there.
   *
   * @throws BusyException if another thread or process has it open
   * @throws InvalidDataException if its header is damaged
   * @throws IncompatibleException if it holds vectors of another embedder
   */
  static VectorFile open(Path folder, Embedder embedder) {
    Path real = Disk.REAL.createFolders(folder);
    Path file = real.resolve(embedder.id().substring(0, NAME) + ".vectors");
    LockFile lock =
        LockFile.take(
            real.resolve(file.getFileName() + ".lock"),
            Disk.REAL,
            holder -> file + ": " + holder + " is encoding clauses into it");
    VectorFile opened = new VectorFile(file, embedder.dimensions(), lock);
    try {
      opened.prepare(header(embedder));
      return opened;
    } catch (IOException e) {
      StorageException failure = opened.failure("be opened", e);
      lock.closeAfter(failure);
      throw failure;
    } catch (RuntimeException | Error e) {
      lock.closeAfter(e);
      throw e;
    }
  }

  private int recordBytes() {
    return DIGEST + Float.BYTES * dimensions + CHECKSUM;
  }

  /** Writes or checks the header, and cuts off an incomplete record at the end. */
  private void prepare(byte[] expected) throws IOException {
    long size = Files.exists(file) ? Files.size(file) : 0;
    if (size < HEADER) {
      // a process that was killed while it wrote the header left less
      Disk.REAL.write(file, target -> Files.write(target, expected));
      return;
    }
    byte[] found = new byte[HEADER];
    try (DataInputStream in = new DataInputStream(new FileInputStream(file.toFile()))) {
      in.readFully(found);
    }
    if (!Arrays.equals(found, expected)) {
      int checked = HEADER - CHECKSUM;
      boolean whole = ByteBuffer.wrap(found).getInt(checked) == checksum(found, 0, checked);
      if (whole && Arrays.equals(found, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
        throw new IncompatibleException(file + ": holds vectors of another encoder; delete it");
      }
      throw new InvalidDataException(
          file + ": its header is damaged or it is no file of vectors; delete it");
    }
    long records = (size - HEADER) / recordBytes();
    Disk.REAL.truncate(file, HEADER + records * recordBytes());
  }

  private static byte[] header(Embedder embedder) {
    ByteBuffer header = ByteBuffer.allocate(HEADER).put(MAGIC).putInt(embedder.dimensions());
    header.put(HashCode.fromString(embedder.id()).asBytes());
    header.putInt(checksum(header.array(), 0, HEADER - CHECKSUM));
    return header.array();
  }

  /**
   * Passes the digest and the vector of every whole record to the receiver; returns the number of
   * damaged ones.
   */
  int read(BiConsumer<HashCode, float[]> receiver) {
    int damaged = 0;
    byte[] bytes = new byte[recordBytes()];
    try (InputStream in =
        new java.io.BufferedInputStream(new FileInputStream(file.toFile()), BUFFER)) {
      in.skipNBytes(HEADER);
      for (int read = in.readNBytes(bytes, 0, bytes.length);
          read == bytes.length;
          read = in.readNBytes(bytes, 0, bytes.length)) {
        ByteBuffer record = ByteBuffer.wrap(bytes);
        int checked = bytes.length - CHECKSUM;
        if (record.getInt(checked) == checksum(bytes, 0, checked)) {
          float[] vector = new float[dimensions];
          record.order(ByteOrder.LITTLE_ENDIAN).position(DIGEST).asFloatBuffer().get(vector);
          receiver.accept(HashCode.fromBytes(Arrays.copyOf(bytes, DIGEST)), vector);
        } else {
          damaged++;
        }
      }
      return damaged;
    } catch (EOFException e) {
      throw new InvalidDataException(file + ": shorter than its header", e);
    } catch (IOException e) {
      throw failure("be read", e);
    }
  }

  /** Appends vectors, and returns when they are on the disk. */
  void append(List<HashCode> digests, List<float[]> vectors) {
    // a stream of java.io is not closed by an interrupt
    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
      byte[] bytes = new byte[recordBytes() * digests.size()];
      for (int i = 0; i < digests.size(); i++) {
        int start = i * recordBytes();
        int end = start + recordBytes() - CHECKSUM;
        ByteBuffer record = ByteBuffer.wrap(bytes, start, recordBytes());
        record.put(digests.get(i).asBytes());
        ByteBuffer values = record.slice().order(ByteOrder.LITTLE_ENDIAN);
        values.asFloatBuffer().put(vectors.get(i));
        ByteBuffer.wrap(bytes).putInt(end, checksum(bytes, start, end));
      }
      out.write(bytes);
      out.getFD().sync();
    } catch (IOException e) {
      throw failure("be written", e);
    }
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, to - from);
    return (int) checksum.getValue();
  }

  private StorageException failure(String what, IOException e) {
    return new StorageException(file + ": cannot " + what + ": " + e, e);
  }

  @Override
  public void close() {
    lock.close();
  }
}
