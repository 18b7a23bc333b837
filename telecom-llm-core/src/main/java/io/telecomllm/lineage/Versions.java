package io.telecomllm.lineage;

import io.telecomllm.tensor.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** The versions of the software in use, by name. */
final class Versions {
  private static final String POM = "/META-INF/maven/io.telecomllm/telecom-llm-core/pom.properties";

  private Versions() {}

  static Map<String, String> current() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("telecom-llm", library());
    versions.putAll(NativeLibrary.versions());
    versions.put("java", Runtime.version().toString());
    versions.put(
        "os",
        System.getProperty("os.name", "unknown")
            + " "
            + System.getProperty("os.version", "")
            + " "
            + System.getProperty("os.arch", ""));
    return Collections.unmodifiableMap(versions);
  }

  /** Returns the version that Maven stores in the jar; classes that are not in a jar have none. */
  private static String library() {
    try (InputStream pom = Versions.class.getResourceAsStream(POM)) {
      Properties properties = new Properties();
      if (pom != null) {
        properties.load(pom);
      }
      return properties.getProperty("version", "not from a jar");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
