package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What embed and similar print for rows that are damaged, empty or to be joined with others. */
class EncoderCommandsTest {
  @TempDir
  private static Path folder;
  private static Path encoder;
  private static Path rows;

  @BeforeAll
  static void write() throws IOException {
    encoder = TinyBert.bert(folder);
    rows = Files.writeString(folder.resolve("rows.csv"), "id,title,text\n7,washing machine,a\n8,too,many,fields\n"
        + "9,,b\n10,d\u00E9j\u00E0 vu,c\n11,\"two\nlines\",d\n", StandardCharsets.ISO_8859_1);
  }

  private static CommandRun run(String command, String... more) {
    var arguments = new ArrayList<>(List.of(command, "--encoder", encoder.toString()));
    arguments.addAll(List.of(more));
    arguments.add("--no-vector-cache");
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void aVectorStandsForEveryRowAndValuesStayWithIt() throws IOException {
    CommandRun json = run("embed", "--file", rows.toString(), "--text", "title", "--keep", "id,text");
    assertThat(json.code()).isEqualTo(Crema.UNANSWERED);
    List<String> lines = json.out().lines().toList();
    assertThat(lines).hasSize(5);
    assertThat(lines.getFirst())
        .startsWith("{\"id\":\"7\",\"row.text\":\"a\",\"text\":\"washing machine\",\"vector\":[");
    assertThat(lines.get(1)).startsWith("{\"id\":null,\"row.text\":null,\"text\":\"\",\"vector\":[],\"error\":")
        .contains("line 3: wrong number of fields");
    assertThat(lines.get(2)).startsWith("{\"id\":\"9\",").doesNotContain("error").matches(".*\"vector\":\\[-?\\d.*");
    assertThat(lines.get(3)).contains("\"error\":").contains("line 5: invalid UTF-8");
    assertThat(lines.get(4)).startsWith("{\"id\":\"11\",\"row.text\":\"d\",\"text\":\"two\\nlines\",\"vector\":[");
    assertThat(json.err()).contains("2 rows could not be read, and have no answer");

    CommandRun tsv = run("embed", "--file", rows.toString(), "--text", "title", "--keep", "id", "--format", "tsv");
    assertThat(tsv.out().lines().map(line -> line.split("\t", -1).length)).containsOnly(33).hasSize(5);
    assertThat(tsv.out().lines().toList().get(1)).matches("(\t0\\.0){32}");

    Path npy = folder.resolve("rows.npy");
    assertThat(run("embed", "--file", rows.toString(), "--text", "title", "--format", "npy", "--output",
        npy.toString()).code()).isEqualTo(Crema.UNANSWERED);
    assertThat(new String(Files.readAllBytes(npy), StandardCharsets.ISO_8859_1)).contains("'shape': (5, 32)");
    assertThat(run("embed", "--file", rows.toString(), "--text", "title", "--format", "npy", "--output",
        npy.toString(), "--keep", "id").lastError()).contains("npy has numbers alone");

    for (String vectors : List.of("", npy.toString())) {
      var arguments = new ArrayList<>(List.of("--among", rows.toString(), "--text", "title", "--keep", "id", "--format",
          "tsv", "two lines", "--top", "9"));
      if (!vectors.isEmpty()) {
        arguments.addAll(List.of("--vectors", vectors));
      }
      CommandRun found = run("similar", arguments.toArray(String[]::new));
      // Neither the rows that cannot be read nor the one without a title are found; rows are numbered with them.
      assertThat(found.out().lines().map(line -> line.replaceFirst("[01]\\.\\d{4}", "x"))).as(found.err())
          .containsExactly("two lines\t4\tx\t11\ttwo\\nlines", "two lines\t0\tx\t7\twashing machine");
    }
  }

  @Test
  void everyTextThatIsLookedForHasItsPlace() throws IOException {
    Path among = Files.write(folder.resolve("among.txt"), List.of("fridge", "", "camera lens"));
    CommandRun json = run("similar", "--among", among.toString(), "--file", rows.toString(), "--text", "title", "--top",
        "1", "--format", "jsonl");
    assertThat(json.lastError()).contains("among.txt does not say");
    Path table = Files.writeString(folder.resolve("among.csv"), "title,id\nfridge,1\n,2\ncamera lens,3\n");
    json = run("similar", "--among", table.toString(), "--file", rows.toString(), "--text", "title", "--keep", "id",
        "--top", "1", "--format", "jsonl");
    assertThat(json.code()).isEqualTo(Crema.UNANSWERED);
    List<String> lines = json.out().lines().toList();
    assertThat(lines).hasSize(5);
    assertThat(lines.getFirst()).startsWith("{\"id\":\"7\",\"text\":\"washing machine\",\"similar\":[{\"id\":");
    assertThat(lines.get(1)).startsWith("{\"id\":null,\"text\":\"\",\"similar\":[],\"error\":");
    assertThat(lines.get(2)).isEqualTo("{\"id\":\"9\",\"text\":\"\",\"similar\":[]}");
    assertThat(json.err()).contains("2 rows could not be read").contains("1 text is empty, and has no answer");
    Path blank = Files.writeString(folder.resolve("blank.csv"), "title,id\n,1\n ,2\n");
    assertThat(run("similar", "--among", blank.toString(), "--text", "title", "lens").out())
        .matches("\\(nothing to find\\)\\R\\R");
    CommandRun text = run("similar", "--among", table.toString(), "--text", "title", "--file",
        Files.write(folder.resolve("wanted.txt"), List.of("lens", "")).toString(), "--top", "2");
    assertThat(text.out().replaceAll("-?[01]\\.\\d{4}", "x")).as(text.err())
        .matches("x  (fridge|camera lens)\\Rx  (fridge|camera lens)\\R\\R\\(empty text\\)\\R\\R");
  }
}
