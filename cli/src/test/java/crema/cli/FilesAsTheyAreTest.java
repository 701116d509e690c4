package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as spreadsheets, pandas and people write them, from training to prediction. */
class FilesAsTheyAreTest {
  private static final List<String> KINDS = List.of("Fruit", "Tools", "Toys");
  private static final List<String> WORDS = List.of("apple pear", "hammer saw", "doll ball");

  @TempDir
  private Path folder;

  private Path write(String name, String header, IntFunction<String> row) throws IOException {
    var lines = new ArrayList<>(List.of(header));
    for (int i = 0; i < 90; i++) {
      lines.add(row.apply(i));
    }
    return Files.write(folder.resolve(name), lines);
  }

  private static String title(int i) {
    return WORDS.get(i % 3) + " " + i;
  }

  private static String label(int i) {
    return KINDS.get(i % 3);
  }

  private CommandRun train(Path file, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--model", "linear", "--train", file.toString(), "--output",
        folder.resolve("model").toString(), "--overwrite", "--quiet", "--threads", "1"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private CommandRun predict(Path file, String... more) {
    var arguments = new ArrayList<>(List.of("predict", folder.resolve("model").toString(), "--file", file.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static void assertKinds(CommandRun predicted) {
    assertThat(predicted.code()).as(predicted.err()).isZero();
    List<String> lines = predicted.out().lines().toList();
    assertThat(lines).hasSize(90);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).startsWith(label(i) + " ");
    }
  }

  @Test
  void aSpreadsheetOfAnotherCountryIsTrainedOnAndPredicted() throws IOException {
    Path file = write("semi.csv", "sep=;\ntitle;label", i -> title(i) + ";" + label(i));
    var run = train(file, "--text", "title", "--label", "label");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).isEqualTo("crema: " + file + ": fields separated by ';', header in line 2 after 'sep=;'\n");
    assertKinds(predict(file));
    assertThat(CommandRun.of("evaluate", folder.resolve("model").toString(), "--data", file.toString(), "-q").code())
        .isZero();
  }

  @Test
  void aTableWithoutHeaderIsReadByNumbers() throws IOException {
    Path file = write("plain.txt", "Fruit|apple pear", i -> label(i) + "|" + title(i));
    var run = train(file, "--text", "2", "--label", "1", "--no-header", "--separator", "|");
    assertThat(run.code()).as(run.err()).isZero();
    // Where nothing else is said, a file is written as those of the training.
    assertThat(predict(file, "--format", "tsv").out().lines()).hasSize(91)
        .allMatch(line -> line.matches("(apple pear|hammer saw|doll ball)( \\d+)?\t(Fruit|Tools|Toys)\t.*"));
    var named = predict(file, "--text", "2", "--no-header", "--separator", "|", "--format", "tsv", "--keep", "1");
    assertThat(named.out().lines()).hasSize(91).allMatch(line -> line.split("\t")[0].equals(line.split("\t")[2]));
    var mistaken = train(file, "--text", "2", "--label", "1", "--no-header", "--separator", "bar");
    assertThat(mistaken.code()).isEqualTo(2);
    assertThat(mistaken.err()).isEqualTo(
        "crema: --separator must be one character, several that are no letters or digits, or tab, not 'bar'\n");
  }

  @Test
  void otherEncodingsAreReadWhenTheyAreNamed() throws IOException {
    String header = "größe,label";
    var text = new StringBuilder(header).append('\n');
    for (int i = 0; i < 90; i++) {
      text.append("Gerät ").append(title(i)).append(',').append(label(i)).append('\n');
    }
    Path file = Files.write(folder.resolve("latin.csv"), text.toString().getBytes(StandardCharsets.ISO_8859_1));
    var run = train(file, "--text", "größe", "--label", "label", "--encoding", "ISO-8859-1");
    assertThat(run.code()).as(run.err()).isZero();
    assertKinds(predict(file));
    run = train(file, "--text", "größe", "--label", "label", "--encoding", "latin-99");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("crema: --encoding: there is no encoding 'latin-99'").hasLineCount(1);
    run = train(file, "--text", "größe", "--label", "label", "--input-format", "cvs");
    assertThat(run.err()).startsWith("crema: there is no format 'cvs'").contains("csv").hasLineCount(1);
  }

  @Test
  void columnsOfZerosAndOnesAreLabelsWhenThatIsSaid() throws IOException {
    Path file = write("jigsaw.csv", "title,Fruit,Tools,Toys",
        i -> title(i) + (i % 3 == 0 ? ",1,0,0" : i % 3 == 1 ? ",0,1,0" : ",0,0,1"));
    var run = train(file, "--text", "title", "--label", "Fruit,Tools,Toys", "--target", "multi");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lastError())
        .isEqualTo("crema: the cells of the label columns Fruit, Tools, Toys are all 0 or 1, which "
            + "are no labels: with --one-hot the names of the columns are");
    run = train(file, "--text", "title", "--label", "Fruit,Tools,Toys", "--target", "taxonomy");
    assertThat(run.lastError()).contains("with --one-hot");
    for (String[] words : new String[][] {{"-1", "1"}, {"nein", "ja"}, {"absent", "present"}}) {
      Path other = write("words.csv", "title,Fruit,Tools,Toys", i -> title(i) + "," + String.join(",",
          KINDS.stream().map(kind -> words[kind.equals(label(i)) ? 1 : 0]).toList()));
      for (String target : List.of("multi", "taxonomy")) {
        run = train(other, "--text", "title", "--label", "Fruit,Tools,Toys", "--target", target);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.lastError()).contains("no labels").contains("--one-hot");
      }
    }
    for (String target : List.of("multi", "single")) {
      run = train(file, "--text", "title", "--label", "Fruit,Tools,Toys", "--target", target, "--one-hot");
      assertThat(run.code()).as(run.err()).isZero();
      assertKinds(predict(file));
    }
    Path none = Files.writeString(folder.resolve("none.csv"), Files.readString(file) + "neither,0,0,0\nbad,0,7,1\n");
    run = train(none, "--text", "title", "--label", "Fruit,Tools,Toys", "--target", "multi", "--one-hot");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("1 row: bad label", "line 93: '7' in Tools is neither 0 nor 1");
  }

  @Test
  void wordsForNoValueAreNoLabels() throws IOException {
    Path file = write("nan.csv", "title,label", i -> title(i) + "," + (i % 9 == 0 ? "nan" : label(i)));
    var run = train(file, "--text", "title", "--label", "label");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains(
        "crema: " + file + ": 'nan' in column 'label' is taken for no value; --missing names other words\n",
        "10 rows: missing label");
    run = train(file, "--text", "title", "--label", "label", "--missing", "-");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(CommandRun.of("info", folder.resolve("model").toString()).out()).contains("4");
    assertThat(run.err()).doesNotContain("missing");
  }

  @Test
  void labelsThatLookAlikeAreNamed() throws IOException {
    Path file = write("alike.csv", "title,label", i -> title(i) + "," + (i % 3 == 0 ? i % 2 == 0 ? "Café" : "Cafe\u0301"
        : i % 3 == 1 ? i % 2 == 0 ? "1" : "1.0" : i % 2 == 0 ? "a b" : "a\u00A0b"));
    var run = train(file, "--text", "title", "--label", "label");
    String place = " \\(" + Pattern.quote(file.toString()) + ", line \\d+\\)";
    assertThat(run.err()).matches("crema: labels that look alike are different labels: '1'" + place + " and '1\\.0'"
        + place + "; 'Cafe\\\\u0301'" + place + " and 'Café'" + place + "; 'a b'" + place + " and 'a\\\\u00A0b'"
        + place + "\n");
  }

  @Test
  void labelColumnsThatAreNotWhatTheyAreTakenForAreNamedInTheReportToo() throws IOException {
    Path file = write("odd.csv", "title,kind,list,piped", i -> title(i) + "," + label(i) + ",\"['" + label(i)
        + "', 'all']\"," + label(i) + "|all");
    var leak = train(file, "--text", "title,kind", "--label", "kind");
    assertThat(leak.code()).isEqualTo(2);
    assertThat(leak.lastError())
        .isEqualTo("crema: text and label name the same column 'kind': a model would read its answers");
    Path twice = write("twice.csv", "title,kind,name", i -> title(i) + "," + label(i) + "," + label(i));
    leak = train(twice, "--text", "title,name", "--label", "kind");
    String found = "the text column 'name' is the label in 90 of 90 rows: a model reads its answers there";
    assertThat(leak.err()).isEqualTo("crema: " + found + "\n");
    assertThat(Files.readString(folder.resolve("model/report.html"))).contains(found.replace("'", "&#39;"));
    assertThat(train(file, "--text", "title", "--label", "list").err())
        .startsWith("crema: labels are lists, such as ['").endsWith("--target multi reads their items\n")
        .hasLineCount(1);
    assertThat(train(file, "--text", "title", "--label", "list", "--target", "multi").err()).isEmpty();
    assertThat(train(file, "--text", "title", "--label", "piped", "--target", "multi").err())
        .startsWith("crema: no row has several labels, but '").endsWith("--label-separator '|'\n").hasLineCount(1);
    assertThat(train(file, "--text", "title", "--label", "piped", "--target", "multi", "--label-separator", "|").err())
        .isEmpty();
    Path unique = write("unique.csv", "title,label", i -> title(i) + ",label " + i);
    assertThat(train(unique, "--text", "title", "--label", "label").lastError())
        .contains("nearly each with a label of its own");
  }

  @Test
  void filesOfAPatternAreGivenWithCommas() throws IOException {
    Path file = write("a.csv", "title,label", i -> title(i) + "," + label(i));
    assertThat(train(file, file.toString(), "--text", "title", "--label", "label").lastError()).startsWith(
        "crema: Unknown argument '" + file + "'; several files are given with commas between them");
  }

  @Test
  void aStandardInputMayBeNamedAndBytesThatAreNoTextAreTold() throws IOException {
    Path lines = Files.write(folder.resolve("latin.txt"), "one\nd\u00E9j\u00E0 vu\n\nGer\u00E4t\n".getBytes(
        StandardCharsets.ISO_8859_1));
    var run = CommandRun.of("langid", "--file", lines.toString());
    assertThat(run.out().lines()).hasSize(4);
    assertThat(run.err()).startsWith("crema: 2 lines have bytes that are no UTF-8, first in line 2: a file in another "
        + "encoding is read when that is said");
    assertThat(CommandRun.of("langid", "--file", lines.toString(), "--encoding", "windows-1252").err())
        .doesNotContain("UTF-8");
    assertThat(CommandRun.reading("Where is the station?\nWo ist der Bahnhof?\n", "langid", "--file", "-").out())
        .matches("eng .*\\Rdeu .*\\R");
  }

  @Test
  void aTokenizerIsNotTrainedOnNoTextAndTheReasonsAreTold() throws IOException {
    Path file = write("three.csv", "title,label", i -> title(i) + "," + label(i) + ",more");
    Path tokenizer = folder.resolve("t.json");
    var run = CommandRun.of("tokenizer", "train", "--data", file.toString(), "--text", "title", "--vocabulary-size",
        "300", "--output", tokenizer.toString(), "--quiet");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("crema: 90 rows: wrong number of fields").contains("three.csv, line 2: 3 fields")
        .endsWith("crema: there is no text to train on\n");
    assertThat(tokenizer).doesNotExist();
  }

  @Test
  void titlesWithoutSpacesAreLearnedAndWordsOfThemAreTold() throws IOException {
    List<List<String>> words = List.of(List.of("苹果", "香蕉", "葡萄", "西瓜"), List.of("锤子", "锯子", "扳手", "钻头"),
        List.of("娃娃", "积木", "皮球", "拼图"));
    Path file = write("zh.csv", "title,label", i -> words.get(i % 3).get(i % 4) + words.get(i % 3).get(i / 4 % 4)
        + words.get(i % 3).get(i / 16 % 4) + (10 + i) + "," + label(i));
    var run = train(file, "--text", "title", "--label", "label");
    assertThat(run.out()).containsPattern("Accuracy +1\\.000");
    assertThat(run.err()).isEmpty();
    assertKinds(predict(file));
    run = train(file, "--text", "title", "--label", "label", "--analyzer", "word");
    assertThat(run.code()).isZero();
    assertThat(run.err()).startsWith("crema: hardly one training text has a word that another has too").hasLineCount(1);
  }

  @Test
  void aPipeOfTextsIsReadAsAFileIs() throws Exception {
    assumeThat(System.getProperty("os.name").toLowerCase(Locale.ROOT)).doesNotContain("windows");
    Path file = write("rows.csv", "title,label", i -> title(i) + "," + label(i));
    train(file, "--text", "title", "--label", "label");
    Path json = json("rows.jsonl", "", "\n", "\n");
    for (Path source : List.of(file, json)) {
      for (String name : List.of("pipe", "pipe.csv", "pipe.jsonl")) {
        if (name.equals("pipe") || name.equals("pipe." + source.toString().replaceFirst(".*\\.", ""))) {
          Path pipe = folder.resolve(name);
          assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
          var writer = new ProcessBuilder("cp", source.toString(), pipe.toString()).start();
          assertKinds(name.equals("pipe") ? predict(pipe, "--text", "title") : predict(pipe));
          assertThat(writer.waitFor()).isZero();
          Files.delete(pipe);
        }
      }
    }
  }

  @Test
  void aTableWithoutAnExtensionIsPredictedByTheColumnsOfTheTraining() throws IOException {
    Path file = write("rows.dat", "title;label", i -> title(i) + ";" + label(i));
    assertThat(train(file, "--text", "title", "--label", "label").code()).isZero();
    assertKinds(predict(file));
    Path lines = Files.write(folder.resolve("lines"), List.of("apple title label", "saw"));
    assertThat(predict(lines).out().lines()).hasSize(2);
  }

  @Test
  void theReasonsAreToldWhereNoRowIsLeft() throws IOException {
    Path file = write("three.csv", "title,label", i -> title(i) + "," + label(i) + ",more");
    var run = train(file, "--text", "title", "--label", "label");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("crema: 90 rows: wrong number of fields\ncrema:   " + file
        + ", line 2: 3 fields, but the header has 2\n").endsWith("crema: there is no usable row to train on\n");
  }

  @Test
  void anOutputThatCannotBeWrittenIsToldInItsOwnName() throws IOException {
    Path file = write("rows.csv", "title,label", i -> title(i) + "," + label(i));
    String model = folder.resolve("model").toString();
    assertThat(train(file, "--text", "title", "--label", "label").code()).isZero();
    assertThat(CommandRun.of("evaluate", model, "--data", file.toString(), "--output", file.toString()).err())
        .isEqualTo("crema: " + file + " is a file, not a folder: choose another --output\n");
    assertThat(CommandRun.of("evaluate", model, "--data", file.toString(), "--output", model).err())
        .isEqualTo(
            "crema: " + model + " is the model, which holds the report of its training: choose another --output\n");
    Path nowhere = folder.resolve("nowhere/tokenizer.json");
    var run =
        CommandRun.of("tokenizer", "train", "--data", file.toString(), "--text", "title", "--vocabulary-size", "280",
            "--output", nowhere.toString(), "--quiet");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("crema: " + nowhere + " cannot be written: the folder " + nowhere.getParent()
        + " does not exist\n");
  }

  @Test
  void aPipeIsRefusedAtOnce() throws Exception {
    assumeThat(System.getProperty("os.name").toLowerCase(Locale.ROOT)).doesNotContain("windows");
    Path pipe = folder.resolve("rows.csv");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    var run = train(pipe, "--text", "title", "--label", "label");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo("crema: " + pipe + " is a pipe or a device, which can be read only once, and rows are "
            + "read several times: write them to a file, for instance with: cat " + pipe + " > rows.csv\n");
  }

  private static String object(int i) {
    return "{\"title\": \"" + title(i) + "\", \"label\": \"" + label(i) + "\", \"more\": {\"x\": [" + i + "]}}";
  }

  private Path json(String name, String begin, String between, String end) throws IOException {
    return Files.writeString(folder.resolve(name), begin
        + IntStream.range(0, 90).mapToObj(FilesAsTheyAreTest::object).collect(Collectors.joining(between)) + end);
  }

  @Test
  void jsonArraysAndObjectsOfSeveralLinesAreReadAsLinesAre() throws IOException {
    CommandRun lines = train(json("lines.jsonl", "", "\n", "\n"), "--text", "title", "--label", "label");
    assertThat(lines.code()).as(lines.err()).isZero();
    for (Path file : List.of(json("array.json", "[", ",", "]"), json("array-of-lines.json", "[\n  ", ",\n  ", "\n]\n"),
        Files.writeString(folder.resolve("pretty.json"), Files.readString(json("p.jsonl", "", "\n", "\n"))
            .replace("{", "{\n  ").replace(", ", ",\n  ").replace("}", "\n}")),
        Files.writeString(folder.resolve("no-extension"), Files.readString(json("a.json", " [", ", ", "]"))))) {
      CommandRun run = train(file, "--text", "title", "--label", "label");
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out().replaceAll("Time: .*", "")).as(file.toString())
          .isEqualTo(lines.out().replaceAll("Time: .*", ""));
      assertKinds(predict(file));
    }
  }

  @Test
  void elementsThatAreNoObjectsKeepTheirPlaces() throws IOException {
    train(json("lines.jsonl", "", "\n", "\n"), "--text", "title", "--label", "label");
    Path file = Files.writeString(folder.resolve("mixed.json"), "[\n" + object(0) + ",\n\"text\",\n{\"title\": \"saw"
        + "\n},\n{\"title\": \"" + title(1) + "\"}, 17,\n{\"title\": \"\"}\n]");
    CommandRun run = predict(file, "--format", "jsonl");
    assertThat(run.code()).as(run.err()).isEqualTo(3);
    List<String> rows = run.out().lines().toList();
    assertThat(rows).hasSize(6);
    assertThat(rows.get(0)).contains("Fruit");
    assertThat(rows.get(1)).contains("mixed.json, line 3").contains("not an object");
    assertThat(rows.get(2)).contains("mixed.json, line 4");
    assertThat(rows.get(3)).contains("Tools");
    assertThat(rows.get(4)).contains("mixed.json, line 6").contains("not an object");
  }

  @Test
  void filesOfOldMacsAreReadWhateverTheirFormat() throws IOException {
    for (String format : List.of("tsv", "csv")) {
      String separator = format.equals("tsv") ? "\t" : ",";
      Path file = write("mac." + format, "title" + separator + "label", i -> title(i) + separator + label(i));
      Files.writeString(file, Files.readString(file).replace('\n', '\r'));
      CommandRun run = train(file, "--text", "title", "--label", "label");
      assertThat(run.code()).as(run.err()).isZero();
      assertKinds(predict(file));
    }
  }

  @Test
  void whatIsNotReadIsNamed() throws IOException {
    record Other(String name, byte[] head, String message) {}
    for (Other other : List.of(
        new Other("a.csv.xz", new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4}, "unpack it with 'xz -dk'"),
        new Other("a.csv.bz2", new byte[] {'B', 'Z', 'h', '9', 1, 2, 3}, "unpack it with 'bzip2 -dk'"),
        new Other("a.xlsx", new byte[] {'P', 'K', 3, 4, 1, 2, 3}, "is truncated or damaged, copy it again"),
        new Other("a.zip", new byte[] {'P', 'K', 3, 4, 1, 2, 3}, "is truncated or damaged, copy it again"),
        new Other("b.csv", new byte[] {'P', 'K', 3, 4, 1, 2, 3}, "is a zip archive: give its name the extension .zip"),
        new Other("a.ods", new byte[] {'P', 'K', 3, 4, 1, 2, 3}, "save it as that, or as CSV"),
        new Other("b.xlsx", new byte[] {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0}, "save it without as .xlsx"),
        new Other("a.parquet", new byte[] {'P', 'A', 'R', '1', 1, 2, 3}, "cannot be read as Parquet"))) {
      CommandRun run = train(Files.write(folder.resolve(other.name()), other.head()), "--text", "title", "--label",
          "label");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.lastError()).contains(other.name()).contains(other.message());
    }
  }

  @Test
  void aCarriageReturnWithinATextEndsNoLine() throws IOException {
    Path lines = Files.writeString(folder.resolve("lines.txt"), "apple 1\rtoo\r\nsaw\n\ndoll");
    assertThat(CommandRun.of("langid", "--file", lines.toString()).out().split("\n")).hasSize(4);
    assertThat(CommandRun.reading("apple 1\rtoo\r\nsaw\n\ndoll", "langid").out().split("\n")).hasSize(4);
    Path mac = Files.writeString(folder.resolve("mac.txt"), "apple\rsaw\rdoll\r");
    assertThat(CommandRun.of("langid", "--file", mac.toString()).out().split("\n")).hasSize(3);
  }
}
