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

/** Reads the bytes of a data set from a plain file or from the only data file in a zip. */
final class DatasetFile {
  /** The most bytes that are read; TeleQnA has 6.6 MB. */
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

  /** Reads a stream to its end and fails above the limit, whatever size a zip header claims. */
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
      // a flipped bit is noticed by the inflater, the checksum or the authentication code
      throw new InvalidDataException(
          path + ": damaged zip, or another password: " + e.getMessage(), e);
    } catch (IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | NullPointerException e) {
      // zip4j throws unchecked exceptions for some hostile headers
      throw new InvalidDataException(path + ": damaged zip: " + e, e);
    }
  }

  // the official file ends in .txt; macOS adds files that are not data
  private static FileHeader onlyData(List<FileHeader> headers, Path path) {
    List<FileHeader> data =
        headers.stream()
            .filter(h -> !h.isDirectory())
            .filter(h -> !h.getFileName().startsWith("__MACOSX/"))
            .filter(h -> h.getFileName().matches("(?is).*\\.(txt|jsonl?)"))
            .toList();
    if (data.size() != 1) {
      throw new InvalidDataException(
          path + ": holds " + data.size() + " files ending in .txt, .json or .jsonl, expected 1");
    }
    return data.get(0);
  }
}
