package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code crema pull} and {@code crema models} with a hub on loopback. What a hub may do wrong is tested beside the client. */
class PullCommandTest {
  private static final String COMMIT = "a".repeat(40);
  private static final Map<String, String> FILES =
      Map.of("config.json", "{\"model_type\":\"bert\"}", "tokenizer.json", "{}", "model.safetensors", "weights");

  @TempDir
  Path cache;
  HttpServer hub;

  @BeforeEach
  void open() throws IOException {
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext("/", exchange -> {
      try (exchange) {
        String path = exchange.getRequestURI().getPath();
        String content = path.startsWith("/api/models/acme/tiny/") ? list()
            : FILES.get(path.substring(path.lastIndexOf('/') + 1));
        byte[] bytes = (content == null ? "none" : content).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(content == null ? 404 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    });
    hub.start();
  }

  @AfterEach
  void close() {
    hub.stop(0);
  }

  private static String list() {
    return FILES.entrySet().stream().map(file -> "{\"rfilename\":\"" + file.getKey() + "\",\"size\":"
        + file.getValue().length() + ",\"blobId\":\"" + gitSha1(file.getValue()) + "\"}")
        .collect(Collectors.joining(",", "{\"sha\":\"" + COMMIT + "\",\"siblings\":[", "]}"));
  }

  private static String gitSha1(String content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1")
          .digest(("blob " + content.length() + "\0" + content).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private CommandRun pull(String... arguments) {
    var all = new ArrayList<>(List.of("pull", "--hub", "http://127.0.0.1:" + hub.getAddress().getPort(), "--cache",
        cache.toString()));
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private CommandRun models() {
    return CommandRun.of("models", "--cache", cache.toString());
  }

  @Test
  void aModelIsFetchedAndListed() {
    CommandRun run = pull("acme/tiny");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Path.of(run.out().strip()).resolve("model.safetensors")).hasContent("weights");
    assertThat(models().out()).contains("acme/tiny", "bert", "main " + COMMIT.substring(0, 8));
  }

  @Test
  void aMistakeIsOneLine() {
    CommandRun unknown = pull("acme/tinny");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.lastError()).contains("acme/tinny", "404");
    assertThat(pull("acme/tiny", "--offline").lastError()).contains("--offline");
    assertThat(pull("acme/tiny", "--max-size", "10B").lastError()).contains("--max-size");
    assertThat(pull("acme/tiny", "--max-size", "much").lastError()).contains("500MB");
    assertThat(pull("a/b/c").lastError()).contains("ORGANIZATION/MODEL");
    assertThat(models().err()).contains("No models", "crema pull NAME");
  }
}
