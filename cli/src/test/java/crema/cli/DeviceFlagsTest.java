package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --device} and {@code --precision} on a machine without a driver, whatever the machine of the test has. */
class DeviceFlagsTest {
  private static final String LIBRARY = "crema.cuda.library";
  private static final String NO_DRIVER =
      "crema: no NVIDIA driver on this machine (libnothing-there.so.1 not found); use --device cpu";

  @TempDir
  private Path folder;

  private Path model;

  @BeforeEach
  void hideTheDriver() {
    System.setProperty(LIBRARY, "libnothing-there.so.1");
    model = folder.resolve("model");
  }

  @AfterEach
  void showTheDriver() {
    System.clearProperty(LIBRARY);
  }

  private CommandRun train(String... more) throws IOException {
    Path rows = folder.resolve("rows.csv");
    var lines = new ArrayList<String>(List.of("title,label"));
    for (int i = 0; i < 60; i++) {
      lines.add("word" + i % 7 + " thing" + i % 3 + ",label " + i % 3);
    }
    Files.write(rows, lines);
    var arguments = new ArrayList<>(List.of("train", "--train", rows.toString(), "--text", "title", "--label", "label",
        "--output", model.toString(), "--quiet"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private CommandRun trainLinear(String... more) throws IOException {
    var arguments = new ArrayList<>(List.of("--model", "linear"));
    arguments.addAll(List.of(more));
    return train(arguments.toArray(String[]::new));
  }

  @Test
  void aGpuThatIsAskedForWithoutADriverIsRefusedInOneLine() throws IOException {
    CommandRun run = train("--device", "cuda");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines()).containsExactly(NO_DRIVER);
    assertThat(model).doesNotExist();
  }

  @Test
  void withoutOneTheCpuIsTakenSilentlyAndKeptInTheConfig() throws IOException {
    CommandRun run = trainLinear();
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).doesNotContain("cuda", "cpu");
    assertThat(Files.readAllLines(model.resolve("train.yaml"))).contains("device: cpu");
    CommandRun again = CommandRun.of("train", "--config", model.resolve("train.yaml").toString(), "--output",
        folder.resolve("again").toString(), "--quiet");
    assertThat(again.code()).as(again.err()).isZero();
  }

  @Test
  void severalDevicesAreRefused() throws IOException {
    CommandRun run = train("--device", "cuda:0,cuda:1");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines()).containsExactly("crema: --device: 'cuda:0,cuda:1' is several devices, and one is "
        + "used; write cuda or cuda:1");
  }

  @Test
  void familiesOfTheCpuRefuseAGpuAndBf16() throws IOException {
    assertThat(trainLinear("--device", "cuda").err().lines()).containsExactly(
        "crema: models of the family linear compute on the device cpu only, not on 'cuda'");
    assertThat(trainLinear("--precision", "bf16").err().lines()).containsExactly(
        "crema: models of the family linear compute in fp32 only, not in bf16");
    assertThat(train("--precision", "bf16").err().lines()).containsExactly(
        "crema: the CPU computes in fp32; --precision bf16 is for a GPU");
    assertThat(model).doesNotExist();
  }

  @Test
  void infoListsDevicesAndWhatIsMissing() {
    CommandRun run = CommandRun.of("info", "--devices");
    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).containsExactly(
        "cpu  " + Runtime.getRuntime().availableProcessors() + " processors, fp32",
        "no GPU: " + NO_DRIVER.substring("crema: ".length()));
    assertThat(CommandRun.of("info").err().lines()).containsExactly("crema: name a model, or ask for --devices");
  }
}
