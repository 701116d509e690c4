package crema.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepLogTest {

  @TempDir
  Path folder;

  @Test
  void recordsComeBackAsWritten() throws IOException {
    var file = folder.resolve("steps.jsonl");
    var records = new ArrayList<LogRecord>();
    for (int step = 1; step <= 250; step++) {
      records.add(new StepRecord(step, step / 300.0, 2.2 * Math.exp(-step / 180.0), 3e-4 * Math.min(step / 120.0, 1),
          1 + Math.sin(step), 9000 + 400 * Math.cos(step), step * 0.13));
      if (step % 100 == 0) {
        records.add(new ValidationRecord(step, step / 300.0, 0.2 + 1.9 * Math.exp(-step / 200.0),
            Map.of("accuracy", 0.95, "macro_f1", 1 - Math.exp(-step / 250.0)), 1.5));
      }
    }
    write(file, records);
    assertThat(StepLog.read(file)).isEqualTo(records);
  }

  @Test
  void trialsComeBackAsWrittenAndStandBeforeAllSteps() throws IOException {
    Path file = folder.resolve("trials.jsonl");
    List<LogRecord> records = List.of(new TrialRecord("C", 0.5, Map.of("macro_f1", 0.8), false),
        new TrialRecord("C", 2, Map.of("macro_f1", 0.9), true));
    write(file, records);
    StepLog.resume(file, 0).close();
    assertThat(StepLog.read(file)).isEqualTo(records);
  }

  @Test
  void eachLineIsInTheFileBeforeTheNextIsWritten() throws IOException {
    var file = folder.resolve("steps.jsonl");
    try (var log = StepLog.create(file)) {
      for (int step = 1; step <= 3; step++) {
        log.write(step(step));
        assertThat(StepLog.read(file)).hasSize(step);
      }
    }
  }

  @Test
  void numbersThatAreNotFiniteAreReadAsNaN() throws IOException {
    var file = folder.resolve("steps.jsonl");
    write(file, List.of(new StepRecord(1, 0.1, Double.POSITIVE_INFINITY, 1e-3, Double.NaN, 5, 1),
        new ValidationRecord(1, 0.1, Double.NaN, Map.of("macro_f1", Double.NaN), 1)));
    assertThat(Files.readString(file)).contains("\"loss\":null").doesNotContain("NaN");
    assertThat(StepLog.read(file)).containsExactly(new StepRecord(1, 0.1, Double.NaN, 1e-3, Double.NaN, 5, 1),
        new ValidationRecord(1, 0.1, Double.NaN, Map.of("macro_f1", Double.NaN), 1));
  }

  @Test
  void fileCutAtAnyByteGivesTheFinishedLinesAndCanBeResumed() throws IOException {
    var whole = folder.resolve("whole.jsonl");
    write(whole, List.of(step(1), step(2), step(3)));
    var bytes = Files.readAllBytes(whole);
    var cut = folder.resolve("cut.jsonl");
    for (int length = 0; length <= bytes.length; length++) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      int finished = (int) Files.readString(cut).chars().filter(c -> c == '\n').count();
      assertThat(StepLog.read(cut)).isEqualTo(List.<LogRecord>of(step(1), step(2), step(3)).subList(0, finished));
      try (var log = StepLog.resume(cut, 3)) {
        log.write(step(4));
      }
      assertThat(StepLog.read(cut)).hasSize(finished + 1).endsWith(step(4));
    }
  }

  @Test
  void resumeDropsStepsAfterTheCheckpoint() throws IOException {
    var file = folder.resolve("steps.jsonl");
    var validation = new ValidationRecord(2, 0.2, 1, Map.of(), 1);
    write(file, List.of(step(1), step(2), validation, step(3), step(4)));
    try (var log = StepLog.resume(file, 2)) {
      log.write(step(3));
    }
    assertThat(StepLog.read(file)).containsExactly(step(1), step(2), validation, step(3));
  }

  @Test
  void resumeWithoutALogStartsOne() throws IOException {
    var file = folder.resolve("steps.jsonl");
    StepLog.resume(file, 10).close();
    assertThat(StepLog.read(file)).isEmpty();
  }

  @Test
  void linesOfLaterVersionsArePassedOver() throws IOException {
    var file = folder.resolve("steps.jsonl");
    write(file, List.of(step(1)));
    Files.writeString(file, "{\"type\":\"memory\",\"bytes\":17}\n", StandardOpenOption.APPEND);
    assertThat(StepLog.read(file)).containsExactly(step(1));
  }

  @Test
  void brokenLineInTheMiddleIsNamed() throws IOException {
    var file = folder.resolve("steps.jsonl");
    Files.writeString(file, "{\"type\":\"step\",\"step\":1}\n{\"type\":\n{}\n");
    assertThatThrownBy(() -> StepLog.read(file)).isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ", line 2: not a line of a step log: ");
  }

  @Test
  void endlessLineIsRefused() throws IOException {
    var file = folder.resolve("steps.jsonl");
    Files.writeString(file, "[".repeat(2_000_000));
    assertThatThrownBy(() -> StepLog.read(file)).hasMessageContaining("line 1").hasMessageContaining("longer than");
  }

  private static StepRecord step(long step) {
    return new StepRecord(step, step / 10.0, 1.0 / step, 1e-3, 1, 1000, step);
  }

  private static void write(Path file, List<LogRecord> records) throws IOException {
    try (var log = StepLog.create(file)) {
      for (var record : records) {
        log.write(record);
      }
    }
  }
}
