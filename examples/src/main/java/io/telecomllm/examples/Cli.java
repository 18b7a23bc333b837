package io.telecomllm.examples;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.lineage.Versions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Runs an example's command line; an expected failure prints one line instead of a stack trace. */
public final class Cli {
  private Cli() {}

  /**
   * Runs the program with these arguments.
   *
   * @throws IllegalStateException if it ends with a status other than 0
   */
  public static void run(Callable<Integer> program, String... args) {
    CommandLine command = new CommandLine(program);
    command.getCommandSpec().version("telecom-llm " + Versions.library());
    showDefaults(command.getCommandSpec());
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
      throw new IllegalStateException(
          "ended with status " + status + "; the reason is printed above");
    }
  }

  /** Has the help show the defaults that are declared; others are what a field happens to hold. */
  private static void showDefaults(CommandSpec spec) {
    for (OptionSpec option : List.copyOf(spec.options())) {
      if (option.defaultValue() != null) {
        spec.remove(option);
        spec.addOption(OptionSpec.builder(option).showDefaultValue(Help.Visibility.ALWAYS).build());
      }
    }
  }
}
