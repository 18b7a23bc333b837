package io.telecomllm.knowledge.documents;

import com.google.common.io.ByteStreams;
import io.telecomllm.InvalidDataException;
import io.telecomllm.text.Quoted;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The parts of an Office document, found by their relationships (ECMA-376 part 2). Only parts that
 * are asked for are unpacked, and each is bounded by size and by its ratio of compression.
 */
final class OfficeZip implements Closeable {
  /** The most entries; a document with a thousand pictures has about two thousand. */
  static final int MAX_ENTRIES = 20_000;

  /** The most bytes of a part: the largest specification's text is about 100 MB of XML. */
  static final long MAX_BYTES = 512L << 20;

  /** The most bytes for each compressed byte; XML of documents has 10 to 50. */
  static final int MAX_RATIO = 200;

  private static final int FREE_BYTES = 1 << 20; // small parts may be compressed well

  private static final int MAX_NAME = 100;
  private static final String OFFICE_RELATIONSHIPS = "_rels/.rels";

  private final Path file;
  private final ZipFile zip;
  private final String main;
  private final Map<String, String> related;

  private OfficeZip(Path file, ZipFile zip) throws IOException {
    this.file = file;
    this.zip = zip;
    this.main =
        relationships(OFFICE_RELATIONSHIPS, "").getOrDefault("officeDocument", "word/document.xml");
    int slash = main.lastIndexOf('/') + 1;
    String folder = main.substring(0, slash);
    this.related = relationships(folder + "_rels/" + main.substring(slash) + ".rels", folder);
  }

  /** Opens a docx file. */
  static OfficeZip open(Path file) throws IOException {
    checkSignature(file);
    ZipFile zip = null;
    try {
      zip = new ZipFile(file.toFile());
      if (zip.size() > MAX_ENTRIES) {
        throw new InvalidDataException(
            file + ": holds " + zip.size() + " entries, at most " + MAX_ENTRIES + " are read");
      }
      OfficeZip office = new OfficeZip(file, zip);
      zip = null;
      return office;
    } catch (ZipException | IllegalArgumentException e) {
      throw new InvalidDataException(file + ": damaged zip: " + e.getMessage(), e);
    } finally {
      if (zip != null) {
        zip.close();
      }
    }
  }

  private static void checkSignature(Path file) throws IOException {
    byte[] start = new byte[8];
    try (InputStream in = Files.newInputStream(file)) {
      ByteStreams.read(in, start, 0, start.length);
    }
    if (start[0] == 'P' && start[1] == 'K') {
      return;
    }
    String found =
        (start[0] & 0xff) == 0xd0 && (start[1] & 0xff) == 0xcf
            ? "an old .doc or an encrypted document; save it as .docx without a password"
            : "bytes that begin with '"
                + Quoted.line(new String(start, StandardCharsets.ISO_8859_1))
                + "'";
    throw new InvalidDataException(file + ": expected a docx, which is a zip, found " + found);
  }

  /** Returns the name of the main part, such as {@code word/document.xml}. */
  String main() {
    return main;
  }

  /** Returns the name of the part that the main one is related to by this kind, if it has one. */
  Optional<String> related(String kind) {
    String usual = main.substring(0, main.lastIndexOf('/') + 1) + kind + ".xml";
    Optional<String> named = Optional.ofNullable(related.get(kind));
    return named.or(() -> Optional.of(usual).filter(name -> zip.getEntry(name) != null));
  }

  /** Opens the XML of a part. */
  XmlStream open(String part) throws IOException {
    String name = file + ": " + Quoted.line(part, MAX_NAME);
    ZipEntry entry = zip.getEntry(part);
    if (entry == null) {
      throw new InvalidDataException(name + " is missing: damaged, or no document of Word");
    }
    try {
      InputStream in = zip.getInputStream(entry);
      return new XmlStream(name, new Bounded(name, in, entry));
    } catch (ZipException | IllegalArgumentException e) {
      throw new InvalidDataException(name + ": damaged zip: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  // from the last word of a relationship's type to its target, the first of each
  private Map<String, String> relationships(String part, String folder) throws IOException {
    Map<String, String> targets = new HashMap<>();
    if (zip.getEntry(part) == null) {
      return targets;
    }
    try (XmlStream xml = open(part)) {
      while (xml.next()) {
        if (xml.isStart("Relationship") && !"External".equals(xml.attribute("TargetMode"))) {
          String type = xml.attribute("Type");
          String target = xml.attribute("Target");
          String name = target.startsWith("/") ? target.substring(1) : folder + target;
          targets.putIfAbsent(type.substring(type.lastIndexOf('/') + 1), name);
        }
      }
    }
    return targets;
  }

  /**
   * Fails where an entry unpacks to more than a document can hold, and at its end where its
   * checksum is another one, which the JDK's reader does not look at.
   */
  private static final class Bounded extends FilterInputStream {
    private final String name;
    private final long most;
    private final long expected;
    private final CRC32 checksum = new CRC32();
    private long read;

    Bounded(String name, InputStream in, ZipEntry entry) {
      super(in);
      this.name = name;
      this.most =
          Math.min(MAX_BYTES, FREE_BYTES + Math.max(0, entry.getCompressedSize()) * MAX_RATIO);
      this.expected = entry.getCrc();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      if (n < 0 && checksum.getValue() != expected) {
        throw new InvalidDataException(name + ": damaged: its checksum does not match");
      }
      checksum.update(bytes, offset, Math.max(0, n));
      read += Math.max(0, n);
      if (read > most) {
        throw new InvalidDataException(
            name + ": unpacks to more than " + most + " bytes, which no document of its size does");
      }
      return n;
    }
  }
}
