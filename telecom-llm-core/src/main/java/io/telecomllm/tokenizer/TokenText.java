package io.telecomllm.tokenizer;

import com.google.common.base.Utf8;
import com.google.gson.JsonElement;
import io.telecomllm.Internal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that each token adds to a text. A token may hold a part of a character, so text can be
 * written token by token only in bytes.
 */
@Internal
public final class TokenText {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-F]{2})>");
  private static final byte[] NONE = {};

  /** The byte that each character of a byte-level vocabulary stands for; -1 for none. */
  private static final int[] OCTETS = octets();

  private final Tokenizer tokenizer;
  private final boolean byteLevel;
  private final boolean dropsFirstSpace;

  private TokenText(Tokenizer tokenizer, boolean byteLevel, boolean dropsFirstSpace) {
    this.tokenizer = tokenizer;
    this.byteLevel = byteLevel;
    this.dropsFirstSpace = dropsFirstSpace;
  }

  /** How a decoder turns tokens into text. */
  enum Kind {
    /** Each character of a token is a byte (GPT-2 and most that followed). */
    BYTE_LEVEL,
    /** U+2581 is a space (SentencePiece). */
    SPACED,
    /** The same, and a text does not begin with the space of its first word. */
    SPACED_BETWEEN;

    /** Returns the kind of a decoder in tokenizer.json form; empty for one that joins words. */
    static Optional<Kind> of(@Nullable JsonElement decoder) {
      String json = String.valueOf(decoder);
      if (json.contains("\"ByteLevel\"")) {
        return Optional.of(BYTE_LEVEL);
      }
      boolean metaspace = json.contains("\"Metaspace\"");
      if (!metaspace && !json.contains("\u2581") && !json.contains("\\u2581")) {
        return Optional.empty();
      }
      boolean drops = json.contains("\"Strip\"") || (metaspace && !json.contains("\"never\""));
      return Optional.of(drops ? SPACED_BETWEEN : SPACED);
    }
  }

  /** Returns the text of a tokenizer's tokens; empty if its decoder joins whole words. */
  static Optional<TokenText> of(Tokenizer tokenizer, @Nullable JsonElement decoder) {
    return Kind.of(decoder)
        .map(
            kind -> new TokenText(tokenizer, kind == Kind.BYTE_LEVEL, kind == Kind.SPACED_BETWEEN));
  }

  /**
   * Returns the bytes of a token inside a text; none for a control token or an id without a token.
   */
  public byte[] bytes(int id) {
    String token = tokenizer.isControl(id) ? "" : tokenizer.token(id).orElse("");
    if (token.isEmpty()) {
      return NONE;
    }
    return byteLevel ? levelled(token) : spaced(token);
  }

  /** Returns the text of tokens, as the decoder of their tokenizer writes it. */
  String text(IntStream ids, boolean skipControl) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteArrayOutputStream single = new ByteArrayOutputStream();
    ids.forEach(
        id -> {
          String token = tokenizer.token(id).orElse("");
          boolean control = tokenizer.isControl(id);
          if (!byteLevel && !control && BYTE.matcher(token).matches()) {
            single.writeBytes(spaced(token));
            return;
          }
          flush(single, bytes);
          if (!control) {
            bytes.writeBytes(bytes(id));
          } else if (!skipControl) {
            bytes.writeBytes(byteLevel ? levelled(token) : spaced(token));
          }
        });
    flush(single, bytes);
    String text = bytes.toString(StandardCharsets.UTF_8);
    return dropsFirstSpace && text.startsWith(" ") ? text.substring(1) : text;
  }

  /** Adds single bytes; a run that is no text becomes U+FFFD for each byte. */
  private static void flush(ByteArrayOutputStream single, ByteArrayOutputStream bytes) {
    byte[] run = single.toByteArray();
    single.reset();
    bytes.writeBytes(
        Utf8.isWellFormed(run)
            ? run
            : "\uFFFD".repeat(run.length).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the bytes of a token.
   *
   * @param first whether it is the first of a text, which may leave out the space that it begins
   *     with
   */
  public byte[] bytes(int id, boolean first) {
    byte[] bytes = bytes(id);
    boolean drops = first && dropsFirstSpace && bytes.length > 0 && bytes[0] == ' ';
    return drops ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static byte[] levelled(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      int octet = c < OCTETS.length ? OCTETS[c] : -1;
      if (octet < 0) {
        // an added token, which is spelled as it reads
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) octet;
    }
    return bytes;
  }

  private static byte[] spaced(String token) {
    Matcher octet = BYTE.matcher(token);
    return octet.matches()
        ? new byte[] {(byte) Integer.parseInt(octet.group(1), 16)}
        : token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Bytes that are printable in Latin-1 stand for themselves, the others for 256, 257 and so on:
   * the vocabulary of GPT-2 (Radford et al. 2019).
   */
  private static int[] octets() {
    int[] octets = new int[512];
    Arrays.fill(octets, -1);
    List<Integer> others = new ArrayList<>();
    for (int octet = 0; octet < 256; octet++) {
      boolean printable =
          (octet >= '!' && octet <= '~') || (octet >= 0xa1 && octet <= 0xff && octet != 0xad);
      if (printable) {
        octets[octet] = octet;
      } else {
        others.add(octet);
      }
    }
    for (int i = 0; i < others.size(); i++) {
      octets[256 + i] = others.get(i);
    }
    return octets;
  }
}
