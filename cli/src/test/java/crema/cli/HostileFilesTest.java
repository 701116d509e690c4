package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives and records that are damaged or mean harm: a command reads what is sound of them, or ends in one line. */
class HostileFilesTest {
  @TempDir
  private Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  private Path zip(Map<String, byte[]> files) throws IOException {
    Path file = folder.resolve("rows.zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var entry : new TreeMap<>(files).entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file;
  }

  private List<CommandRun> readers(Path file) {
    String out = folder.resolve("out").toString();
    return List.of(
        CommandRun.of("train", "--model", "linear", "--train", file.toString(), "--text", "title", "--label", "label",
            "--output", out, "--quiet"),
        CommandRun.of("data", "lspc", "--zip", file.toString(), "--output", out, "--quiet"),
        CommandRun.of("data", "discover", file.toString(), "--output", out, "--quiet"));
  }

  private void assertRefused(CommandRun run, String why) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().strip().lines()).singleElement().asString().startsWith("crema: ").contains(why);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void anArchiveWithAFileOutsideOfItsFolderIsRefusedByAll() throws IOException {
    Path file = zip(Map.of("../evil.csv", bytes("title,label\na,b\n"), "a.json.gz", gzip(bytes("{}"))));
    for (CommandRun run : readers(file)) {
      assertRefused(run, "leads out of the archive");
    }
  }

  @Test
  void aBombIsRefusedByAll() throws IOException {
    byte[] rows = bytes("title,label\n" + "a,b\n".repeat(25 << 20));
    assertRefused(CommandRun.of("train", "--model", "linear", "--train", zip(Map.of("a.csv", rows)).toString(),
        "--text", "title", "--label", "label", "--output", folder.resolve("out").toString(), "--quiet"), "bomb");
    Path offers = zip(Map.of("a.json.gz", gzip(new byte[100 << 20]), "map.tsv", bytes("5\tBooks\n")));
    assertThat(Files.size(offers)).isLessThan(10_000);
    assertRefused(CommandRun.of("data", "lspc", "--zip", offers.toString(), "--output",
        folder.resolve("out").toString(), "--quiet"), "bomb");
  }

  @Test
  void anArchiveThatIsCutOffIsRefusedByAll() throws IOException {
    Path whole = zip(Map.of("a.csv", bytes("title,label\n" + "apple,b\n".repeat(1000))));
    byte[] archive = Files.readAllBytes(whole);
    Files.write(whole, Arrays.copyOf(archive, archive.length * 2 / 3));
    for (CommandRun run : readers(whole)) {
      assertRefused(run, "truncated or damaged");
    }
  }

  @Test
  void aTableOfOtherClassesIsToldWithTheNamesThatItHas() throws IOException {
    byte[] offers = gzip(bytes("{\"cluster_id\": 5, \"title\": \"a\"}\n{\"cluster_id\": 6, \"title\": \"b\"}\n"));
    Path file = zip(Map.of("a.json.gz", offers, "map.tsv", bytes("5\tGroceries\n6\tGarden\n")));
    String out = folder.resolve("out").toString();
    CommandRun run = CommandRun.of("data", "lspc", "--zip", file.toString(), "--output", out, "--quiet");
    assertRefused(run, "Groceries");
    CommandRun named = CommandRun.of("data", "lspc", "--zip", file.toString(), "--output", out, "--quiet", "--classes",
        "Groceries,Garden");
    assertThat(named.code()).as(named.err()).isZero();
  }

  @Test
  void recordsWithKeysTwiceOrThatAreDeepWithoutEndAreToldAndTheOthersUsed() throws IOException {
    var lines = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      lines.add("{\"title\": \"" + (i % 2 == 0 ? "apple pear " : "hammer saw ") + i + "\", \"label\": \""
          + (i % 2 == 0 ? "Fruit" : "Tools") + "\"}");
    }
    lines.set(5, "{\"title\": \"nail\", \"label\": \"Fruit\", \"label\": \"Tools\"}");
    lines.set(7,
        "{\"title\": \"saw\", \"label\": \"Tools\", \"tree\": " + "[".repeat(10_000) + "]".repeat(10_000) + "}");
    lines.set(9, "{\"title\": \"saw\", \"label\": \"Tools\", \"tree\": " + "{\"a\":".repeat(10_000));
    Path file = Files.write(folder.resolve("rows.jsonl"), lines);
    CommandRun run = CommandRun.of("train", "--model", "linear", "--train", file.toString(), "--text", "title",
        "--label", "label", "--output", folder.resolve("model").toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("label").contains("2 rows").doesNotContain("\tat ");
    CommandRun strict = CommandRun.of("train", "--model", "linear", "--train", file.toString(), "--text", "title",
        "--label", "label", "--output", folder.resolve("out").toString(), "--quiet", "--strict");
    assertThat(strict.code()).as(strict.err()).isEqualTo(2);
    assertThat(strict.lastError()).contains("rows.jsonl, line 8: bad JSON: ");
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
