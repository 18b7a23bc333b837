package io.telecomllm.examples.service;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Fields of a request by their type; each that is wrong is named. */
final class Fields {
  private Fields() {}

  static String text(JsonObject object, String name) {
    JsonElement text = object.get(name);
    check(
        text != null && text.isJsonPrimitive() && text.getAsJsonPrimitive().isString(),
        name + ": expected a text");
    return text.getAsString();
  }

  static double number(JsonObject object, String name, double otherwise) {
    JsonElement number = object.get(name);
    if (number == null || number.isJsonNull()) {
      return otherwise;
    }
    check(
        number.isJsonPrimitive() && number.getAsJsonPrimitive().isNumber(),
        name + ": expected a number");
    return number.getAsDouble();
  }

  static int whole(JsonObject object, String name, int otherwise) {
    double number = number(object, name, otherwise);
    check(number == Math.rint(number), name + ": expected a whole number");
    return (int) number;
  }

  static boolean flag(JsonObject object, String name) {
    JsonElement flag = object.get(name);
    if (flag == null || flag.isJsonNull()) {
      return false;
    }
    check(
        flag.isJsonPrimitive() && flag.getAsJsonPrimitive().isBoolean(),
        name + ": expected true or false");
    return flag.getAsBoolean();
  }

  static List<String> texts(JsonObject object, String name) {
    JsonElement list = object.get(name);
    if (list == null || !list.isJsonArray()) {
      throw new IllegalArgumentException(name + ": expected a list of texts");
    }
    List<String> texts = new ArrayList<>();
    for (JsonElement text : list.getAsJsonArray()) {
      check(
          text.isJsonPrimitive() && text.getAsJsonPrimitive().isString(),
          name + ": expected a list of texts");
      texts.add(text.getAsString());
    }
    return texts;
  }

  static void check(boolean valid, String message) {
    if (!valid) {
      throw new IllegalArgumentException(message);
    }
  }
}
