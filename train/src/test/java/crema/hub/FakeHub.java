package crema.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import crema.base.Sha256;
import crema.base.json.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A hub on loopback with one model, whose large files are on another path, as those of the real one on another host. */
public final class FakeHub implements AutoCloseable {
  /** The commit of the model. */
  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private final HttpServer server;
  private final String id;
  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, byte[]> large = new TreeMap<>();
  /** Every request: method, path and, if it has one, its range. */
  final List<String> requests = new CopyOnWriteArrayList<>();
  /** The {@code Authorization} of every request, or "". */
  final List<String> tokens = new CopyOnWriteArrayList<>();
  /** Answers instead of what the hub would. */
  volatile Handler handler = (_, _) -> false;
  /** Whether the list says how long files are and what their checksums are. */
  volatile boolean describesFiles = true;

  /** Answers a request, or leaves it to the hub. */
  @FunctionalInterface
  interface Handler {
    /** Whether it answered. */
    boolean handle(HttpExchange exchange, String path) throws IOException;
  }

  /** Opens a hub. */
  public FakeHub(String id) throws IOException {
    this.id = id;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
    server.createContext("/", this::answer);
    server.start();
  }

  /** Adds a file. */
  public FakeHub with(String path, String content) {
    files.put(path, content.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Adds a file in large-file storage. */
  public FakeHub withLarge(String path, byte[] content) {
    large.put(path, content);
    return this;
  }

  /** Its address. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What finds models here, with short waits. */
  HubOptions options(Path cache) {
    return new HubOptions(address(), cache, null, false, 1 << 30, Duration.ofSeconds(5), Duration.ofMillis(400),
        Duration.ofMillis(5));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    requests.add(exchange.getRequestMethod() + " " + path + (range == null ? "" : " " + range));
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    tokens.add(token == null ? "" : token);
    try (exchange) {
      if (handler.handle(exchange, path)) {
        return;
      }
      String resolve = "/" + id + "/resolve/" + COMMIT + "/";
      if (path.startsWith("/api/models/" + id + "/revision/")) {
        send(exchange, 200, "application/json", list().getBytes(StandardCharsets.UTF_8));
      } else if (path.startsWith(resolve) && large.containsKey(path.substring(resolve.length()))) {
        String file = path.substring(resolve.length());
        exchange.getResponseHeaders().set("X-Linked-Etag", '"' + sha256(large.get(file)) + '"');
        exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(large.get(file).length));
        exchange.getResponseHeaders().set("Location", "/storage/" + file);
        exchange.sendResponseHeaders(302, -1);
      } else if (path.startsWith("/storage/")) {
        send(exchange, 200, "application/octet-stream", large.get(path.substring("/storage/".length())));
      } else if (path.startsWith(resolve) && files.containsKey(path.substring(resolve.length()))) {
        byte[] bytes = files.get(path.substring(resolve.length()));
        exchange.getResponseHeaders().set("ETag", '"' + gitSha1(bytes) + '"');
        send(exchange, 200, "text/plain", bytes);
      } else {
        exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
        send(exchange, 404, "application/json", "{\"error\":\"not found\"}".getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** The list of files as the hub sends it. */
  String list() {
    var json = new ObjectNode().put("id", id).put("sha", COMMIT);
    var siblings = json.putArray("siblings");
    files.forEach((path, bytes) -> {
      ObjectNode file = siblings.addObject().put("rfilename", path);
      if (describesFiles) {
        file.put("size", bytes.length).put("blobId", gitSha1(bytes));
      }
    });
    large.forEach((path, bytes) -> {
      ObjectNode file = siblings.addObject().put("rfilename", path);
      if (describesFiles) {
        file.put("size", bytes.length).put("blobId", gitSha1(new byte[1]));
        file.putObject("lfs").put("sha256", sha256(bytes)).put("size", bytes.length);
      }
    });
    return json.toString();
  }

  /** Sends bytes, or the part of them that is asked for. */
  static void send(HttpExchange exchange, int status, String type, byte[] bytes) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
    } else if (range != null && status == 200) {
      int from = Integer.parseInt(range.replaceAll("\\D", ""));
      exchange.getResponseHeaders().set("Content-Range",
          "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
      exchange.sendResponseHeaders(206, bytes.length - from);
      exchange.getResponseBody().write(Arrays.copyOfRange(bytes, from, bytes.length));
    } else {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  static String sha256(byte[] bytes) {
    return new Sha256().add(bytes).hex();
  }

  static String gitSha1(byte[] bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      digest.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest.digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
