package io.telecomllm.examples.service;

import com.google.common.io.Resources;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.sun.net.httpserver.HttpServer;
import io.telecomllm.inference.TelecomAnswerer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP service of this machine only; it has no users and no TLS, which a proxy in front of it
 * would add.
 *
 * <pre>
 * GET  /                     a page to try it by hand
 * POST /v1/chat/completions  OpenAI's chat completions, also streamed
 * GET  /v1/models            the one model
 * POST /v1/choices           {"question": ..., "options": [...]}: a multiple-choice question
 * </pre>
 */
public final class ChatServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;

  private ChatServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts it.
   *
   * @param port 0 for any that is free
   */
  public static ChatServer start(TelecomAnswerer answerer, int port) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + ": " + e.getMessage(), e);
    }
    // the answerer bounds the calls, so nothing else has to
    ExecutorService threads =
        Executors.newCachedThreadPool(
            new ThreadFactoryBuilder().setNameFormat("chat-%d").setDaemon(true).build());
    server.setExecutor(threads);
    server.createContext("/", Http.get("/", "text/html; charset=utf-8", exchange -> page()));
    server.createContext(
        "/v1/models", Http.get("/v1/models", "application/json", exchange -> Completions.models()));
    post(server, "/v1/chat/completions", new Completions(answerer)::complete);
    post(server, "/v1/choices", new Choices(answerer)::choose);
    server.start();
    return new ChatServer(server, threads);
  }

  private static void post(HttpServer server, String path, Http.Action action) {
    server.createContext(path, Http.post(path, action));
  }

  private static byte[] page() {
    try {
      return Resources.toString(
              Resources.getResource(ChatServer.class, "page.html"), StandardCharsets.UTF_8)
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns its port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Stops it; requests that are being answered get a second to end. */
  @Override
  public void close() {
    server.stop(1);
    threads.shutdownNow();
  }
}
