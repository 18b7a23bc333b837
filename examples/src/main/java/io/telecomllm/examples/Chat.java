package io.telecomllm.examples;

import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.prompt.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/**
 * A chat in the terminal: a line is a message; an empty line starts a new conversation; the end of
 * input ends.
 */
@CommandLine.Command(name = "Chat", mixinStandardHelpOptions = true)
public final class Chat implements Callable<Integer> {
  @Mixin private AnswererOptions answering = new AnswererOptions();
  @Mixin private GenerationOptions generating = new GenerationOptions();

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new Chat(), args);
  }

  @Override
  public Integer call() {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    answering.use(answerer -> talk(answerer, input, System.out));
    return 0;
  }

  private void talk(TelecomAnswerer answerer, BufferedReader input, PrintStream output) {
    List<Message> said = new ArrayList<>();
    output.print("> ");
    output.flush();
    for (String line = read(input); line != null; line = read(input)) {
      if (line.isBlank()) {
        said.clear();
      } else {
        said.add(Message.user(line));
        OpenAnswer answer =
            answerer.ask(
                said,
                generating.config(),
                token -> {
                  output.print(token.text());
                  output.flush();
                });
        said.add(Message.assistant(answer.text()));
        output.println();
        for (int number : answer.cited()) {
          Passage passage = answer.references().get(number - 1);
          output.println("  [" + number + "] " + passage.clause().id());
        }
      }
      output.print("> ");
      output.flush();
    }
    output.println();
  }

  private static @org.jspecify.annotations.Nullable String read(BufferedReader input) {
    try {
      return input.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
