package io.telecomllm.json;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON Lines: UTF-8 text with one object a line, each as strict as {@link StrictJson}. Errors
 * name the file and the number of the line. Not safe for use by several threads.
 */
@Internal
public final class JsonLines {
  private static final int BUFFER = 1 << 16;

  private final String file;
  private final InputStream in;
  private final int maxLineBytes;
  private int number;
  private long position;

  private JsonLines(String file, InputStream in, int maxLineBytes) {
    this.file = file;
    this.in = in;
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * A line of the file.
   *
   * @param file the name of the line in errors: the file and the number of the line
   * @param number of the line, from 1
   * @param end the number of bytes of the stream up to and including its line break
   * @param terminated whether a line break ends it; only the last line may lack one
   * @param utf8 its bytes, without the line break
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  public record Line(String file, int number, long end, boolean terminated, byte[] utf8) {
    /**
     * Parses the line.
     *
     * @throws InvalidDataException naming file and line, if it is anything but one object
     */
    public JsonView object() {
      return StrictJson.parseObject(file, utf8);
    }

    /** Returns an error about this line. */
    public InvalidDataException invalid(String what, @Nullable Throwable cause) {
      String message = file + ": " + what;
      return cause == null
          ? new InvalidDataException(message)
          : new InvalidDataException(message, cause);
    }
  }

  /**
   * Reads the lines of a stream, which the caller closes.
   *
   * @param file the name of the stream in errors
   * @param maxLineBytes a longer line is refused before it is read, so that memory stays bounded
   */
  public static JsonLines of(String file, InputStream in, int maxLineBytes) {
    checkArgument(maxLineBytes > 0, "maxLineBytes is %s, must be positive", maxLineBytes);
    return new JsonLines(file, new BufferedInputStream(in, BUFFER), maxLineBytes);
  }

  /**
   * Reads the next line; empty at the end of the stream.
   *
   * @throws InvalidDataException if the line is too long
   * @throws IOException if the stream fails
   */
  public Optional<Line> next() throws IOException {
    int b = in.read();
    if (b < 0) {
      return Optional.empty();
    }
    number++;
    String name = file + ", line " + number;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (b >= 0 && b != '\n') {
      if (bytes.size() == maxLineBytes) {
        throw new InvalidDataException(name + ": is longer than " + maxLineBytes + " bytes");
      }
      bytes.write(b);
      b = in.read();
    }
    position += bytes.size() + (b < 0 ? 0 : 1);
    return Optional.of(new Line(name, number, position, b >= 0, bytes.toByteArray()));
  }
}
