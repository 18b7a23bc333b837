package io.telecomllm.prompt;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.prompt.OwnForm.Around;
import io.telecomllm.tokenizer.Piece;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds out what a checkpoint's template writes: renders conversations whose contents are marks
 * that no template knows, and takes what stands between them. The result must then write other
 * conversations as the template does, or the template is refused.
 */
final class TemplateProbe {
  private static final String[] MARK = {"\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"};

  /**
   * Ordinary text that looks like a turn's mark: {@code [INST]}, {@code <<SYS>>}, {@code <|user|>}.
   */
  private static final Pattern TURN_MARK =
      Pattern.compile(
          "<\\|[^|<>\\s]{1,40}\\|>|<</?[A-Z]{1,20}>>|\\[/?[A-Z_]{1,40}\\]|</?[a-z_]{1,40}>");

  private final String source;
  private final TemplateProgram program;
  private final TemplateComparison comparison;
  private final List<String> controls;
  // whether white space around contents is removed in some places only
  private boolean uneven;

  private TemplateProbe(String source, Tokenizer tokenizer) {
    this.source = source;
    this.program = new TemplateProgram(source, tokenizer);
    this.comparison = new TemplateComparison(program);
    this.controls = tokenizer.controlTokens();
  }

  static TemplateForm of(String source, Tokenizer tokenizer) {
    try {
      TemplateProbe probe = new TemplateProbe(source, tokenizer);
      Optional<TemplateForm> family = probe.family();
      if (family.isPresent()) {
        return family.get();
      }
      return probe.own();
    } catch (UnsupportedModelException e) {
      throw new UnsupportedModelException(
          "the chat template (sha256 "
              + digest(source)
              + ") cannot be followed: "
              + e.getMessage()
              + "; set ChatTemplate.PHI_3, CHAT_ML, LLAMA_2, LLAMA_3 or plain(endToken) if one of"
              + " them is the model's",
          e);
    }
  }

  private static String digest(String source) {
    return Hashing.sha256().hashString(source, StandardCharsets.UTF_8).toString();
  }

  /** Returns the known family if it writes what the template writes, with tokens that exist. */
  private Optional<TemplateForm> family() {
    FamilyForm family;
    try {
      family = TemplateMatcher.match(source);
    } catch (UnsupportedModelException e) {
      return Optional.empty();
    }
    // where its marks are no tokens they are ordinary characters, as in transformers
    boolean tokens =
        family.all().stream()
            .filter(Piece.Control.class::isInstance)
            .allMatch(p -> controls.contains(((Piece.Control) p).token()));
    return tokens && comparison.difference(family, true).isEmpty()
        ? Optional.of(family)
        : Optional.empty();
  }

  // ---- what it writes ----

  private OwnForm form() {
    Message user = Message.user(MARK[1]);
    Message answer = Message.assistant(MARK[2]);
    List<String> asked = program.parts(List.of(user), true);
    List<String> answered = program.parts(List.of(user, answer), false);
    String generation = asked.get(1);
    if (!answered.get(0).equals(asked.get(0)) || !answered.get(1).startsWith(generation)) {
      throw new UnsupportedModelException(
          "a finished conversation does not begin as the one that asks for its answer");
    }
    String lead = answered.get(1).substring(generation.length());
    String end = answered.get(2);
    Optional<List<String>> system = system();
    Optional<List<String>> turns = turns(asked, lead, end);
    List<String> literals = new ArrayList<>(List.of(asked.get(0), generation, lead, end));
    system.ifPresent(literals::addAll);
    turns.ifPresent(literals::addAll);
    ImmutableList<Piece> ending = pieces(end);
    return new OwnForm(
        pieces(asked.get(0)),
        system.map(this::around),
        pieces(generation),
        pieces(lead),
        ending,
        turns.map(this::around),
        ending.stream()
            .filter(Piece.Control.class::isInstance)
            .map(piece -> ((Piece.Control) piece).token())
            .limit(1)
            .collect(ImmutableList.toImmutableList()),
        marks(literals),
        trims(system.isPresent()));
  }

  private Around around(List<String> literals) {
    return new Around(pieces(literals.get(0)), pieces(literals.get(1)));
  }

