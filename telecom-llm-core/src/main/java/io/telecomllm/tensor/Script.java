package io.telecomllm.tensor;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.pytorch.engine.PtSymbolBlock;
import com.google.common.io.Resources;
import io.telecomllm.DeviceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Loads the operator library once per process: the text {@code operators.py}, wrapped in the
 * archive format that libtorch reads.
 *
 * <p>A TorchScript archive is an uncompressed zip of four entries; its pickle is 60 bytes that say
 * "an instance of {@code Kernels}". A TorchScript file is code, so the library loads no other.
 */
final class Script {
  // never closed: the operators live as long as the process
  private static final Model MODEL = load();
  private static final PtSymbolBlock KERNELS = (PtSymbolBlock) MODEL.getBlock();

  private static final Pattern DEFINITION = Pattern.compile("\\n  def (\\w+)\\(");

  private static final Pattern CALL = Pattern.compile("\\(self\\)\\.(\\w+)\\(");

  private Script() {}

  static PtSymbolBlock kernels() {
    return KERNELS;
  }

  /** Returns the names of the operators that no other operator calls. */
  static Set<String> names() {
    try {
      String text = new String(text(), StandardCharsets.UTF_8);
      Set<String> names = found(DEFINITION, text);
      names.removeAll(found(CALL, text));
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static byte[] text() throws IOException {
    return Resources.toByteArray(Resources.getResource(Script.class, "operators.py"));
  }

  @SuppressWarnings("StreamResourceLeak")
  private static Model load() {
    try {
      Path folder = Files.createTempDirectory("telecom-llm-operators");
      Path file = folder.resolve("kernels.pt");
      try {
        Files.write(file, archive(text()));
        Model model = Model.newInstance("kernels", Device.cpu(), "PyTorch");
        model.load(folder, "kernels");
        return model;
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
      }
    } catch (IOException | MalformedModelException e) {
      throw new DeviceException("the operator library cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static byte[] archive(byte[] text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "data.pkl", instancePickle());
      store(zip, "code/__torch__.py", text);
      store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  /**
   * Returns a pickle, protocol 2: {@code Kernels.__new__()} with the state {@code {"training":
   * False}}.
   */
  private static byte[] instancePickle() throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2});
    pickle.write("c__torch__\nKernels\n)".getBytes(StandardCharsets.US_ASCII));
    pickle.write(new byte[] {(byte) 0x81, '}', 'X', 8, 0, 0, 0});
    pickle.write("training".getBytes(StandardCharsets.US_ASCII));
    pickle.write(new byte[] {(byte) 0x89, 's', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry("kernels/" + name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
