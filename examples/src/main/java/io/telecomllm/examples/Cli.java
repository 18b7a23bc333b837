package io.telecomllm.examples;

import io.telecomllm.TelecomLlmException;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Runs an example's command line: a failure that has a name is one line, not a stack of calls. */
public final class Cli {
  private Cli() {}

  /** Runs the program with these arguments; a status other than 0 is an exception. */
  public static void run(Callable<Integer> program, String... args) {
    CommandLine command = new CommandLine(program);
    command.setExecutionExceptionHandler(
        (failure, line, parsed) -> {
          if (failure instanceof TelecomLlmException
              || failure instanceof IllegalArgumentException) {
            line.getErr().println(failure.getMessage());
            return 1;
          }
          throw failure;
        });
    int status = command.execute(args);
    if (status != 0) {
      throw new IllegalStateException("ended with status " + status + "; the reason stands above");
    }
  }
}
