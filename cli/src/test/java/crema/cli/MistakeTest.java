package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's mistake gets one line that helps, exit code 2, and no stack trace. */
class MistakeTest {
  @TempDir
  Path folder;
  Path rows;

  @BeforeEach
  void writeRows() throws IOException {
    rows = write("rows.csv", "title,category", rows(20));
  }

  private static List<String> rows(int count) {
    var lines = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      lines.add(i % 2 == 0 ? "washing machine " + i + ",appliances" : "digital camera " + i + ",cameras");
    }
    return lines;
  }

  private Path write(String name, String header, List<String> lines) throws IOException {
    var all = new ArrayList<>(List.of(header));
    all.addAll(lines);
    return Files.write(folder.resolve(name), all);
  }

  private CommandRun train(String... more) {
    var arguments = new ArrayList<>(List.of("train", "--output", folder.resolve("model").toString(), "--quiet",
        "--hidden-size", "8", "--heads", "2", "--kv-heads", "2", "--layers", "1", "--ffn-size", "8",
        "--vocabulary-size", "300", "--validation-fraction", "0.2", "--test-fraction", "0.2", "--epochs", "1"));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private CommandRun trainOn(Path file, String... more) {
    var arguments = new ArrayList<>(List.of("--train", file.toString(), "--text", "title", "--label", "category"));
    arguments.addAll(Arrays.asList(more));
    return train(arguments.toArray(String[]::new));
  }

  private static void assertMistake(CommandRun run, String... parts) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.lastError()).startsWith("crema: ").contains(parts);
    assertThat(run.err()).doesNotContain("\tat ", "Exception");
  }

  @Test
  void aMissingColumnListsThoseThereAreAndTheNearest() {
    assertMistake(train("--train", rows.toString(), "--text", "titel", "--label", "category"),
        "rows.csv", "titel", "did you mean 'title'", "title, category");
  }

  @Test
  void aDeviceThatThereIsNotListsThoseThereAreAndLeavesNoFile() {
    assertMistake(trainOn(rows, "--device", "nosuch"), "nosuch", "cpu", "reference");
    assertThat(folder.resolve("model")).doesNotExist();
  }

  @Test
  void aMissingFileIsNamed() {
    assertMistake(trainOn(folder.resolve("nothing.csv")), "nothing.csv does not exist");
  }

  @Test
  void aNameThatNoFileCanHaveIsRefused() {
    assertMistake(CommandRun.of("predict", folder.resolve("model").toString(), "--file", "a\u0000b"),
        "'--file'", "is no file name");
    assertMistake(CommandRun.of("data", "discover", "a\u0000b"), "is no file name");
  }

  @Test
  void aDirectoryInsteadOfAFileIsNamed() throws IOException {
    assertMistake(trainOn(Files.createDirectory(folder.resolve("data.csv"))), "data.csv is a directory");
  }

  @Test
  void aTruncatedGzipSaysSo() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(String.join("\n", rows(5000)).getBytes(StandardCharsets.UTF_8));
    }
    Path file = folder.resolve("cut.csv.gz");
    Files.write(file, Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2));
    assertMistake(train("--train", file.toString(), "--text", "washing machine 0", "--label", "appliances"),
        "cut.csv.gz", "truncated");
  }

  @Test
  void invalidUtf8IsCountedWithItsLineAndStopsUnderStrict() throws IOException {
    byte[] bytes = Files.readAllBytes(rows);
    bytes[new String(bytes, StandardCharsets.US_ASCII).indexOf("digital camera 3")] = (byte) 0xff;
    Path file = Files.write(folder.resolve("bytes.csv"), bytes);
    assertMistake(trainOn(file, "--strict"), "bytes.csv, line 5", "UTF-8");
    var run = trainOn(file);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("bytes.csv, line 5");
  }

  @Test
  void oneClassOnlyIsRefused() throws IOException {
    assertMistake(trainOn(write("one.csv", "title,category", List.of("a b,x", "c d,x", "e f,x", "g h,x", "i j,x"))),
        "have the label 'x'", "at least two labels");
  }

  @Test
  void aLabelColumnOfFreeTextIsRefused() throws IOException {
    var lines = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      lines.add("title " + i + ",a long description of the product with the number " + i);
    }
    assertMistake(trainOn(write("free.csv", "title,category", lines)), "looks like free text");
  }

  @Test
  void anUnknownLabelInTheTestRowsIsToldAndSkipped() throws IOException {
    Path test = write("test.csv", "title,category", List.of("washing machine 5,appliances", "tent,outdoor"));
    var run = trainOn(rows, "--test", test.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("unknown label").contains("test.csv, line 3").contains("outdoor");
  }

  @Test
  void emptyTextsAreToldAndSkipped() throws IOException {
    var lines = new ArrayList<>(rows(20));
    lines.add(",cameras");
    var run = trainOn(write("empty.csv", "title,category", lines));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("empty text").contains("empty.csv, line 22");
  }

  @Test
  void aMisspeltFlagSuggestsTheRightOne() {
    var run = trainOn(rows, "--learning-rat", "0.1");
    assertMistake(run, "there is no setting 'learning-rat'", "'learning-rate'");
  }

  @Test
  void aSettingOutOfRangeIsNamed() {
    assertMistake(trainOn(rows, "--head-size", "-1"), "--head-size", "at least 0");
    assertMistake(trainOn(rows, "--layers", "2"), "--layers", "only once");
    assertMistake(trainOn(rows, "--schedule", "cosinus"), "schedule", "cosine");
    assertMistake(trainOn(rows, "--dropout", "1.5"), "dropout", "1.5");
    assertMistake(trainOn(rows, "--accumulate", "many"), "--accumulate", "many");
  }

  @Test
  void settingsOfAnotherKindOfModelAreRefused() {
    assertMistake(trainOn(rows, "--dim", "10"), "--dim is a setting of fasttext",
        "--vocabulary-size is one of encoder");
    assertMistake(trainOn(rows, "--dim", "10", "--model", "encoder"), "--dim", "no effect with --model encoder");
    assertMistake(trainOn(rows, "--model", "fasttext"), "--vocabulary-size", "no effect with --model fasttext");
    assertMistake(trainOn(rows, "--model", "fastext"), "--model", "one of auto, encoder, fasttext", "'fastext'");
    assertMistake(CommandRun.of("train", "--model", "fasttext", "--train", rows.toString(), "--text", "title",
        "--label", "category", "--output", folder.resolve("fast").toString(), "--dim", "0"),
        "--dim must be from 1 to 65536");
    assertThat(folder.resolve("fast")).doesNotExist();
  }

  @Test
  void headsThatDoNotDivideAreRefusedAndNothingIsLeftBehind() {
    Path output = folder.resolve("wide");
    assertMistake(CommandRun.of("train", "--train", rows.toString(), "--text", "title", "--label", "category",
        "--output", output.toString(), "--hidden-size", "100", "--heads", "3"), "100", "3");
    assertThat(output).doesNotExist();
    assertMistake(trainOn(folder.resolve("nothing.csv")), "does not exist");
    assertThat(folder.resolve("model")).doesNotExist();
  }

  @Test
  void aFinishedRunIsNeitherOverwrittenNorResumed() {
    assertThat(trainOn(rows).code()).isZero();
    assertMistake(trainOn(rows), "already holds", "--overwrite");
    assertMistake(trainOn(rows, "--resume"), "is finished", "--overwrite");
    assertThat(trainOn(rows, "--overwrite").code()).isZero();
  }

  @Test
  void aMistakeLeavesTheModelThatWasToBeOverwritten() throws IOException {
    assertThat(trainOn(rows).code()).isZero();
    Path model = folder.resolve("model");
    Map<String, String> before = contents(model);
    assertMistake(trainOn(folder.resolve("nothing.csv"), "--overwrite"), "does not exist");
    assertThat(contents(model)).isEqualTo(before);
    assertMistake(trainOn(rows, "--overwrite", "--device", "nosuch"), "nosuch");
    assertThat(contents(model)).isEqualTo(before);
    assertMistake(trainOn(rows, "--overwrite", "--text", "nosuch"), "nosuch");
    assertThat(contents(model)).isEqualTo(before);
  }

  @Test
  void aModelWhoseReplacementWasKilledBeforeItBeganComesBack() throws IOException {
    assertThat(trainOn(rows).code()).isZero();
    Path model = folder.resolve("model");
    Map<String, String> before = contents(model);
    // Killed while the files were moved aside, and once they were and the new run had written its settings.
    Path moving = Files.createDirectory(model.resolve("moving"));
    Files.move(model.resolve("config.json"), moving.resolve("config.json"));
    assertMistake(trainOn(rows), "already holds a model");
    assertThat(contents(model)).isEqualTo(before);
    List<Path> parts;
    try (Stream<Path> all = Files.list(model)) {
      parts = all.toList();
    }
    Path replaced = Files.createDirectory(model.resolve("replaced"));
    for (Path part : parts) {
      Files.move(part, replaced.resolve(part.getFileName()));
    }
    Files.writeString(model.resolve("train.yaml"), "epochs: 1");
    assertMistake(trainOn(rows), "already holds a model");
    assertThat(contents(model)).isEqualTo(before);
  }

  private static Map<String, String> contents(Path directory) throws IOException {
    var contents = new TreeMap<String, String>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(directory.relativize(file).toString(), Sha256.ofFile(file));
      }
    }
    return contents;
  }

  @Test
  void predictingWithWhatIsNotAModelSaysWhatItIs() throws IOException {
    assertMistake(CommandRun.of("predict", folder.resolve("none").toString(), "x"), "none does not exist");
    assertMistake(CommandRun.of("predict", folder.toString(), "x"), "not a model directory");
    assertMistake(CommandRun.of("predict", rows.toString(), "x"), "is a file");
  }

  @Test
  void aModelOfFastTextsOwnIsShownTheCommandThatReadsIt() throws IOException {
    Path model = folder.resolve("ft.bin");
    Files.write(model, Objects.requireNonNull(
        MistakeTest.class.getResourceAsStream("fasttext/titles.bin")).readAllBytes());
    assertMistake(CommandRun.of("predict", model.toString(), "x"), "ft.bin", "crema fasttext predict");
  }

  @Test
  void separatorsOfWhatRowsDoNotHaveAreRefused() {
    assertMistake(trainOn(rows, "--path-separator", "/"), "--path-separator has no effect with --target single",
        "--target taxonomy");
    assertMistake(trainOn(rows, "--label-separator", "|"), "--label-separator has no effect", "--target multi");
    assertMistake(trainOn(rows, "--target", "taxonomy", "--label-separator", "|"), "--label-separator", "taxonomy");
    assertThat(folder.resolve("model")).doesNotExist();
  }

  @Test
  void anEmptyCellOfSeveralLabelsIsToldHowToSayNone() throws IOException {
    var lines = new ArrayList<>(rows(20));
    lines.add("tent,");
    lines.add("rope,[]");
    var run = CommandRun.of("train", "--model", "linear", "--target", "multi", "--quiet", "--output",
        folder.resolve("many").toString(), "--train", write("many.csv", "title,category", lines).toString(), "--text",
        "title", "--label", "category");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("1 row", "many.csv, line 22", "[] says that a row has no label");
  }

  @Test
  void helpIsToldWithoutDashesToo() {
    assertThat(CommandRun.of("help")).isEqualTo(CommandRun.of("--help"));
    assertThat(CommandRun.of("help", "predict").out()).isEqualTo(CommandRun.of("predict", "--help").out())
        .contains("crema predict");
  }

  @Test
  void aModelOfANewerVersionOrWithDamagedFilesIsRefused() throws IOException {
    assertThat(trainOn(rows).code()).isZero();
    Path model = folder.resolve("model");
    for (String file : List.of("config.json", "model.safetensors", "labels.json", "tokenizer.json")) {
      byte[] bytes = Files.readAllBytes(model.resolve(file));
      Files.write(model.resolve(file), Arrays.copyOf(bytes, bytes.length / 2));
      assertMistake(CommandRun.of("predict", model.toString(), "washing machine"), file);
      Files.write(model.resolve(file), bytes);
    }
    Path config = model.resolve("config.json");
    Files.writeString(config, Files.readString(config).replaceFirst("\"format\" *: *1", "\"format\" : 99"));
    assertMistake(CommandRun.of("predict", model.toString(), "x"), "newer version", "99");
  }

  @Test
  void aModelWithoutOneOfItsFilesNamesIt() throws IOException {
    assertThat(trainOn(rows).code()).isZero();
    Path model = folder.resolve("model");
    for (String file : List.of("model.safetensors", "labels.json", "tokenizer.json")) {
      Path away = Files.move(model.resolve(file), folder.resolve("away"));
      assertMistake(CommandRun.of("predict", model.toString(), "washing machine"), file + " is missing");
      Files.move(away, model.resolve(file));
    }
  }

  @Test
  void aConfigThatClaimsAHugeModelAsksForNoMemory() throws IOException {
    assertThat(trainOn(rows).code()).isZero();
    Path config = folder.resolve("model").resolve("config.json");
    String sound = Files.readString(config);
    for (String claim : List.of("hidden_size", "num_hidden_layers", "vocab_size", "ffn_hidden_size")) {
      Files.writeString(config, sound.replaceFirst("\"" + claim + "\" *: *\\d+", "\"" + claim + "\" : 2000000000"));
      assertMistake(CommandRun.of("predict", folder.resolve("model").toString(), "x"), "many times larger");
    }
  }

  @Test
  void settingsOfARunThatThisVersionDoesNotKnowAreNamed() throws IOException {
    assertThat(trainOn(rows).code()).isZero();
    Path settings = folder.resolve("model").resolve("training.json");
    Files.writeString(settings, Files.readString(settings).replace("\"seed\"", "\"sead\""));
    Files.delete(folder.resolve("model").resolve("config.json"));
    assertMistake(CommandRun.of("train", "--resume", "--output", folder.resolve("model").toString()),
        "training.json", "does not know the key 'sead'", "--overwrite");
  }

  @Test
  void anOutputBelowAFileNamesTheFile() {
    assertMistake(CommandRun.of("train", "--train", rows.toString(), "--text", "title", "--label", "category",
        "--output", rows.resolve("model").toString()), "rows.csv is a file");
  }

  @Test
  void aTensorThatDoesNotFitIsNamedWithBothShapes() throws IOException {
    assertThat(trainOn(rows).code()).isZero();
    Path config = folder.resolve("model").resolve("config.json");
    Files.writeString(config, Files.readString(config)
        .replaceFirst("\"ffn_hidden_size\" *: *8", "\"ffn_hidden_size\" : 16"));
    assertMistake(CommandRun.of("predict", folder.resolve("model").toString(), "x"),
        "backbone.layers.0.mlp.gate_proj.weight", "[8, 8]", "[16, 8]");
  }
}
