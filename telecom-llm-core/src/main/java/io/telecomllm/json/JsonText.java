package io.telecomllm.json;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.telecomllm.Internal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes maps, lists, strings, numbers, booleans and null as JSON text, fields in the order of the
 * map. A number that is not finite has no form in JSON and is an {@link IllegalArgumentException}.
 */
@Internal
public final class JsonText {
  private static final Gson LINE =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
  private static final Gson PRETTY =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().setPrettyPrinting().create();
  private static final Gson WITHOUT_NULLS = new GsonBuilder().disableHtmlEscaping().create();

  private JsonText() {}

  /** Returns the value on one line, without a line break. */
  public static String line(@Nullable Object value) {
    return LINE.toJson(value);
  }

  /** Returns the value on one line, without fields that are null. */
  public static String withoutNulls(@Nullable Object value) {
    return WITHOUT_NULLS.toJson(value);
  }

  /**
   * Returns the object with one line per field, indented by two spaces, and a line break at the
   * end.
   */
  public static String pretty(Map<String, ? extends @Nullable Object> object) {
    return PRETTY.toJson(object) + "\n";
  }

  /** Returns the UTF-8 bytes of {@link #pretty}, the form in which files are written. */
  public static byte[] file(Map<String, ? extends @Nullable Object> object) {
    return pretty(object).getBytes(StandardCharsets.UTF_8);
  }
}
