package io.telecomllm.lineage;

import io.telecomllm.Internal;
import io.telecomllm.tensor.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** The versions of the software in use, by name. */
@Internal
public final class Versions {
  private Versions() {}

  /** Returns the versions of this library, DJL, libtorch, Java and the system, by name. */
  public static Map<String, String> current() {
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

  /** Returns the version of this library. */
  public static String library() {
    try (InputStream resource = Versions.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      if (resource != null) {
        properties.load(resource);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
