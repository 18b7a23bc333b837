package io.telecomllm.generation.schema;

import static java.math.RoundingMode.CEILING;
import static java.math.RoundingMode.FLOOR;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keywords of a schema that hold a number. */
record Limits(String pointer, Map<String, @Nullable Object> schema) {
  /** Decimals of a number with a minimum or maximum. */
  private static final int DECIMALS = 6;

  /** 12 digits before the point and 6 behind it. */
  private static final long GREATEST = 999_999_999_999_999_999L;

  /** Returns a length or a number of elements. */
  int count(String keyword, int otherwise) {
    Object value = schema.get(keyword);
    if (!schema.containsKey(keyword)) {
      return otherwise;
    } else if (value instanceof Long number && number >= 0 && number < Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw refused(keyword, "must be an integer from 0 to " + (Integer.MAX_VALUE - 1));
  }

  /** Refuses a lower limit that is above the upper one. */
  void checkOrder(String lower, String upper, boolean inOrder) {
    if (!inOrder) {
      throw refused(lower, "must be at most " + upper + ", " + schema.get(upper));
    }
  }

  /** Returns the grammar of a number type. */
  Grammar number(JsonType type) {
    Optional<BigDecimal> minimum = bound("minimum");
    Optional<BigDecimal> maximum = bound("maximum");
    boolean integer = type == JsonType.INTEGER;
    if (!integer && minimum.isEmpty() && maximum.isEmpty()) {
      return NumberGrammar.ANY;
    }
    int decimals = integer ? 0 : DECIMALS;
    BigInteger least = BigInteger.valueOf(integer ? Long.MIN_VALUE : -GREATEST);
    BigInteger greatest = BigInteger.valueOf(integer ? Long.MAX_VALUE : GREATEST);
    BigInteger from = minimum.map(m -> scaled(m, decimals, CEILING).max(least)).orElse(least);
    BigInteger to = maximum.map(m -> scaled(m, decimals, FLOOR).min(greatest)).orElse(greatest);
    if (from.compareTo(to) > 0) {
      throw SchemaParser.refused(
          pointer,
          String.format(
              "no %s lies from minimum %s to maximum %s; %s",
              type.word(),
              minimum.map(BigDecimal::toString).orElse("(none)"),
              maximum.map(BigDecimal::toString).orElse("(none)"),
              integer ? "integers have 64 bits" : "numbers have 12 digits and 6 decimals"));
    }
    return new RangeGrammar(decimals, from.longValueExact(), to.longValueExact());
  }

  private static BigInteger scaled(BigDecimal bound, int decimals, RoundingMode mode) {
    return bound.movePointRight(decimals).setScale(0, mode).toBigInteger();
  }

  private Optional<BigDecimal> bound(String keyword) {
    if (!schema.containsKey(keyword)) {
      return Optional.empty();
    } else if (schema.get(keyword) instanceof Number number) {
      return Optional.of(new BigDecimal(number.toString()));
    }
    throw refused(keyword, "must be a number");
  }

  private RuntimeException refused(String keyword, String rule) {
    return SchemaParser.refused(
        SchemaParser.within(pointer, keyword),
        "is " + SchemaParser.found(schema.get(keyword)) + ", " + rule);
  }
}
