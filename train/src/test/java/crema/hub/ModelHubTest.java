package crema.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models come from the disk, the cache or a hub on loopback, whatever that hub does. */
class ModelHubTest {
  private static final String ID = "acme/tiny-bert";
  private static final ModelName NAME = ModelName.parse(ID);
  private static final byte[] WEIGHTS = new byte[300_000];

  static {
    new Random(1).nextBytes(WEIGHTS);
  }

  @TempDir
  Path folder;
  Path cache;
  FakeHub hub;

  @BeforeEach
  void open() throws IOException {
    cache = folder.resolve("cache");
    hub = new FakeHub(ID)
        .with("README.md", "# tiny")
        .with("config.json", "{\"model_type\": \"bert\"}")
        .with("tokenizer.json", "{}")
        .with("modules.json", "[{\"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"},"
            + "{\"path\": \"1_Pooling\", \"type\": \"sentence_transformers.models.Pooling\"},"
            + "{\"path\": \"2_Normalize\", \"type\": \"sentence_transformers.models.Normalize\"}]")
        .with("1_Pooling/config.json", "{\"pooling_mode_cls_token\": true}")
        .withLarge("model.safetensors", WEIGHTS)
        .withLarge("pytorch_model.bin", new byte[100])
        .withLarge("onnx/model.onnx", new byte[100]);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private ModelHub models() {
    return new ModelHub(hub.options(cache));
  }

  private ModelHub offline() {
    return new ModelHub(hub.options(cache).withOffline(true));
  }

  private Path repository() {
    return cache.resolve("models--acme--tiny-bert");
  }

  private static void assertFails(Callable<?> action, String... parts) {
    assertThatThrownBy(action::call).isInstanceOf(UserError.class).hasMessageContainingAll(parts)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  /** No file has a name that says it is whole unless it is. */
  private void assertNothingHalfWritten() throws IOException {
    if (!Files.exists(cache)) {
      return;
    }
    try (Stream<Path> files = Files.walk(cache)) {
      assertThat(files.filter(Files::isRegularFile).filter(file -> file.getParent().endsWith("blobs"))
          .filter(file -> !file.toString().endsWith(".crema-incomplete"))).allSatisfy(
              file -> assertThat(new Checksum(file.getFileName().toString()).matches(file)).isTrue());
    }
    assertThat(repository().resolve("refs/main")).doesNotExist();
  }

  @Test
  void aNameIsFetchedInOneFormatAndThenFoundWithoutTheHub() throws IOException {
    Path found = models().locate(ID);
    assertThat(found).isEqualTo(repository().resolve("snapshots").resolve(FakeHub.COMMIT));
    try (Stream<Path> files = Files.walk(found)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> found.relativize(file).toString()))
          .containsExactlyInAnyOrder("config.json", "tokenizer.json", "modules.json", "model.safetensors",
              "1_Pooling/config.json");
    }
    assertThat(found.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    int asked = hub.requests.size();
    assertThat(offline().locate(ID)).isEqualTo(found);
    assertThat(models().locate(ID)).isEqualTo(found);
    assertThat(models().locate(ID + "@" + FakeHub.COMMIT)).isEqualTo(found);
    assertThat(hub.requests).hasSize(asked);
  }

  @Test
  void theCacheIsLaidOutAsHuggingFaceLaysItOut() throws IOException {
    models().pull(NAME);
    assertThat(repository().resolve("refs/main")).hasContent(FakeHub.COMMIT);
    Path link = repository().resolve("snapshots").resolve(FakeHub.COMMIT).resolve("1_Pooling/config.json");
    assertThat(link).isSymbolicLink();
    assertThat(Files.readSymbolicLink(link).toString()).startsWith("../../../blobs/");
    assertThat(repository().resolve("blobs").resolve(FakeHub.sha256(WEIGHTS))).hasBinaryContent(WEIGHTS);
    assertThat(repository().resolve("blobs")
        .resolve(FakeHub.gitSha1("{}".getBytes(StandardCharsets.UTF_8)))).hasContent("{}");
    try (Stream<Path> blobs = Files.list(repository().resolve("blobs"))) {
      assertThat(blobs).hasSize(5);
    }
  }

