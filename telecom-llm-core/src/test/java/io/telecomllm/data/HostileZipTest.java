package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.testing.Reliability;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.lingala.zip4j.ZipFile;
import net.lingala.zip4j.model.FileHeader;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.EncryptionMethod;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileZipTest {
  private static final String JSON =
      """
      {"question 0": {"question": "What is X?", "option 1": "one", "option 2": "two",
        "answer": "option 2: two", "explanation": "Because.", "category": "Lexicon"}}""";
  private static final char[] PASSWORD = "secret".toCharArray();

  @TempDir Path folder;

  @Tag("shared")
  @Test
  void truncationAt64PointsIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(RealData.zip());
    Path cut = folder.resolve("cut.zip");
    try (Reliability survived = Reliability.of("hostile zip: truncated")) {
      for (int i = 0; i < 64; i++) {
        survived.begins();
        // from nothing up to one byte short of the end
        int length = (int) ((whole.length - 1L) * i / 63);
        Files.write(cut, Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> TeleQnADataset.read(cut))
            .as("cut to %s of %s bytes", length, whole.length)
            .isInstanceOf(InvalidDataException.class)
            .hasMessageStartingWith(cut + ": ");
        survived.passed();
      }
    }
  }

  @Test
  void truncationWithinTheDirectoryIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(aes());
    Path cut = folder.resolve("cut.zip");
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> TeleQnADataset.read(cut, PASSWORD))
          .as("cut to %s of %s bytes", length, whole.length)
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith(cut + ": ");
    }
  }

  @Tag("shared")
  @Test
  void anotherPasswordIsRefused() {
    Path zip = RealData.zip();
    assertThatThrownBy(() -> TeleQnADataset.read(zip, "teleqnadatasex".toCharArray()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(zip + ": the password does not open it");
    assertThatThrownBy(() -> TeleQnADataset.read(zip, new char[0]))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(zip + ": ")
        .hasMessageEndingWith(" is encrypted, and the password is empty");
  }

  @Tag("shared")
  @Test
  void aFlippedBitInTheAuthenticationCodeIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(RealData.zip());
    int end = dataEnd(RealData.zip(), "teleqnadataset".toCharArray());
    // HMAC-SHA1-80: the last 10 bytes of the entry's data
    for (int i = 1; i <= 10; i += 3) {
      assertFlipIsRefused(whole, end - i, 1);
    }
    for (int at = end - 11; at > end / 2; at -= end / 8) {
      assertFlipIsRefused(whole, at, 0x10);
    }
  }

  private void assertFlipIsRefused(byte[] whole, int at, int bit) throws IOException {
    byte[] flipped = whole.clone();
    flipped[at] ^= (byte) bit;
    Path file = Files.write(folder.resolve("flipped.zip"), flipped);
    assertThatThrownBy(() -> TeleQnADataset.read(file))
        .as("byte %s", at)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + ": damaged zip");
  }

  /** A bit flipped in any byte is refused, or changes nothing that is read (a date, say). */
  @Test
  void aFlippedBitAnywhereIsRefusedOrHarmless() throws IOException {
    byte[] whole = Files.readAllBytes(aes());
    TeleQnADataset data = TeleQnADataset.read(aes(), PASSWORD);
    Path file = folder.resolve("flipped.zip");
    int refused = 0;
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      Files.write(file, flipped);
      try {
        assertThat(TeleQnADataset.read(file, PASSWORD).questions())
            .as("byte %s", at)
            .isEqualTo(data.questions());
      } catch (InvalidDataException e) {
        assertThat(e).hasMessageStartingWith(file + ": ");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 2);
  }

  @Test
  void aBombIsRefusedWhileItInflates() throws IOException {
    Path bomb = folder.resolve("bomb.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(bomb))) {
      out.setLevel(1);
      out.putNextEntry(new ZipEntry("TeleQnA.txt"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 257; i++) {
        out.write(zeros);
      }
    }
    assertThat(Files.size(bomb)).isLessThan(2 << 20);
    assertThatThrownBy(() -> TeleQnADataset.read(bomb))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(bomb + ": TeleQnA.txt: holds more than 268435456 bytes");

    // one that promises 10 bytes is counted all the same
    byte[] lying = Files.readAllBytes(bomb);
    int directory = indexOf(lying, "PK\1\2");
    ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(directory + 24, 10);
    Files.write(bomb, lying);
    assertThatThrownBy(() -> DatasetFile.read(bomb, PASSWORD, 1 << 20))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(bomb + ": TeleQnA.txt: holds more than 1048576 bytes");
  }

  @Test
  void theLimitIsExactForFilesAndStreams() throws IOException {
    Path file = Files.write(folder.resolve("ten.json"), new byte[10]);
    assertThat(DatasetFile.read(file, PASSWORD, 10)).hasSize(10);
    assertThatThrownBy(() -> DatasetFile.read(file, PASSWORD, 9))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": holds more than 9 bytes");
    assertThat(DatasetFile.atMost(new ByteArrayInputStream(new byte[3]), 4, "x")).hasSize(3);
  }

  @Test
  void thereIsOneFileOfData() throws IOException {
    Path none = zip("none.zip", "README.md");
    assertThatThrownBy(() -> TeleQnADataset.read(none))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(none + ": holds 0 files ending in .txt, .json or .jsonl, expected 1");
    Path two = zip("two.zip", "a.txt", "b.JSON");
    assertThatThrownBy(() -> TeleQnADataset.read(two))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(two + ": holds 2 files ending in .txt, .json or .jsonl, expected 1");
    Path empty = zip("empty.zip");
    assertThatThrownBy(() -> TeleQnADataset.read(empty))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(empty + ": ");
    // nothing is written, so a name that climbs out of its folder is only a name
    assertThat(TeleQnADataset.read(zip("slip.zip", "../../etc/x.txt")).questions()).hasSize(1);
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("none.zip", "two.zip", "empty.zip", "slip.zip");
    }
  }

  private Path zip(String name, String... entries) throws IOException {
    Path zip = folder.resolve(name);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String entry : entries) {
        out.putNextEntry(new ZipEntry(entry));
        out.write(JSON.getBytes(StandardCharsets.UTF_8));
      }
    }
    return zip;
  }

  private Path aes() throws IOException {
    Path path = folder.resolve("aes.zip");
    if (!Files.exists(path)) {
      ZipParameters parameters = new ZipParameters();
      parameters.setFileNameInZip("q.txt");
      parameters.setEncryptFiles(true);
      parameters.setEncryptionMethod(EncryptionMethod.AES);
      try (ZipFile zip = new ZipFile(path.toFile(), PASSWORD)) {
        var json = new ByteArrayInputStream(JSON.getBytes(StandardCharsets.UTF_8));
        zip.addStream(json, parameters);
      }
    }
    return path;
  }

  // past the last byte of the only entry's data, its authentication code included
  private static int dataEnd(Path path, char[] password) throws IOException {
    try (ZipFile zip = new ZipFile(path.toFile(), password)) {
      FileHeader header = zip.getFileHeaders().get(0);
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
      int local = (int) header.getOffsetLocalHeader();
      int data = local + 30 + bytes.getShort(local + 26) + bytes.getShort(local + 28);
      return (int) (data + header.getCompressedSize());
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }
}
