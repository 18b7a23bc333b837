package io.telecomllm.data;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.testing.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.lingala.zip4j.ZipFile;

/** The shared TeleQnA.zip: as the library reads it, and naively, as an oracle. */
final class RealData {
  private static TeleQnADataset dataset;

  private RealData() {}

  static Path zip() {
    return Shared.questions();
  }

  // read once: it is immutable
  static synchronized TeleQnADataset dataset() {
    if (dataset == null) {
      dataset = TeleQnADataset.read(zip());
    }
    return dataset;
  }

  static byte[] bytes() {
    try (ZipFile zip = new ZipFile(zip().toFile(), "teleqnadataset".toCharArray());
        InputStream in = zip.getInputStream(zip.getFileHeaders().get(0))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static JsonObject json() {
    return JsonParser.parseString(new String(bytes(), StandardCharsets.UTF_8)).getAsJsonObject();
  }

  static List<String> options(JsonObject entry) {
    List<String> options = new ArrayList<>();
    for (int i = 1; entry.has("option " + i); i++) {
      options.add(entry.get("option " + i).getAsString().strip());
    }
    return options;
  }
}
