package io.telecomllm.hub;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A hub on the loopback that speaks HTTP/1.1 by raw sockets, one request a connection, and breaks
 * the rules on demand: {@link #next} sets what it does at the next requests for a file.
 */
final class HubServer implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final String REPOSITORY = "owner/name";

  /** What was asked. */
  record Request(String path, Map<String, String> headers) {
    String header(String name) {
      return headers.get(name);
    }
  }

  /** Answers a request instead of the hub. */
  interface Fault {
    void answer(Request request, byte[] content, OutputStream out) throws Exception;
  }

  private final ServerSocket socket;
  private final Map<String, byte[]> files = Collections.synchronizedMap(new LinkedHashMap<>());
  private final Set<String> large = ConcurrentHashMap.newKeySet();
  private final Map<String, Deque<Fault>> faults = new HashMap<>();
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile String commit = COMMIT;
  private volatile String listing;

  HubServer() {
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::accept, "hub-server");
    thread.setDaemon(true);
    thread.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** A small file, which git's own sha1 names. */
  HubServer small(String name, String text) {
    files.put(name, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** A large file, which its sha256 names. */
  HubServer large(String name, byte[] bytes) {
    large.add(name);
    files.put(name, bytes);
    return this;
  }

  void commit(String other) {
    commit = other;
  }

  /** Answers every listing with this. */
  void listing(String json) {
    listing = json;
  }

  /** Adds to what happens at the next requests for a file, or for "listing". */
  void next(String file, Fault... list) {
    synchronized (faults) {
      faults.computeIfAbsent(file, name -> new ArrayDeque<>()).addAll(Arrays.asList(list));
    }
  }

  List<Request> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  List<Request> requests(String file) {
    return requests().stream().filter(request -> request.path().endsWith("/" + file)).toList();
  }

  static byte[] bytes(int count, int seed) {
    byte[] bytes = new byte[count];
    new java.util.Random(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static String sha256(byte[] bytes) {
    return digest("SHA-256", bytes);
  }

  static String gitSha1(byte[] bytes) {
    byte[] head = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, all, head.length, bytes.length);
    return digest("SHA-1", all);
  }

  private static String digest(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String etag(String file) {
    return large.contains(file) ? sha256(files.get(file)) : gitSha1(files.get(file));
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread thread = new Thread(() -> serve(connection), "hub-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      Request request = read(new BufferedInputStream(connection.getInputStream()));
      if (request != null) {
        requests.add(request);
        OutputStream out = connection.getOutputStream();
        answer(request, out);
        out.flush();
      }
    } catch (Exception e) {
      // a client that hung up
    }
  }

  private void answer(Request request, OutputStream out) throws Exception {
    boolean list = request.path().startsWith("/api/models/");
    String prefix = "/" + REPOSITORY + "/resolve/" + commit + "/";
    String file = list ? "listing" : request.path().substring(request.path().lastIndexOf('/') + 1);
    if (!list && request.path().startsWith(prefix)) {
      file = request.path().substring(prefix.length());
    }
    byte[] content = list ? listing().getBytes(StandardCharsets.UTF_8) : files.get(file);
    Fault fault;
    synchronized (faults) {
      Deque<Fault> queue = faults.get(file);
      fault = queue == null ? null : queue.poll();
    }
    if (fault != null) {
      fault.answer(request, content, out);
    } else if (list) {
      send(out, "200 OK", Map.of(), content);
    } else if (content == null || !request.path().startsWith(prefix)) {
      send(out, "404 Not Found", Map.of(), new byte[0]);
    } else {
      ranged(request, etag(file), content, out);
    }
  }

  /** What an honest server does. */
  static void ranged(Request request, String etag, byte[] content, OutputStream out)
      throws IOException {
    String range = request.header("range");
    String condition = request.header("if-range");
    String quoted = "\"" + etag + "\"";
    if (range == null || (condition != null && !condition.equals(quoted))) {
      send(out, "200 OK", Map.of("ETag", quoted), content);
      return;
    }
    int from = Integer.parseInt(range.replace("bytes=", "").replace("-", ""));
    if (from >= content.length) {
      send(out, "416 Range Not Satisfiable", Map.of(), new byte[0]);
      return;
    }
    send(
        out,
        "206 Partial Content",
        Map.of(
            "ETag",
            quoted,
            "Content-Range",
            "bytes " + from + "-" + (content.length - 1) + "/" + content.length),
        Arrays.copyOfRange(content, from, content.length));
  }

  static void send(OutputStream out, String status, Map<String, String> headers, byte[] body)
      throws IOException {
    head(out, status, headers, body.length);
    out.write(body);
  }

  static void head(OutputStream out, String status, Map<String, String> headers, long length)
      throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(length).append("\r\nConnection: close\r\n\r\n");
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Answers with a status and headers, and no body. */
  static Fault status(String status, String... headers) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return (request, content, out) -> send(out, status, map, new byte[0]);
  }

  /** Answers as it should, but hangs up after so many bytes of the body. */
  static Fault dropAfter(int count) {
    return (request, content, out) -> {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      ranged(request, sha256(content), content, whole);
      byte[] bytes = whole.toByteArray();
      int body = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
      out.write(bytes, 0, Math.min(bytes.length, body + count));
      out.flush();
    };
  }

  /** Sends a part of the body and then nothing until the server closes. */
  Fault stallAfter(int count, CountDownLatch reached) {
    return (request, content, out) -> {
      head(out, "200 OK", Map.of(), content.length);
      out.write(content, 0, count);
      out.flush();
      reached.countDown();
      closed.await();
    };
  }

  private String listing() {
    if (listing != null) {
      return listing;
    }
    List<String> siblings = new ArrayList<>();
    synchronized (files) {
      files.forEach(
          (name, bytes) ->
              siblings.add(
                  "{\"rfilename\":\""
                      + name
                      + "\",\"size\":"
                      + bytes.length
                      + ",\"blobId\":\""
                      + gitSha1(bytes)
                      + "\""
                      + (large.contains(name)
                          ? ",\"lfs\":{\"sha256\":\""
                              + sha256(bytes)
                              + "\",\"size\":"
                              + bytes.length
                              + ",\"pointerSize\":134}"
                          : "")
                      + "}"));
    }
    return "{\"id\":\""
        + REPOSITORY
        + "\",\"sha\":\""
        + commit
        + "\",\"private\":false,\"siblings\":["
        + String.join(",", siblings)
        + "]}";
  }

  private static Request read(InputStream in) throws IOException {
    String first = line(in);
    if (first.isEmpty()) {
      return null;
    }
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Request(first.replaceFirst("^\\S+ ", "").replaceFirst(" .*$", ""), headers);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
