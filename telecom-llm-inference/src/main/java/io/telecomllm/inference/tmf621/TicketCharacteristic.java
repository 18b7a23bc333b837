package io.telecomllm.inference.tmf621;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A named value for a ticket, one of the subclasses of TMF621's {@code Characteristic}. Immutable.
 *
 * @param name its name, not blank
 * @param value a {@link String}, {@link Boolean} or finite {@link Double}, or a list of strings or
 *     of finite doubles that is not empty
 */
public record TicketCharacteristic(String name, Object value) {
  /** Checks name and value, and copies a list. */
  public TicketCharacteristic {
    checkArgument(!name.isBlank(), "name is blank");
    if (value instanceof List<?> list) {
      checkArgument(list.stream().noneMatch(Objects::isNull), "the value of %s holds a null", name);
      value = List.copyOf(list);
    }
    Form form = Form.of(value);
    checkArgument(form != Form.NONE, "the value of %s has no form in a ticket", name);
  }

  /** The subclasses that are used, and what they say of their value. */
  private enum Form {
    STRING("StringCharacteristic", "string"),
    BOOLEAN("BooleanCharacteristic", "boolean"),
    NUMBER("NumberCharacteristic", "number"),
    STRINGS("StringArrayCharacteristic", "array"),
    NUMBERS("NumberArrayCharacteristic", "array"),
    NONE("", "");

    final String type;
    final String valueType;

    Form(String type, String valueType) {
      this.type = type;
      this.valueType = valueType;
    }

    static Form of(Object value) {
      if (value instanceof List<?> list && !list.isEmpty()) {
        if (list.stream().allMatch(String.class::isInstance)) {
          return STRINGS;
        }
        return list.stream().allMatch(Form::isNumber) ? NUMBERS : NONE;
      } else if (value instanceof String) {
        return STRING;
      } else if (value instanceof Boolean) {
        return BOOLEAN;
      }
      return isNumber(value) ? NUMBER : NONE;
    }

    private static boolean isNumber(Object value) {
      return value instanceof Double number && Double.isFinite(number);
    }
  }

  Map<String, Object> json() {
    Form form = Form.of(value);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("valueType", form.valueType);
    json.put("value", value);
    json.put(TroubleTicket.TYPE, form.type);
    return json;
  }
}
