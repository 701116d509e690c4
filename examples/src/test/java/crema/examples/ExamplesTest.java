package crema.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.nn.loss.LossCatalog;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples do what they say. */
class ExamplesTest {
  private static final List<String> TITLES = List.of("bosch washing machine 9kg", "canon digital camera kit");
  private static final List<String> LABELS = List.of("Washing machines", "Cameras");

  @TempDir
  private static Path folder;

  @BeforeAll
  static void train() throws Exception {
    Files.writeString(folder.resolve("offers.csv"), "title,category\n" + IntStream.range(0, 60)
        .mapToObj(i -> TITLES.get(i % 2) + " model " + i + "," + LABELS.get(i % 2)).collect(Collectors.joining("\n")));
    crema("train", "--model", "linear", "--train", "offers.csv", "--text", "title", "--label", "category", "--output",
        "models/offers");
  }

  /** Runs a command in the folder, with everything that this test has on the class path. */
  private static void crema(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), "crema.cli.Crema"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).describedAs(output).isZero();
  }

  @Test
  void theModuleLearnsXor() {
    float[] logits = TrainXor.train(Device.CPU, 300);
    assertThat(IntStream.range(0, 4).mapToObj(row -> logits[2 * row + 1] > logits[2 * row]))
        .containsExactly(false, true, true, false);
  }

  @Test
  void theRunFinishesAllSteps() throws IOException {
    assertThat(TrainXorRun.train(folder.resolve("run")).steps()).isEqualTo(300);
  }

  @Test
  void theSameModuleTrainsOnTheOwnBackend() {
    float[] cpu = TrainXor.train(Device.CPU, 5);
    float[] own = TrainXor.train(new Device("own", 0), 5);
    for (int i = 0; i < cpu.length; i++) {
      assertThat(own[i]).isCloseTo(cpu[i], within(1e-4f));
    }
  }

  @Test
  void theOwnKernelComputesAndItsMemoryIsFreed() {
    try (var backend = Backend.open(new Device("own", 0))) {
      try (var scope = new Scope(backend)) {
        var x = scope.floats(new float[] {1, -2, 3}, 3);
        backend.ops().pointwise().scale(0.5, x, x);
        assertThat(x.toFloats()).containsExactly(0.5f, -1, 1.5f);
        assertThat(backend.liveBytes()).isPositive();
      }
      assertThat(backend.liveBytes()).isZero();
    }
  }

  @Test
  void theOwnLossIsInTheCatalogAndTrains() throws Exception {
    assertThat(LossCatalog.find("squared-hinge")).isPresent();
    crema("train", "--train", "offers.csv", "--text", "title", "--label", "category", "--target", "multi", "--loss",
        "squared-hinge", "--hidden-size", "16", "--layers", "1", "--heads", "2", "--ffn-size", "32",
        "--vocabulary-size", "300", "--epochs", "1", "--output", "models/own");
    assertThat(folder.resolve("models/own/config.json")).exists();
  }

  @Test
  void theWebServiceAnswersManyAtOnce() throws Exception {
    try (var service = new WebService(folder.resolve("models/offers"), 0); var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/classify"))
          .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", TITLES))).build();
      var answers = IntStream.range(0, 50)
          .mapToObj(_ -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString())).toList();
      for (var answer : answers) {
        assertThat(answer.get().body().lines()).satisfiesExactly(
            line -> assertThat(line).contains(LABELS.get(0)), line -> assertThat(line).contains(LABELS.get(1)));
      }
      var get = HttpRequest.newBuilder(request.uri()).build();
      assertThat(client.send(get, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    }
  }

  @Test
  void aFileIsScoredInOrder() throws IOException {
    Path texts = folder.resolve("texts.txt");
    Files.write(texts, IntStream.range(0, 600).mapToObj(i -> TITLES.get(i % 2)).toList());
    BatchScoring.main(new String[] {folder.resolve("models/offers").toString(), texts.toString(),
        folder.resolve("scores.tsv").toString()});
    List<String> scores = Files.readAllLines(folder.resolve("scores.tsv"));
    assertThat(scores).hasSize(600);
    assertThat(IntStream.range(0, 600)).allMatch(i -> scores.get(i).startsWith(LABELS.get(i % 2) + "\t0.")
        && scores.get(i).endsWith("\t" + TITLES.get(i % 2)));
  }
}
