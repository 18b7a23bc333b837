package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.InvalidDataException;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.lingala.zip4j.ZipFile;
import net.lingala.zip4j.exception.ZipException;
import net.lingala.zip4j.model.FileHeader;

/** The bytes of a data set: of a file, or of the one file of data inside a zip. */
final class DatasetFile {
  /** TeleQnA has 6.6 MB; what is over this is no set of questions. */
  static final int MAX_BYTES = 256 << 20;

  private DatasetFile() {}

  static byte[] read(Path path, char[] password, int limit) {
    if (!Files.isRegularFile(path)) {
      throw new InvalidDataException(
          path + ": " + (Files.exists(path) ? "not a file" : "no such file"));
    }
    try {
      if (isZip(path)) {
        return unzip(path, password, limit);
      }
      try (InputStream in = Files.newInputStream(path)) {
        return atMost(in, limit, path.toString());
      }
    } catch (IOException e) {
      throw new InvalidDataException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** All bytes of a stream; counted while they are read, whatever a header promised. */
  static byte[] atMost(InputStream in, int limit, String name) throws IOException {
    byte[] bytes = in.readNBytes(limit);
    if (bytes.length == limit && in.read() >= 0) {
      throw new InvalidDataException(name + ": holds more than " + limit + " bytes");
    }
    return bytes;
  }

  private static boolean isZip(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] magic = in.readNBytes(4);
      return magic.length == 4
          && magic[0] == 'P'
          && magic[1] == 'K'
          && ((magic[2] == 3 && magic[3] == 4) || (magic[2] == 5 && magic[3] == 6));
    }
  }

  private static byte[] unzip(Path path, char[] password, int limit) {
    checkArgument(
        path.getFileSystem().equals(FileSystems.getDefault()),
        "%s: a zip is read from the default file system only",
        path);
    try (ZipFile zip = new ZipFile(path.toFile(), password)) {
      FileHeader header = onlyData(zip.getFileHeaders(), path);
      String name = path + ": " + Quoted.line(header.getFileName());
      if (header.isEncrypted() && password.length == 0) {
        throw new InvalidDataException(name + " is encrypted, and the password is empty");
      }
      try (InputStream in = zip.getInputStream(header)) {
        return atMost(in, limit, name);
      }
    } catch (ZipException e) {
      throw new InvalidDataException(
          e.getType() == ZipException.Type.WRONG_PASSWORD
              ? path + ": the password does not open it"
              : path + ": damaged zip: " + e.getMessage(),
          e);
    } catch (IOException e) {
      // a flipped bit ends here: in the inflater, in the checksum or in the authentication code
      throw new InvalidDataException(
          path + ": damaged zip, or another password: " + e.getMessage(), e);
    } catch (IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | NullPointerException e) {
      // zip4j answers some hostile headers with unchecked exceptions
      throw new InvalidDataException(path + ": damaged zip: " + e, e);
    }
  }

  // the official file ends in .txt; what macOS adds beside it is no data
  private static FileHeader onlyData(List<FileHeader> headers, Path path) {
    List<FileHeader> data =
        headers.stream()
            .filter(h -> !h.isDirectory())
            .filter(h -> !h.getFileName().startsWith("__MACOSX/"))
            .filter(h -> h.getFileName().matches("(?is).*\\.(txt|json)"))
            .toList();
    if (data.size() != 1) {
      throw new InvalidDataException(
          path + ": holds " + data.size() + " files ending in .txt or .json, expected 1");
    }
    return data.get(0);
  }
}
