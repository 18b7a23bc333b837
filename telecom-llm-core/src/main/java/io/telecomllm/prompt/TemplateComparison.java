package io.telecomllm.prompt;

import io.telecomllm.UnsupportedModelException;
import io.telecomllm.text.Quoted;
import io.telecomllm.tokenizer.Pieces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Compares what a form writes with what a template writes, on conversations that the form was not
 * made from.
 */
record TemplateComparison(TemplateProgram program) {
  /**
   * Returns the first conversation that a form writes otherwise than the template.
   *
   * @param padded whether contents with white space around them are compared, too
   */
  Optional<String> difference(TemplateForm form, boolean padded) {
    boolean severalTurns = !(form instanceof OwnForm own) || own.turns().isPresent();
    List<String> contents =
        List.of(
            "What is a gNB?",
            padded ? " padded \n" : "padded",
            "two\nlines",
            "100 % <b>\u00fc</b> \ud83d\udce1",
            "a");
    for (int first = 0; first < contents.size(); first++) {
      int start = first;
      List<String> texts =
          IntStream.range(0, 5).mapToObj(i -> contents.get((start + i) % contents.size())).toList();
      for (List<Message> talk : talks(texts, form.takesSystem(), severalTurns)) {
        boolean asks = talk.get(talk.size() - 1).role() == Role.USER;
        String expected;
        try {
          expected = program.render(talk, asks);
        } catch (UnsupportedModelException e) {
          if (talk.get(0).role() == Role.SYSTEM) {
            return Optional.of("it takes no system message");
          }
          throw e;
        }
        String found = Pieces.spell(form.render(talk, asks));
        if (!found.equals(expected)) {
          return Optional.of(
              "what it writes depends on more than the turns: expected "
                  + quoted(expected, found)
                  + ", found "
                  + quoted(found, expected));
        }
      }
    }
    return Optional.empty();
  }

  /** Quotes a text from shortly before the first difference to another. */
  private static String quoted(String text, String other) {
    int at = 0;
    while (at < text.length() && at < other.length() && text.charAt(at) == other.charAt(at)) {
      at++;
    }
    String part = text.substring(Math.max(0, at - 10), Math.min(text.length(), at + 20));
    return Quoted.line(part);
  }

  private static List<List<Message>> talks(
      List<String> texts, boolean system, boolean severalTurns) {
    List<List<Message>> talks = new ArrayList<>();
    for (int turns = 1; turns <= (severalTurns ? 2 : 1); turns++) {
      List<Message> talk = new ArrayList<>();
      for (int i = 0; i < turns; i++) {
        talk.add(Message.user(texts.get(2 * i)));
        talk.add(Message.assistant(texts.get(2 * i + 1)));
      }
      for (List<Message> part : List.of(talk, talk.subList(0, talk.size() - 1))) {
        talks.add(List.copyOf(part));
        if (system) {
          List<Message> withSystem = new ArrayList<>(List.of(Message.system(texts.get(4))));
          withSystem.addAll(part);
          talks.add(withSystem);
        }
      }
    }
    return talks;
  }
}
