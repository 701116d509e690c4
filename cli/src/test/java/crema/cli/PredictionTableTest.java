package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.data.Columns;
import crema.data.DataFile;
import crema.data.FileFormat;
import crema.data.FileRows;
import crema.data.ProblemListener;
import crema.data.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionTableTest {
  @TempDir
  private static Path folder;

  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    var rows = new StringBuilder("id,title,label\n");
    for (int i = 0; i < 60; i++) {
      rows.append(i).append(i % 2 == 0 ? ",green apple " : ",steel saw ").append(i).append(i % 2 == 0 ? ",fruit\n"
          : ",tools\n");
    }
    Path file = Files.writeString(folder.resolve("rows.csv"), rows);
    model = folder.resolve("model");
    CommandRun run = CommandRun.of("train", "--model", "linear", "--train", file.toString(), "--text", "title",
        "--label", "label", "--output", model.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static List<List<String>> table(Path file, String... columns) {
    var rows = new ArrayList<Row>();
    FileRows.of(file, Columns.text(columns).withKept(List.of(columns[0]))).forEach(ProblemListener.STRICT, rows::add);
    return rows.stream().map(Row::fields).toList();
  }

  @Test
  void predictionsAreATableThatIsReadBack() throws IOException {
    Path texts = Files.writeString(folder.resolve("new.csv"),
        "id,title,text\n7,\"green apple, \"\"big\"\"\",x\n8,,y\n9,steel saw,z\n");
    Path out = folder.resolve("answers.parquet");
    CommandRun run = CommandRun.of("predict", model.toString(), "--file", texts.toString(), "--keep-all", "--top", "2",
        "--format", "parquet", "--output", out.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    DataFile file = DataFile.of(out);
    assertThat(FileFormat.detect(file).columns(file)).containsExactly("id", "title", "row.text", "text", "label",
        "probability", "labels", "probabilities", "error");
    List<List<String>> rows = table(out, "id", "title", "row.text", "text", "label", "labels");
    assertThat(rows.getFirst()).containsExactly("7", "green apple, \"big\"", "x", "green apple, \"big\"", "fruit",
        "[\"fruit\",\"tools\"]");
    assertThat(rows.get(1)).containsExactly("8", "", "y", "", "", "[]");
    assertThat(rows.get(2)).contains("tools");
    List<String> lines =
        CommandRun.of("predict", model.toString(), "--file", texts.toString(), "--top", "1", "--format",
            "tsv").out().lines().toList();
    assertThat(table(out, "text", "probability").getFirst().get(1)).isEqualTo(lines.getFirst().split("\t")[2]);
  }

  @Test
  void groupsOfRowsFollowOneAnother() throws IOException {
    Path out = folder.resolve("many.parquet");
    var texts = new StringBuilder();
    for (int i = 0; i < 70_000; i++) {
      texts.append(i % 3 == 0 ? "saw " : "apple ").append(i).append('\n');
    }
    Path file = Files.writeString(folder.resolve("many.txt"), texts);
    CommandRun run = CommandRun.of("predict", model.toString(), "--file", file.toString(), "--format", "parquet",
        "--output", out.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(String.join("\n", table(out, "text").stream().map(List::getFirst).toList()) + "\n")
        .isEqualTo(texts.toString());
  }

  @Test
  void withoutAFileATableIsRefusedAndALineFormatIsWrittenToOne() throws IOException {
    CommandRun refused = CommandRun.of("predict", model.toString(), "apple", "--format", "parquet");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.lastError()).isEqualTo(
        "crema: --format parquet makes a table in a file: name it with --output FILE");
    Path out = folder.resolve("answers.jsonl");
    assertThat(CommandRun.of("predict", model.toString(), "apple", "--format", "jsonl", "--output", out.toString())
        .code()).isZero();
    assertThat(Files.readString(out)).startsWith("{\"text\":\"apple\",\"labels\":[{").endsWith("}\n");
  }

  @Test
  void nothingIsLeftOfATableWhoseTextsCannotBeRead() {
    Path out = folder.resolve("none.parquet");
    CommandRun run =
        CommandRun.of("predict", model.toString(), "--file", folder.resolve("no.csv").toString(), "--format",
            "parquet", "--output", out.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(out).doesNotExist();
    assertThat(folder).isDirectoryNotContaining("glob:**crema-tmp");
  }
}
