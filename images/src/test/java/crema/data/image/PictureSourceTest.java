package crema.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pictures from servers, which may send anything, or nothing. */
class PictureSourceTest {
  private static final byte[] PNG = PictureReaderTest.file("png.png");
  private static final PictureLimits LIMITS = new PictureLimits(100_000, 1_000_000, Duration.ofMinutes(1));

  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @TempDir
  private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int request = requests.incrementAndGet();
    switch (exchange.getRequestURI().getPath()) {
      case "/picture.png", "/a picture.png" -> send(exchange, 200, PNG);
      case "/page.png" -> send(exchange, 200, "<!doctype html><p>Log in".getBytes());
      case "/busy.png" -> send(exchange, request == 1 ? 503 : 200, PNG);
      case "/moved.png" -> {
        exchange.getResponseHeaders().set("Location", "/picture.png");
        send(exchange, 302, new byte[0]);
      }
      case "/hangs.png" -> await(exchange);
      case "/trickles.png" -> trickle(exchange);
      case "/endless.png" -> endless(exchange);
      default -> send(exchange, 404, "<html>".getBytes());
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void await(HttpExchange exchange) {
    try (exchange) {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void trickle(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, PNG.length);
    exchange.getResponseBody().write(PNG, 0, PNG.length / 2);
    exchange.getResponseBody().flush();
    await(exchange);
  }

  private void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (var body = exchange.getResponseBody()) {
      while (end.getCount() > 0) {
        body.write(new byte[10_000]);
      }
    }
  }

  private String address(String name) {
    return "http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort() + "/"
        + name;
  }

  private byte[] bytes(String location, PictureLimits limits) throws PictureRejected, InterruptedException {
    try (var source = new PictureSource(limits)) {
      return source.bytes(new PictureLocation(location, folder));
    }
  }

  private byte[] bytes(String location) throws PictureRejected, InterruptedException {
    return bytes(location, LIMITS);
  }

  private PictureRejected rejected(String location) {
    return catchThrowableOfType(PictureRejected.class, () -> bytes(location));
  }

  @Test
  void serversArePaidOneVisitAndARedirectIsFollowed() throws Exception {
    assertThat(bytes(address("picture.png"))).isEqualTo(PNG);
    assertThat(requests).hasValue(1);
    assertThat(bytes(address("moved.png"))).isEqualTo(PNG);
    assertThat(bytes(address("a picture.png"))).isEqualTo(PNG);
  }

  @Test
  void aBusyServerIsAskedOnceMore() throws Exception {
    assertThat(bytes(address("busy.png"))).isEqualTo(PNG);
    assertThat(requests).hasValue(2);
  }

  @Test
  @Timeout(60)
  void aServerThatHangsIsLeftWhenItsTimeIsOver() {
    for (String name : new String[] {"hangs.png", "trickles.png"}) {
      PictureRejected rejected = catchThrowableOfType(PictureRejected.class,
          () -> bytes(address(name), LIMITS.withTime(Duration.ofMillis(1500))));
      assertThat(rejected.fault()).as(name).isEqualTo(PictureFault.TIMED_OUT);
      assertThat(rejected).hasMessage("is not sent within 1.5 s by 127.0.0.1");
    }
  }

  @Test
  @Timeout(60)
  void noMoreIsReadThanTheLimit() {
    PictureRejected rejected = rejected(address("endless.png"));
    assertThat(rejected.fault()).isEqualTo(PictureFault.TOO_LARGE);
    assertThat(rejected).hasMessageContaining("100,000 bytes");
  }

  @Test
  void whatAServerDoesNotHaveIsMissing() {
    assertThat(rejected(address("other.png")).fault()).isEqualTo(PictureFault.MISSING);
    assertThat(rejected("http://127.0.0.1:1/a.png").fault()).isEqualTo(PictureFault.UNREADABLE);
    assertThat(rejected("https://").fault()).isEqualTo(PictureFault.UNREADABLE);
    assertThat(rejected("http://ex ample.com:x/\"").fault()).isEqualTo(PictureFault.UNREADABLE);
  }

  @Test
  void whatIsNoFileIsNotRead() throws IOException {
    assertThat(rejected("nothing.png").fault()).isEqualTo(PictureFault.MISSING);
    assertThat(rejected(folder.toString()).fault()).isEqualTo(PictureFault.UNREADABLE);
    assertThat(rejected("a\0b.png").fault()).isEqualTo(PictureFault.UNREADABLE);
    Files.write(folder.resolve("large.png"), new byte[100_001]);
    assertThat(rejected("large.png").fault()).isEqualTo(PictureFault.TOO_LARGE);
  }
}
