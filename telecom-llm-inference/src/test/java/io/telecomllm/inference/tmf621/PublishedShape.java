package io.telecomllm.inference.tmf621;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Attributes and types of what may be patched, by TMF621 Trouble Ticket Management API v5.0.1
 * ({@code TroubleTicket_MVO}, {@code Note_MVO}, {@code Characteristic_MVO} and its subclasses) and
 * v4.0.0 ({@code TroubleTicket_Update}, {@code Note}).
 */
final class PublishedShape {
  private static final Predicate<Object> STRING = String.class::isInstance;
  private static final Predicate<Object> NUMBER = Number.class::isInstance;
  private static final Predicate<Object> BOOLEAN = Boolean.class::isInstance;
  private static final Predicate<Object> OBJECT = Map.class::isInstance;

  private static final Map<String, Predicate<Object>> EXTENSIBLE =
      Map.of("@type", STRING, "@baseType", STRING, "@schemaLocation", STRING);

  private static final Map<String, Predicate<Object>> NOTE =
      Map.of("id", STRING, "author", STRING, "date", PublishedShape::isDateTime, "text", STRING);

  private static final Map<String, Predicate<Object>> CHARACTERISTIC =
      Map.of(
          "id",
          STRING,
          "name",
          STRING,
          "valueType",
          STRING,
          "characteristicRelationship",
          array(OBJECT));

  /** The type of the attribute {@code value} of each subclass. */
  private static final Map<String, Predicate<Object>> VALUES =
      Map.of(
          "StringCharacteristic",
          STRING,
          "BooleanCharacteristic",
          BOOLEAN,
          "NumberCharacteristic",
          NUMBER,
          "StringArrayCharacteristic",
          array(STRING),
          "NumberArrayCharacteristic",
          array(NUMBER));

  private PublishedShape() {}

  private static Predicate<Object> array(Predicate<Object> element) {
    return value -> value instanceof List<?> list && list.stream().allMatch(element);
  }

  private static boolean isDateTime(Object value) {
    return OffsetDateTime.parse((String) value).toEpochSecond() > 0;
  }

  static Map<?, ?> read(String json) {
    return (Map<?, ?>) StrictJson.parse("patch", json.getBytes(StandardCharsets.UTF_8));
  }

  static List<?> list(Map<?, ?> object, String field) {
    return (List<?>) object.get(field);
  }

  /** Checks a patch for version 5, whose objects all say their type. */
  static void assertVersion5(String patch) {
    Map<?, ?> root = read(patch);
    assertThat((Object) root.get("@type")).isInstanceOf(String.class);
    assertThat(root.keySet()).isEqualTo(Set.of("@type", "note", "troubleTicketCharacteristic"));
    assertNotes(root);
    for (Object element : list(root, "troubleTicketCharacteristic")) {
      Map<?, ?> each = (Map<?, ?>) element;
      String type = (String) each.get("@type");
      assertThat(VALUES).containsKey(type);
      assertThat((Object) each.get("value")).matches(VALUES.get(type));
      assertAttributes(each, CHARACTERISTIC, "value");
    }
  }

  /** Checks a patch for version 4, whose tickets have no characteristics. */
  static void assertVersion4(String patch) {
    Map<?, ?> root = read(patch);
    assertThat(root.keySet()).isEqualTo(Set.of("@type", "note"));
    assertNotes(root);
  }

  private static void assertNotes(Map<?, ?> root) {
    for (Object element : list(root, "note")) {
      Map<?, ?> each = (Map<?, ?>) element;
      assertThat((Object) each.get("@type")).isEqualTo("Note");
      assertAttributes(each, NOTE, "");
    }
  }

  private static void assertAttributes(
      Map<?, ?> object, Map<String, Predicate<Object>> allowed, String other) {
    object.forEach(
        (name, value) -> {
          Predicate<Object> type = allowed.getOrDefault((String) name, EXTENSIBLE.get(name));
          if (!name.equals(other)) {
            assertThat(type).as("the attribute %s", name).isNotNull();
            assertThat(value).as("the attribute %s", name).matches(type);
          }
        });
  }
}
