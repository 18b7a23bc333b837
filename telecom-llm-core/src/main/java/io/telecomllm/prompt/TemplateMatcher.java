package io.telecomllm.prompt;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hashing;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tokenizer.Piece;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises the family of a checkpoint's chat template by the control tokens in its text. A
 * control token that the family does not have, or text that the template would add by itself, means
 * another family.
 */
final class TemplateMatcher {
  private static final Pattern MARKED = Pattern.compile("<\\|[^|<>\\s]{1,40}\\|>");
  // a line end in Jinja source is the character itself or \n
  private static final Pattern DEFAULT_SYSTEM =
      Pattern.compile("<\\|im_start\\|>system(?:\\n|\\\\n)([^'\"{}<|\\\\]+)<\\|im_end\\|>");
  private static final ImmutableSet<String> PHI_3 =
      ImmutableSet.of("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|endoftext|>");
  private static final ImmutableSet<String> CHAT_ML =
      ImmutableSet.of("<|im_start|>", "<|im_end|>", "<|endoftext|>");
  private static final ImmutableSet<String> LLAMA_3 =
      ImmutableSet.of(
          "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>");
  private static final ImmutableList<String> LLAMA_2 =
      ImmutableList.of("[INST] ", " [/INST]", "<<SYS>>", "<</SYS>>", "bos_token");

  private TemplateMatcher() {}

  static FamilyForm match(String template) {
    Set<String> tokens = new TreeSet<>();
    MARKED.matcher(template).results().forEach(result -> tokens.add(result.group()));
    boolean trims = template.contains("| trim") || template.contains(".strip()");
    boolean bos = template.contains("bos_token");
    if (template.contains("<think>")) {
      throw unknown(template, "it adds a train of thought");
    }
    if (tokens.contains("<|end|>") && PHI_3.containsAll(tokens)) {
      ImmutableList<Piece> start =
          bos ? ImmutableList.of(Piece.control("<s>")) : ImmutableList.of();
      return FamilyForm.PHI_3.with(start, trims, "");
    }
    if (tokens.contains("<|im_start|>")
        && tokens.contains("<|im_end|>")
        && CHAT_ML.containsAll(tokens)
        && !bos) {
      Matcher system = DEFAULT_SYSTEM.matcher(template);
      return FamilyForm.CHAT_ML.with(
          ImmutableList.of(), trims, system.find() ? system.group(1) : "");
    }
    if (tokens.contains("<|start_header_id|>")
        && tokens.contains("<|eot_id|>")
        && LLAMA_3.containsAll(tokens)) {
      return FamilyForm.LLAMA_3.with(FamilyForm.LLAMA_3.start(), trims, "");
    }
    if (tokens.isEmpty() && LLAMA_2.stream().allMatch(template::contains)) {
      return FamilyForm.LLAMA_2.with(ImmutableList.of(), trims, "");
    }
    throw unknown(template, "its control tokens are " + tokens);
  }

  private static UnsupportedModelException unknown(String template, String reason) {
    String digest = Hashing.sha256().hashString(template, StandardCharsets.UTF_8).toString();
    return new UnsupportedModelException(
        "chat template of no known family (sha256 "
            + digest
            + "): "
            + reason
            + "; set ChatTemplate.PHI_3, CHAT_ML, LLAMA_2, LLAMA_3 or plain(endToken)");
  }
}