  @Test
  void aCacheOfCopiesInsteadOfLinksIsReadToo() throws IOException {
    Path snapshot = Files.createDirectories(repository().resolve("snapshots").resolve(FakeHub.COMMIT));
    for (String file : List.of("config.json", "tokenizer.json", "pytorch_model.bin")) {
      Files.writeString(snapshot.resolve(file), "{}");
    }
    Files.createDirectories(repository().resolve("refs"));
    Files.writeString(repository().resolve("refs/main"), FakeHub.COMMIT);
    Files.createDirectories(repository().resolve(".no_exist").resolve(FakeHub.COMMIT));
    Files.createFile(repository().resolve(".no_exist").resolve(FakeHub.COMMIT).resolve("modules.json"));
    assertThat(models().locate(ID)).isEqualTo(snapshot);
    assertThat(hub.requests).isEmpty();
  }

  @Test
  void filesThatAnotherToolFetchedInPartAreCompletedAtTheSameCommit() throws IOException {
    // As transformers' AutoModel leaves it: no tokenizer, no modules.
    Path snapshot = Files.createDirectories(repository().resolve("snapshots").resolve(FakeHub.COMMIT));
    Files.writeString(snapshot.resolve("config.json"), "{\"model_type\": \"bert\"}");
    Files.write(snapshot.resolve("model.safetensors"), WEIGHTS);
    Files.createDirectories(repository().resolve("refs"));
    Files.writeString(repository().resolve("refs/main"), FakeHub.COMMIT);
    assertFails(() -> offline().locate(ID), ID, "not in the cache");
    assertThat(models().locate(ID).resolve("1_Pooling/config.json")).exists();
    assertThat(hub.requests.getFirst()).endsWith("/revision/" + FakeHub.COMMIT);
  }

