package io.telecomllm.examples;

import io.telecomllm.examples.service.ChatServer;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Serves a model over HTTP on this machine: OpenAI's chat completions for existing clients, and a
 * page to try it by hand.
 */
@CommandLine.Command(name = "ChatService", mixinStandardHelpOptions = true)
public final class ChatService implements Callable<Integer> {
  @Mixin private AnswererOptions answering = new AnswererOptions();

  @Option(names = "--port", defaultValue = "8080", description = "0 for any that is free")
  private int port = 8080;

  /** Runs the program until it is stopped. */
  public static void main(String[] args) {
    Cli.run(new ChatService(), args);
  }

  @Override
  public Integer call() {
    answering.use(
        answerer -> {
          try (ChatServer server = ChatServer.start(answerer, port)) {
            System.out.println("http://localhost:" + server.port() + "/  (stop with Ctrl+C)");
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return 0;
  }
}
