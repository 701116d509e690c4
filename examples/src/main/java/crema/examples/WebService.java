package crema.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import crema.base.json.ObjectNode;
import crema.classify.Classifier;
import crema.classify.Prediction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * A web service in one class: {@code java … crema.examples.WebService MODEL PORT}. {@code POST /classify} takes one text a
 * line and answers one JSON object a line. All requests share one classifier; each has a virtual thread.
 */
public final class WebService implements AutoCloseable {
  private static final int MAX_BYTES = 1 << 20;

  private final Classifier classifier;
  private final HttpServer server;

  /** Serves a model on a port of this machine; 0 for any that is free. */
  public WebService(Path model, int port) throws IOException {
    classifier = Classifier.load(model);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/classify", this::classify);
    server.start();
  }

  /** The port. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void classify(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BYTES + 1);
      if (!exchange.getRequestMethod().equals("POST") || body.length > MAX_BYTES) {
        exchange.sendResponseHeaders(body.length > MAX_BYTES ? 413 : 405, -1);
        return;
      }
      List<String> texts = new String(body, StandardCharsets.UTF_8).lines().toList();
      var answer = new StringBuilder();
      for (List<Prediction> labels : classifier.answer(texts)) {
        var json = new ObjectNode();
        var array = json.putArray("labels");
        for (Prediction label : labels) {
          array.addObject().put("label", label.label()).put("probability", label.probability());
        }
        answer.append(json).append('\n');
      }
      byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/jsonl");
      exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Stops when requests that are under way are answered, for a second at most, and frees the model. */
  @Override
  public void close() {
    server.stop(1);
    classifier.close();
  }

  /** Serves until the process ends. */
  public static void main(String[] arguments) throws IOException {
    var service = new WebService(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(service::close));
    System.out.println("Listening on port " + service.port());
  }
}
