package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cuda.EmulatedBackendProvider;
import crema.ptx.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code crema train --device emulated}: the kernels that ship, by the PTX that ships, from the command line. */
class EmulatedTrainingTest {
  @TempDir
  private Path folder;

  private Path rows;

  @BeforeEach
  void writeRows() throws IOException {
    rows = folder.resolve("rows.csv");
    var lines = new ArrayList<String>(List.of("title,label"));
    List<String> things = List.of("teapot", "camera", "bicycle", "novel");
    List<String> words = List.of("red", "small", "steel", "used", "new", "large", "blue", "cheap", "rare");
    for (int i = 0; i < 600; i++) {
      lines.add(words.get(i % 9) + " " + words.get(i * 7 % 9) + " " + things.get(i % 4) + " " + i % 97 + ",label "
          + i % 4);
    }
    Files.write(rows, lines);
  }

  @AfterEach
  void resetSchedule() {
    EmulatedBackendProvider.schedule(Schedule.IN_ORDER);
  }

  private Path train(String name, long schedule, String device, String... more) {
    EmulatedBackendProvider.schedule(new Schedule(schedule));
    Path model = folder.resolve(name);
    var arguments = new ArrayList<>(List.of("train", "--train", rows.toString(), "--text", "title", "--label", "label",
        "--output", model.toString(), "--vocabulary-size", "1000", "--hidden-size", "64", "--heads", "2", "--kv-heads",
        "1", "--layers", "2", "--ffn-size", "128", "--batch-tokens", "64", "--max-steps", "50", "--learning-rate",
        "3e-3",
        "--warmup", "5", "--validation-fraction", "0.1", "--test-fraction", "0.1", "--device", device));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return model;
  }

  private static byte[] weights(Path model) throws IOException {
    return Files.readAllBytes(model.resolve("model.safetensors"));
  }

  /** On the tensor cores of Ampere and of Hopper, and without. */
  @ParameterizedTest
  @CsvSource({"emulated, fp32", "emulated:75, fp32", "emulated, bf16", "emulated:90, bf16"})
  void anyOrderOfWarpsAndBlocksTrainsTheSameBits(String device, String precision) throws IOException {
    byte[] first = weights(train("first", 0, device, "--precision", precision));
    byte[] second = weights(train("second", 5, device, "--precision", precision));
    assertThat(second).isEqualTo(first);
  }
}