  /** Returns what stands around a system message, up to the user's; empty if none is taken. */
  private Optional<List<String>> system() {
    try {
      List<String> parts =
          program.parts(List.of(Message.system(MARK[0]), Message.user(MARK[1])), true);
      return Optional.of(parts.subList(0, 2));
    } catch (UnsupportedModelException e) {
      return Optional.empty();
    }
  }

  /** Returns what stands around an earlier answer; empty if it is not always the same. */
  private Optional<List<String>> turns(List<String> asked, String lead, String end) {
    List<Message> talk = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      talk.add(Message.user(MARK[2 * i]));
      talk.add(Message.assistant(MARK[2 * i + 1]));
    }
    try {
      List<String> whole = program.parts(talk, false);
      String before = whole.get(1);
      String after = whole.get(2);
      boolean same =
          whole.get(0).equals(asked.get(0))
              && before.startsWith(asked.get(1))
              && whole.get(3).equals(before)
              && whole.get(4).equals(after)
              && whole.get(5).equals(asked.get(1) + lead)
              && whole.get(6).equals(end);
      return same
          ? Optional.of(List.of(before.substring(asked.get(1).length()), after))
          : Optional.empty();
    } catch (UnsupportedModelException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns of which messages white space is removed. A template that removes it on one side, or in
   * some places only (LLaMA-2), counts as one that removes it.
   */
  private ImmutableList<Role> trims(boolean system) {
    ImmutableList.Builder<Role> trims = ImmutableList.builder();
    List<Message> whole = new ArrayList<>();
    if (system) {
      whole.add(Message.system(MARK[0]));
    }
    whole.add(Message.user(MARK[1]));
    whole.add(Message.assistant(MARK[2]));
    for (Message one : whole) {
      int removed = 0;
      int tried = 0;
      for (int from = 0; from <= whole.indexOf(one) && from < whole.size() - 1; from++) {
        List<Message> talk = new ArrayList<>(whole.subList(from, whole.size()));
        talk.replaceAll(m -> m.equals(one) ? new Message(m.role(), "\t" + m.content() + "\t") : m);
        String padded = program.render(talk, false);
        removed += padded.contains("\t" + one.content()) ? 0 : 1;
        removed += padded.contains(one.content() + "\t") ? 0 : 1;
        tried += 2;
      }
      uneven |= removed > 0 && removed < tried;
      if (removed > 0) {
        trims.add(one.role());
      }
    }
    return trims.build();
  }

  private ImmutableList<String> marks(List<String> literals) {
    Set<String> marks = new LinkedHashSet<>();
    for (String literal : literals) {
      for (Piece piece : pieces(literal)) {
        if (piece instanceof Piece.Text text) {
          TURN_MARK.matcher(text.text()).results().forEach(result -> marks.add(result.group()));
        }
      }
    }
    return ImmutableList.sortedCopyOf(
        Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()),
        marks);
  }

  /** Cuts a template's own text into control tokens and text, the longest token first. */
  private ImmutableList<Piece> pieces(String literal) {
    ImmutableList.Builder<Piece> pieces = ImmutableList.builder();
    int text = 0;
    int at = 0;
    while (at < literal.length()) {
      int here = at;
      Optional<String> control =
          controls.stream().filter(token -> literal.startsWith(token, here)).findFirst();
      if (control.isPresent()) {
        if (at > text) {
          pieces.add(Piece.text(literal.substring(text, at)));
        }
        pieces.add(Piece.control(control.get()));
        at += control.get().length();
        text = at;
      } else {
        at++;
      }
    }
    if (text < literal.length()) {
      pieces.add(Piece.text(literal.substring(text)));
    }
    return pieces.build();
  }

  // ---- whether a form writes the same ----

  /**
   * Returns the template's own form: if not all conversations can be followed, for one question at
   * a time or without a system message.
   */
  private OwnForm own() {
    OwnForm whole = form();
    Optional<String> difference = Optional.empty();
    for (OwnForm form :
        List.of(
            whole,
            whole.withoutTurns(),
            whole.withoutSystem(),
            whole.withoutSystem().withoutTurns())) {
      Optional<String> found = comparison.difference(form, !uneven);
      if (found.isEmpty()) {
        return form;
      }
      difference = difference.or(() -> found);
    }
    throw new UnsupportedModelException(difference.orElseThrow());
  }
}
