package io.telecomllm.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Small hand-made vocabularies of both kinds, with the control tokens of every known template. */
public final class Tiny {
  public static final List<String> CONTROLS =
      List.of(
          "<s>",
          "</s>",
          "<|endoftext|>",
          "<|system|>",
          "<|user|>",
          "<|assistant|>",
          "<|end|>",
          "<|im_start|>",
          "<|im_end|>",
          "<|begin_of_text|>",
          "<|start_header_id|>",
          "<|end_header_id|>",
          "<|eot_id|>");

  private Tiny() {}

  /** Byte-level BPE: every byte, a few merges. */
  public static Vocabulary byteLevel(String pre) {
    List<String> merges =
        List.of("o p", "op t", "i o", "io n", "opt ion", "Ġ Ġ", "Ċ Ċ", "1 2", "12 3", "< |");
    List<String> tokens = new ArrayList<>(CONTROLS);
    for (int b = 0; b < 256; b++) {
      tokens.add(symbol(b));
    }
    merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
    return vocabulary("gpt2", pre, tokens, merges, new float[0]);
  }

  /** SentencePiece BPE: bytes, ASCII, a few words whose scores fall with their ids. */
  public static Vocabulary sentencePiece() {
    List<String> tokens = new ArrayList<>(CONTROLS);
    for (int b = 0; b < 256; b++) {
      tokens.add(String.format("<0x%02X>", b));
    }
    // "s>" and "</" lead to "</s>" by a merge, if merges to control tokens were not left out
    tokens.addAll(List.of("op", "opt", "io", "ion", "option", "\u2581option", "s>", "</"));
    for (char c = '!'; c <= '~'; c++) {
      tokens.add(String.valueOf(c));
    }
    tokens.add("\u2581");
    float[] scores = new float[tokens.size()];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = -id;
    }
    return vocabulary("llama", "", tokens, List.of(), scores);
  }

  public static Vocabulary vocabulary(
      String model, String pre, List<String> tokens, List<String> merges, float[] scores) {
    int[] types = new int[tokens.size()];
    for (int id = 0; id < types.length; id++) {
      types[id] = CONTROLS.contains(tokens.get(id)) ? 3 : 1;
    }
    return new Vocabulary(
        model,
        pre,
        tokens,
        merges,
        scores,
        types,
        OptionalInt.of(0),
        OptionalInt.of(1),
        OptionalInt.empty(),
        OptionalInt.empty(),
        false,
        model.equals("llama"),
        "");
  }

  /** Byte-level BPE in which each piece of the text becomes one token, so that tokens show cuts. */
  public static Vocabulary wholePieces(String pre, String text) {
    String letters = spelled(text);
    Set<String> tokens = new LinkedHashSet<>(List.of("<s>", "</s>"));
    for (int b = 0; b < 256; b++) {
      tokens.add(symbol(b));
    }
    Set<String> merges = new LinkedHashSet<>();
    for (int length = 2; length <= letters.length(); length++) {
      for (int from = 0; from + length <= letters.length(); from++) {
        String token = letters.substring(from, from + length);
        tokens.add(token);
        for (int cut = 1; cut < length; cut++) {
          merges.add(token.substring(0, cut) + " " + token.substring(cut));
        }
      }
    }
    return vocabulary("gpt2", pre, List.copyOf(tokens), List.copyOf(merges), new float[0]);
  }

  private static String spelled(String text) {
    StringBuilder letters = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      letters.append(symbol(b & 0xFF));
    }
    return letters.toString();
  }

  // GPT-2's printable stand-in for a byte
  private static String symbol(int b) {
    boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
    if (printable) {
      return String.valueOf((char) b);
    }
    int rank = b <= 0x20 ? b : b <= 0xA0 ? 0x21 + (b - 0x7F) : 0x43;
    return String.valueOf((char) (0x100 + rank));
  }
}
