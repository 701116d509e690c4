package crema.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file more than twice as large as the heap goes all the way from text to batches, in a JVM of its own. */
class BigFileTest {
  private static final int ROWS = 150_000;
  /** Which are passed over, and leave nothing behind. */
  private static final int BLANK_LINES = 1_000_000;
  private static final String PADDING = "a title of ordinary length which is about this many letters ".repeat(4);

  @TempDir
  private Path folder;

  @Test
  void filesLargerThanTheHeapAreSplitCachedAndBatched() throws Exception {
    var file = folder.resolve("big.csv");
    write(file);
    assertThat(Files.size(file)).isGreaterThan(35_000_000);
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var output = folder.resolve("output.txt");
    var process = new ProcessBuilder(List.of(java, "-Xmx16m", "-XX:+UseSerialGC", "-cp",
        System.getProperty("java.class.path"), BigFileTest.class.getName(), file.toString()))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(output)).endsWith("every training row is in a batch\n");
  }

  /** What the other JVM runs. */
  public static void main(String[] arguments) {
    var file = Path.of(arguments[0]);
    var rows = FileRows.of(file, Columns.text("title").withLabel("category"));
    var labels = LabelCounts.count(rows, LabelFormat.SINGLE, ProblemListener.STRICT);
    var split = Split.of(rows, SplitPlan.trainValidationTest(0.1, 0.1, 1), ProblemListener.STRICT);
    var recipe = new TokenRecipe(split.train(), labels, text -> text.chars().toArray(), "letters", 200);
    int examples = 0;
    try (var data = TokenDataset.cached(file.resolveSibling("big.tokens"), recipe, ProblemListener.STRICT)) {
      var batches = new Batches(data, Sampler.shuffled(data.size(), 1), 8192, 1024).epoch(0);
      while (batches.hasNext()) {
        examples += batches.next().sequences();
      }
    }
    System.out.println(examples == split.size(0) ? "every training row is in a batch" : examples + " in batches");
  }

  private static void write(Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("title,category\n");
      out.write("\n".repeat(BLANK_LINES));
      for (int i = 0; i < ROWS; i++) {
        out.append(Integer.toString(i)).append(' ').append(PADDING).append(",c").append(Integer.toString(i % 10))
            .append('\n');
      }
    }
  }
}
