package crema.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import crema.base.Sha256;
import crema.base.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteFilesTest {
  private static final byte[] CONTENT = "title\nkettle\n".repeat(1000).getBytes(StandardCharsets.UTF_8);

  @TempDir
  private Path cache;

  private HttpServer server;
  private String base;
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private volatile Answer answer = RemoteFilesTest::whole;

  /** How the server answers, with the number of the request. */
  private interface Answer {
    void answer(HttpExchange exchange, int request) throws IOException, InterruptedException;
  }

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
    server.createContext("/", exchange -> {
      ranges.add(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
      try (exchange) {
        answer.answer(exchange, ranges.size());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    server.start();
    base = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private static void whole(HttpExchange exchange, int request) throws IOException {
    exchange.sendResponseHeaders(200, CONTENT.length);
    exchange.getResponseBody().write(CONTENT);
  }

  private RemoteFiles files() {
    return new RemoteFiles(HubOptions.of(Map.of(), cache).withCache(cache)
        .withTimes(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofMillis(5)), HubListener.SILENT);
  }

  @Test
  void aFileIsFetchedOnceAndThenReadFromTheCache() throws IOException {
    Path file = Path.of(files().local(base + "/data/offers.csv?version=2"));
    assertThat(file).hasFileName("offers.csv").hasBinaryContent(CONTENT);
    server.stop(0);
    assertThat(files().local(base + "/data/offers.csv?version=2")).isEqualTo(file.toString());
    assertThat(files().local("data/offers.csv")).isEqualTo("data/offers.csv");
    assertThat(ranges).containsExactly("null");
  }

  @Test
  void aPathWithOneSlashAndAPartBehindTheAddressAreUnderstood() throws IOException {
    assertThat(files().local(base.replace("//", "/") + "/offers.zip!/may.csv")).endsWith("offers.zip!/may.csv");
  }

  @Test
  void whatBrokeOffGoesOnFromThereIfItIsTheSame() throws IOException {
    answer = (exchange, request) -> {
      exchange.getResponseHeaders().set("ETag", "\"one\"");
      if (request == 1) {
        exchange.sendResponseHeaders(200, CONTENT.length);
        exchange.getResponseBody().write(CONTENT, 0, 5000);
        exchange.getResponseBody().flush();
        Thread.sleep(1000);
        return;
      }
      int from = Integer.parseInt(exchange.getRequestHeaders().getFirst("Range").replaceAll("\\D", ""));
      assertThat(exchange.getRequestHeaders().getFirst("If-Range")).isEqualTo("\"one\"");
      exchange.sendResponseHeaders(206, CONTENT.length - from);
      exchange.getResponseBody().write(CONTENT, from, CONTENT.length - from);
    };
    assertThat(Path.of(files().local(base + "/offers.csv"))).hasBinaryContent(CONTENT);
    assertThat(ranges).hasSize(2).element(1).asString().matches("bytes=[1-9]\\d*-");
  }

  @Test
  void aServerThatHangsOrBeginsAnewForEverEndsInALine() {
    for (int sent : List.of(0, 100)) {
      ranges.clear();
      answer = (exchange, _) -> {
        exchange.sendResponseHeaders(200, CONTENT.length);
        exchange.getResponseBody().write(Arrays.copyOf(CONTENT, sent));
        exchange.getResponseBody().flush();
        Thread.sleep(2000);
      };
      assertThatThrownBy(() -> files().local(base + "/hangs" + sent + ".csv")).isInstanceOf(UserError.class)
          .hasMessageContaining("nothing came in").hasMessageContaining("run it again").hasMessageNotContaining("\n");
      assertThat(ranges).hasSizeBetween(2, 6);
    }
  }

  @Test
  void aContentThatIsNotTheOneAskedForIsRefused() throws IOException {
    String good = new Sha256().add(CONTENT).hex();
    assertThat(Path.of(files().local(base + "/a.csv#sha256=" + good))).hasBinaryContent(CONTENT);
    String other = "0".repeat(64);
    assertThatThrownBy(() -> files().local(base + "/b.csv#sha256=" + other)).isInstanceOf(UserError.class)
        .hasMessage(base + "/b.csv is not the file that is asked for: its SHA-256 is " + good + ", not " + other);
  }

  @Test
  void whatIsNotThereAndWhatIsNotFetchedIsSaidInALine() {
    answer = (exchange, _) -> exchange.sendResponseHeaders(404, -1);
    assertThatThrownBy(() -> files().local(base + "/none.csv")).isInstanceOf(UserError.class)
        .hasMessageContaining("does not hand out " + base + "/none.csv (404)");
    assertThatThrownBy(() -> new RemoteFiles(HubOptions.of(Map.of(), cache).withCache(cache)
        .withOffline(true), HubListener.SILENT).local(base + "/none.csv")).hasMessageContaining("without a network");
    assertThat(Files.exists(cache.resolve("none.csv"))).isFalse();
  }
}