  @Test
  void withoutANetworkAModelWhoseModulesAreUnknownIsTakenWithAWarning() throws IOException {
    Path snapshot = Files.createDirectories(repository().resolve("snapshots").resolve(FakeHub.COMMIT));
    for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.writeString(snapshot.resolve(file), "{}");
    }
    Files.createDirectories(repository().resolve("refs"));
    Files.writeString(repository().resolve("refs/main"), FakeHub.COMMIT);
    var warnings = new ArrayList<String>();
    var listener = new HubListener() {
      @Override
      public void warning(String message) {
        warnings.add(message);
      }
    };
    assertThat(new ModelHub(hub.options(cache).withOffline(true), listener).locate(ID)).isEqualTo(snapshot);
    assertThat(warnings).singleElement().asString().contains("modules", "--pooling");
  }

  @Test
  void theDiskComesBeforeTheHub() throws IOException {
    Path local = Files.createDirectories(folder.resolve("local"));
    assertThat(models().locate(local.toString())).isEqualTo(local);
    assertThat(hub.requests).isEmpty();
    assertFails(() -> models().locate("no/such/folder"), "no/such/folder", "neither a folder");
    assertFails(() -> models().locate("../etc/passwd"), "neither a folder");
  }

  @Test
  void offlineNothingIsTried() throws IOException {
    assertFails(() -> offline().locate(ID), ID, "--offline");
    models().pull(NAME);
    assertFails(() -> offline().locate("acme/tiny-brt"), "did you mean 'acme/tiny-bert'");
    assertThat(HubOptions.of(Map.of("CREMA_OFFLINE", "1"), folder).offline()).isTrue();
    assertThat(HubOptions.of(Map.of("HF_HUB_OFFLINE", "0"), folder).offline()).isFalse();
  }

  @Test
  void theEnvironmentIsThatOfHuggingFacesTools() {
    assertThat(HubOptions.of(Map.of(), folder).cache()).isEqualTo(folder.resolve(".cache/huggingface/hub"));
    assertThat(HubOptions.of(Map.of("HF_HOME", "/x"), folder).cache()).isEqualTo(Path.of("/x/hub"));
    assertThat(HubOptions.of(Map.of("HF_HOME", "/x", "HF_HUB_CACHE", "~/y"), folder).cache())
        .isEqualTo(folder.resolve("y"));
    assertThat(HubOptions.of(Map.of("CREMA_HUB", "http://h:1/", "HF_ENDPOINT", "http://i"), folder).base())
        .hasToString("http://h:1");
    assertThatThrownBy(() -> HubOptions.of(Map.of("CREMA_HUB", "ftp://h"), folder)).hasMessageContaining("CREMA_HUB");
    assertThat(HubOptions.of(Map.of("HF_TOKEN", "secret"), folder).toString()).doesNotContain("secret");
  }

  @Test
  void aDownloadThatBreaksOffGoesOnWhereItWas() throws IOException {
    var count = new AtomicInteger();
    hub.handler = (exchange, path) -> {
      if (path.equals("/storage/model.safetensors") && count.getAndIncrement() == 0) {
        exchange.sendResponseHeaders(200, WEIGHTS.length);
        exchange.getResponseBody().write(WEIGHTS, 0, 100_000);
        exchange.getResponseBody().flush();
        return true;
      }
      return false;
    };
    assertThat(models().pull(NAME).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    // What the sockets held when it broke off is lost.
    assertThat(hub.requests.getLast()).startsWith("GET /storage/model.safetensors bytes=")
        .doesNotEndWith("bytes=0-");
  }

  @Test
  void aLaterProcessGoesOnWhereAnEarlierOneWasKilled() throws IOException {
    Path blobs = Files.createDirectories(repository().resolve("blobs"));
    Files.write(blobs.resolve(FakeHub.sha256(WEIGHTS) + ".crema-incomplete"), Arrays.copyOf(WEIGHTS, 123_456));
    assertThat(models().pull(NAME).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(hub.requests).contains("GET /storage/model.safetensors bytes=123456-");
  }

  @Test
  void aBeginningOfOtherBytesIsThrownAway() throws IOException {
    Path blobs = Files.createDirectories(repository().resolve("blobs"));
    Files.write(blobs.resolve(FakeHub.sha256(WEIGHTS) + ".crema-incomplete"), new byte[1000]);
    assertThat(models().pull(NAME).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    Files.delete(blobs.resolve(FakeHub.sha256(WEIGHTS)));
    Files.write(blobs.resolve(FakeHub.sha256(WEIGHTS) + ".crema-incomplete"), new byte[WEIGHTS.length + 1]);
    assertThat(models().pull(NAME).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void aHubWithoutPartsBeginsAnew() throws IOException {
    Path blobs = Files.createDirectories(repository().resolve("blobs"));
    Files.write(blobs.resolve(FakeHub.sha256(WEIGHTS) + ".crema-incomplete"), Arrays.copyOf(WEIGHTS, 1000));
    hub.handler = (exchange, path) -> {
      if (path.equals("/storage/model.safetensors")) {
        exchange.sendResponseHeaders(200, WEIGHTS.length);
        exchange.getResponseBody().write(WEIGHTS);
        return true;
      }
      return false;
    };
    assertThat(models().pull(NAME).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void aDownloadThatAlwaysBreaksOffEndsAndIsKept() throws IOException {
    hub.handler = (exchange, path) -> {
      if (path.startsWith("/storage/")) {
        boolean isFirst = exchange.getRequestHeaders().getFirst("Range") == null;
        if (isFirst) {
          exchange.sendResponseHeaders(200, WEIGHTS.length);
          exchange.getResponseBody().write(WEIGHTS, 0, 5000);
          exchange.getResponseBody().flush();
        }
        return true;
      }
      return false;
    };
    assertFails(() -> models().pull(NAME), "broke off", "not whole", "run it again");
    assertNothingHalfWritten();
    assertThat(repository().resolve("blobs").resolve(FakeHub.sha256(WEIGHTS) + ".crema-incomplete")).isNotEmptyFile();
  }

  @Test
  void aDownloadThatStandsStillEnds() throws IOException {
    hub.handler = (exchange, path) -> {
      if (path.startsWith("/storage/")) {
        exchange.sendResponseHeaders(200, WEIGHTS.length);
        exchange.getResponseBody().flush();
        try {
          Thread.sleep(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return true;
      }
      return false;
    };
    long began = System.nanoTime();
    assertFails(() -> models().pull(NAME), "broke off", "nothing came in");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    assertNothingHalfWritten();
  }

  @Test
  void aHubThatNeverAnswersEnds() throws IOException {
    hub.handler = (_, _) -> {
      try {
        Thread.sleep(Duration.ofSeconds(20));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return true;
    };
    HubOptions quick =
        hub.options(cache).withTimes(Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(1));
    assertFails(() -> new ModelHub(quick).pull(NAME), "does not answer");
  }

  @Test
  void wrongBytesNeverGetTheirName() throws IOException {
    hub.handler = (exchange, path) -> {
      if (path.startsWith("/storage/")) {
        FakeHub.send(exchange, 200, "application/octet-stream", new byte[WEIGHTS.length]);
        return true;
      }
      return false;
    };
    assertFails(() -> models().pull(NAME), "model.safetensors", "damaged", "checksum");
    assertNothingHalfWritten();
  }

  @Test
  void moreBytesThanAnnouncedAreNotWritten() throws IOException {
    hub.handler = (exchange, path) -> {
      if (path.startsWith("/storage/")) {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(new byte[2 * WEIGHTS.length]);
        }
        return true;
      }
      return false;
    };
    assertFails(() -> models().pull(NAME), "sends more", "300000");
    assertNothingHalfWritten();
  }

  @ParameterizedTest
  @CsvSource({"404, check the name", "401, HF_TOKEN", "403, accept its terms", "418, status 418"})
  void aRefusalSaysWhatToDo(int status, String hint) throws IOException {
    hub.handler = (exchange, _) -> {
      FakeHub.send(exchange, status, "text/plain", "no".getBytes(StandardCharsets.UTF_8));
      return true;
    };
    assertFails(() -> models().locate(ID), ID, Integer.toString(status), hint);
    assertThat(hub.requests).hasSize(1);
    assertNothingHalfWritten();
  }

  @Test
  void aTokenThatIsNotAcceptedIsBlamed() {
    hub.handler = (exchange, _) -> {
      FakeHub.send(exchange, 401, "text/plain", new byte[1]);
      return true;
    };
    assertFails(() -> new ModelHub(withToken()).pull(NAME), "token in HF_TOKEN", "401");
  }

  @Test
  void aRevisionThatThereIsNotIsNamed() {
    hub.handler = (exchange, _) -> {
      exchange.getResponseHeaders().set("X-Error-Code", "RevisionNotFound");
      FakeHub.send(exchange, 404, "text/plain", new byte[1]);
      return true;
    };
    assertFails(() -> models().locate(ID + "@refs/pr/7"), "revision 'refs/pr/7'");
    assertThat(hub.requests).containsExactly("GET /api/models/acme/tiny-bert/revision/refs/pr/7");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void aBusyHubIsAskedAgainAFewTimes(int status) throws IOException {
    var left = new AtomicInteger(2);
    hub.handler = (exchange, _) -> {
      if (left.getAndDecrement() <= 0) {
        return false;
      }
      exchange.getResponseHeaders().set("Retry-After", "0");
      FakeHub.send(exchange, status, "text/plain", new byte[1]);
      return true;
    };
    assertThat(models().locate(ID)).exists();
    left.set(Integer.MAX_VALUE);
    int before = hub.requests.size();
    assertFails(() -> models().pull(NAME), Integer.toString(status));
    assertThat(hub.requests).hasSize(before + 4);
  }

  @Test
  void aHubThatAsksToWaitForLongIsNotWaitedFor() {
    hub.handler = (exchange, _) -> {
      exchange.getResponseHeaders().set("Retry-After", "3600");
      FakeHub.send(exchange, 429, "text/plain", new byte[1]);
      return true;
    };
    assertFails(() -> models().pull(NAME), "429", "wait 3600 s");
    assertThat(hub.requests).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>log in</html>", "", "[]", "{}", "{\"sha\": \"../../x\", \"siblings\": []}",
      "{\"sha\": \"" + FakeHub.COMMIT + "\", \"siblings\": 3}"})
  void garbageInPlaceOfTheListIsNamed(String answer) throws IOException {
    hub.handler = (exchange, _) -> {
      FakeHub.send(exchange, 200, "text/html", answer.getBytes(StandardCharsets.UTF_8));
      return true;
    };
    assertFails(() -> models().pull(NAME), "something else than", "CREMA_HUB");
    assertNothingHalfWritten();
  }

  @Test
  void aPageInPlaceOfAFileIsNamed() throws IOException {
    hub.handler = (exchange, path) -> {
      if (path.endsWith("/config.json")) {
        FakeHub.send(exchange, 200, "text/html", "<html>log in</html>".getBytes(StandardCharsets.UTF_8));
        return true;
      }
      return false;
    };
    assertFails(() -> models().pull(NAME), "something else than", "text/html", "19 bytes");
    assertNothingHalfWritten();
  }

  @Test
  void pathsThatLeadOutsideAreIgnored() throws IOException {
    for (String evil : List.of("../../evil/config.json", "/etc/config.json", "1_Pooling/../../../../x/config.json",
        "C:\\x\\config.json", "1_Pooling\\..\\config.json", "./config.json/../../../y")) {
      hub.with(evil, "evil");
    }
    models().pull(NAME);
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile).filter(file -> !file.startsWith(cache))).isEmpty();
    }
    assertThat(hub.requests).noneMatch(request -> request.contains("evil") || request.contains(".."));
  }

  @Test
  void aModelWithoutWeightsIsRefused() throws IOException {
    try (var bare = new FakeHub(ID).with("config.json", "{}").with("tf_model.h5", "x")) {
      assertFails(() -> new ModelHub(bare.options(cache)).pull(NAME), "no weights");
    }
    try (var bare = new FakeHub(ID).with("config.json", "{}").with("model-00001-of-00002.safetensors", "x")) {
      assertFails(() -> new ModelHub(bare.options(cache)).pull(NAME), "00002 files model-*");
    }
  }

  @Test
  void aModelAboveTheLimitIsNotFetched() throws IOException {
    assertFails(() -> new ModelHub(hub.options(cache).withMaxBytes(1000)).pull(NAME), "--max-size", "1,000", "300,000");
    assertThat(hub.requests).hasSize(1);
    assertNothingHalfWritten();
  }

  @Test
  void aModelThatTheDiskCannotHoldIsNotBegun() throws IOException {
    FileStore disk = Files.getFileStore(folder);
    String size = Long.toString(disk.getTotalSpace() + 1);
    hub.handler = (exchange, path) -> {
      if (path.startsWith("/api/")) {
        FakeHub.send(exchange, 200, "application/json", hub.list().replace(Integer.toString(WEIGHTS.length), size)
            .getBytes(StandardCharsets.UTF_8));
        return true;
      }
      return false;
    };
    assertFails(() -> new ModelHub(hub.options(cache).withMaxBytes(Long.MAX_VALUE)).pull(NAME), "the disk", "left",
        "HF_HUB_CACHE");
    assertThat(hub.requests).hasSize(1);
  }

  @Test
  void aListWithoutSizesIsCompletedFileByFile() throws IOException {
    hub.describesFiles = false;
    assertThat(models().pull(NAME).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(hub.requests).contains("HEAD /acme/tiny-bert/resolve/" + FakeHub.COMMIT + "/model.safetensors");
  }

  private HubOptions withToken() {
    HubOptions without = hub.options(cache);
    return new HubOptions(without.base(), cache, "secret", false, without.maxBytes(), without.connectTimeout(),
        without.stallTimeout(), without.pause());
  }

  @Test
  void theTokenGoesToTheHubAlone() throws IOException {
    try (var storage = new FakeHub("none/none")) {
      storage.handler = (exchange, _) -> {
        FakeHub.send(exchange, 200, "application/octet-stream", WEIGHTS);
        return true;
      };
      hub.handler = (exchange, path) -> {
        if (path.endsWith("/model.safetensors")) {
          exchange.getResponseHeaders().set("Location", storage.address() + "/signed?x=1");
          exchange.sendResponseHeaders(302, -1);
          return true;
        }
        return false;
      };
      new ModelHub(withToken()).pull(NAME);
      assertThat(hub.tokens).isNotEmpty().allMatch("Bearer secret"::equals);
      assertThat(storage.tokens).containsExactly("");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://h/x", "/loop", "::::"})
  void redirectsElsewhereAreNotFollowed(String location) throws IOException {
    hub.handler = (exchange, path) -> {
      if (path.startsWith("/api/") || path.equals("/loop")) {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
        return true;
      }
      return false;
    };
    assertFails(() -> models().pull(NAME), "redirects");
    assertNothingHalfWritten();
  }

  @Test
  void withoutANetworkItEndsAtOnce() throws IOException {
    HubOptions options = hub.options(cache);
    hub.close();
    long began = System.nanoTime();
    assertFails(() -> new ModelHub(options).pull(NAME), "cannot be reached", cache.toString());
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void severalThreadsFetchOnce() throws Exception {
    try (var threads = Executors.newFixedThreadPool(4)) {
      var all =
          threads.invokeAll(IntStream.range(0, 4).<Callable<Path>>mapToObj(_ -> () -> models().pull(NAME)).toList());
      for (var one : all) {
        assertThat(one.get().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
      }
    }
    assertThat(hub.requests.stream().filter("GET /storage/model.safetensors"::equals)).hasSize(1);
  }

  @Test
  void theCacheIsListed() throws IOException {
    assertThat(models().models()).isEmpty();
    models().pull(NAME);
    Files.createDirectories(cache.resolve("models--..--x/snapshots"));
    Files.createDirectories(cache.resolve("datasets--a--b/snapshots"));
    assertThat(models().models()).singleElement().satisfies(model -> {
      assertThat(model.name()).isEqualTo(NAME);
      assertThat(model.commit()).isEqualTo(FakeHub.COMMIT);
      assertThat(model.architecture()).contains("bert");
      assertThat(model.bytes()).isGreaterThan(WEIGHTS.length);
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b/c", "../x", "a/..", "a--b/c", "-a/b", "a/b.", "a b/c", "a/b@", "a/b@../x",
      "a/b@x/../y", "a\\b"})
  void whatIsNoNameIsRefused(String text) {
    assertThatThrownBy(() -> ModelName.parse(text)).isInstanceOf(UserError.class);
  }

  @Test
  void aNameMayHaveARevision() {
    assertThat(ModelName.parse("bert-base-uncased@refs/pr/1"))
        .isEqualTo(new ModelName("bert-base-uncased", "refs/pr/1"));
    assertThat(ModelName.parse("a/b").revision()).isEqualTo("main");
    assertThat(ModelName.parse("a/b@v1.0")).hasToString("a/b@v1.0");
  }

  /** Whatever a list says, it is a model or a mistake in one line, and nothing is written outside the cache. */
  @Test
  void mutatedListsDoNoHarm() throws IOException {
    byte[] list = hub.list().getBytes(StandardCharsets.UTF_8);
    var random = new Random(7);
    hub.handler = (exchange, path) -> {
      if (path.startsWith("/api/")) {
        byte[] mutated = list.clone();
        for (int i = 0; i <= random.nextInt(4); i++) {
          mutated[random.nextInt(mutated.length)] = (byte) " ./\\\"0129{}[],:a-".charAt(random.nextInt(17));
        }
        FakeHub.send(exchange, 200, "application/json", mutated);
        return true;
      }
      return false;
    };
    for (int round = 0; round < 150; round++) {
      try {
        models().pull(NAME);
      } catch (UserError e) {
        assertThat(e.getMessage().lines()).hasSize(1);
      }
    }
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile).filter(file -> !file.startsWith(cache))).isEmpty();
    }
  }
}
