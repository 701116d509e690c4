package crema.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.metrics.Metric;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.Outcomes;
import crema.metrics.SingleLabelOutcomes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunComparisonTest {
  private static ComparedRun run(String name, long seed, double macroF1, @Nullable Outcomes outcomes) {
    var scores = new LinkedHashMap<String, Double>(Map.of("Macro F1", macroF1));
    return new ComparedRun(name, seed, Duration.ofSeconds(90), scores, outcomes);
  }

  /** 200 rows of two labels of which the first {@code wrong} are wrong. */
  private static Outcomes outcomes(int wrong) {
    var truth = new int[200];
    Arrays.setAll(truth, row -> row % 2);
    var predicted = new int[200];
    Arrays.setAll(predicted, row -> row < wrong ? 1 - truth[row] : truth[row]);
    return SingleLabelOutcomes.of(truth, predicted, 2);
  }

  @Test
  void seedsOfANameAreAveragedAndTheBestIsMarked() {
    var table = RunComparison.of("T", List.of(run("a", 1, 0.5, null), run("a", 2, 0.7, null), run("b", 1, 0.55, null),
        run("b", 2, 0.6, null)), null, Metric.MACRO_F1);
    assertThat(table.markdown())
        .contains("| a | **0.600 ± 0.141** | 1 min 30 s | 2 | – | – |")
        .contains("| b | 0.575 ± 0.035 | 1 min 30 s | 2 | 1 of 2 | – |");
    assertThat(table.terminal(TerminalStyle.PLAIN)).contains("*0.600 ± 0.141");
    assertThat(table.html()).contains("<strong>0.600 ± 0.141</strong>");
  }

  @Test
  void runsWithoutAResultAreToldWithTheirReason() {
    var table = RunComparison.of("T", List.of(run("a", 1, 0.5, null)), null, Metric.MACRO_F1)
        .withFailures(List.of(new RunComparison.Failure("b|c", 2, "<b>: the loss is NaN")));
    assertThat(table.markdown()).contains("- b\\|c, seed 2: \\<b\\>: the loss is NaN");
    assertThat(table.terminal(TerminalStyle.PLAIN)).contains("Without a result: b|c, seed 2: <b>: the loss is NaN");
    assertThat(table.html()).contains("<h2>Without a result</h2>", "&lt;b&gt;: the loss is NaN");
  }

  @Test
  void rowsAreTestedAgainstTheBaseline() {
    var table = RunComparison.of("T", List.of(run("plain", 1, 0.5, outcomes(60)), run("same", 1, 0.5, outcomes(60)),
        run("better", 1, 0.9, outcomes(10))), "plain", Metric.MACRO_F1);
    assertThat(table.markdown())
        .containsPattern("\\| plain .* \\| – \\| – \\|")
        .containsPattern("\\| same .* 0 of 1 \\| 1.00 \\|")
        .containsPattern("\\| better .* 1 of 1 \\| < 0.01 \\|");
  }

  @Test
  void namesCannotBreakOutOfTheTable() {
    var table = RunComparison.of("<T>", List.of(run("a|b<script>", 1, 0.5, null)), null, Metric.MACRO_F1);
    assertThat(table.html()).contains("a|b&lt;script&gt;").doesNotContain("b<script>");
    assertThat(table.markdown()).contains("a\\|b\\<script\\>");
  }

  @Test
  void nothingToCompareIsRefused() {
    assertThatThrownBy(() -> RunComparison.of("T", List.of(), null, Metric.MACRO_F1)).hasMessageContaining("no runs");
    assertThatThrownBy(() -> RunComparison.of("T", List.of(run("a", 1, 1, null)), "b", Metric.MACRO_F1))
        .hasMessageContaining("'b'");
  }

  @Property(tries = 100)
  void outcomesComeBackFromTheirFile(
      @ForAll @Size(max = 20) List<@UniqueElements @Size(max = 5) List<@IntRange(max = 6) Integer>> truth,
      @ForAll @UniqueElements @Size(max = 5) List<@IntRange(max = 6) Integer> answer) throws IOException {
    var truths = new ArrayList<int[]>();
    truth.forEach(row -> truths.add(row.stream().mapToInt(Integer::intValue).toArray()));
    var answers = new int[truth.size()][];
    Arrays.setAll(answers, row -> answer.stream().mapToInt(Integer::intValue).toArray());
    var outcomes = MultiLabelOutcomes.of(truths.toArray(int[][]::new), answers, 7);
    Path file = Files.createTempFile("outcomes", ".jsonl");
    TestOutcomes.write(outcomes, List.of("a", "b", "\"c\"", "d\n", "e", "ф", "g"), file);
    Outcomes read = TestOutcomes.read(file);
    Files.delete(file);
    assertThat(read).isInstanceOf(MultiLabelOutcomes.class);
    assertThat(read.labelCount()).isEqualTo(7);
    assertThat(read.documents()).isEqualTo(truth.size());
    for (int row = 0; row < truth.size(); row++) {
      assertThat(read.truth(row)).isEqualTo(outcomes.truth(row));
      assertThat(read.predicted(row)).isEqualTo(outcomes.predicted(row));
    }
  }

  @Test
  void damagedOutcomesNameTheLine(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("test.jsonl");
    TestOutcomes.write(outcomes(3), List.of("a", "b"), file);
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 5));
    assertThatThrownBy(() -> TestOutcomes.read(file)).isInstanceOf(IOException.class).hasMessageContaining("line 201");
    Files.writeString(file, text.replaceFirst("\\[1]", "[7]"));
    assertThatThrownBy(() -> TestOutcomes.read(file)).isInstanceOf(IOException.class)
        .hasMessageContaining("test.jsonl is damaged");
  }
}
