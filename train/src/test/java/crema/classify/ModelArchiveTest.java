package crema.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.family.encoder.SmallRuns;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.staged.StagedSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of a model that was trained here, and damaged ones; {@code colours.zip} is a linear model that knows fruit and toys. */
class ModelArchiveTest {
  private static final List<String> TEXTS = List.of("bosch washing machine 9kg", "", "sony 55 inch 4k tv");
  private static final ComputeOptions ONE_THREAD = ComputeOptions.threads(1);

  @TempDir
  static Path shared;
  static Path staged;
  static Path archive;

  @TempDir
  Path folder;

  @BeforeAll
  static void trainAndPack() throws IOException {
    var family = new FastTextFamily();
    Settings settings = SmallRuns.rows(family.settings(), SmallRuns.titles(shared))
        .with(FastTextSettings.DIM, 8).with(TrainingSettings.EPOCHS, 5).with(FastTextSettings.WORD_NGRAMS, 1)
        .with(FastTextSettings.MAXN, 0).with(FastTextSettings.BUCKETS, 0).with(StagedSettings.TWO_STAGE, "TVs");
    staged = shared.resolve("staged");
    Files.createDirectories(staged);
    family.newRun(settings, RunContext.in(new ModelDirectory(staged))).run();
    archive = shared.resolve("staged.zip");
    ModelArchive.write(new ModelDirectory(staged), archive);
  }

  @Test
  void predictsAsTheDirectoryDoesFromAFileAStreamAndTheClassPath() throws IOException {
    float[][] expected;
    try (Classifier classifier = Classifier.load(staged, ONE_THREAD)) {
      expected = classifier.logits(TEXTS);
    }
    try (Classifier classifier = Classifier.load(archive, ONE_THREAD)) {
      assertThat(classifier.logits(TEXTS)).isDeepEqualTo(expected);
    }
    try (InputStream in = Files.newInputStream(archive); Classifier classifier = Classifier.load(in, ONE_THREAD)) {
      assertThat(classifier.logits(TEXTS)).isDeepEqualTo(expected);
    }
    try (Classifier classifier = Classifier.load(ModelArchiveTest.class, "/models/colours.zip", ONE_THREAD)) {
      assertThat(classifier.predict("red apple").label()).isEqualTo("fruit");
    }
    assertThatThrownBy(() -> Classifier.load(ModelArchiveTest.class, "colours.zip", ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("no resource colours.zip");
  }

  @Test
  void holdsWhatPredictionAndEvaluationNeedAndNoTestRows() throws IOException {
    try (var zip = new ZipFile(archive.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName)).contains("config.json", "labels.json", "target.json",
          "provenance.json", "training.json", "metrics.json", "stages/1/model.bin", "stages/2/config.json")
          .noneMatch(name -> name.contains("test.jsonl") || name.contains("report.html") || name.contains("log.jsonl"));
      assertThat(zip.stream()).allMatch(entry -> entry.getMethod() == ZipEntry.STORED);
    }
    assertThat(ModelSource.read(archive, ModelInfo::of).facts()).containsEntry("Model", archive.toString())
        .containsKeys("Kind", "Answers", "Labels", "Trained");
  }

  @Test
  void theSameModelGivesTheSameArchiveWhoseFilesBeginAtMultiplesOf64() throws IOException {
    Path again = folder.resolve("again.zip");
    ModelArchive.write(new ModelDirectory(staged), again);
    byte[] bytes = Files.readAllBytes(again);
    assertThat(bytes).isEqualTo(Files.readAllBytes(archive));
    byte[] weights = Files.readAllBytes(staged.resolve("stages/2/model.bin"));
    int at = 0;
    while (!Arrays.equals(bytes, at, at + weights.length, weights, 0, weights.length)) {
      at += 64;
    }
    assertThat(at).isLessThan(bytes.length);
  }

  @Test
  void anArchiveCutAnywhereIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(archive);
    for (int length = 4; length < whole.length; length += Math.max(1, whole.length / 97)) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(cut), ONE_THREAD))
          .isInstanceOf(UserError.class).hasMessageContaining("not whole").message().doesNotContain("\n");
    }
  }

  @Test
  void aDamagedByteAnywhereIsAMistakeThatIsReportedInOneLine() throws IOException {
    byte[] whole = zip(entry("config.json", "{}"), entry("labels.json", "{}"));
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x55;
      assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(damaged), ONE_THREAD))
          .as("byte " + at).isInstanceOf(UserError.class).message().doesNotContain("\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../escaped", "/etc/passwd", "a/../../b", "C:\\windows", "a//b", "./a", "..", "a\nb", "stages/.."})
  void namesThatWouldLeaveTheArchiveAreRefused(String name) throws IOException {
    byte[] bytes = zip(entry("config.json", "{}"), entry(name, "x"));
    assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(bytes), ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("entry of the name").message().doesNotContain("\n");
  }

  @Test
  void entriesThatAreTwiceOverlapOrAreCompressedAreRefused() throws IOException {
    // Of equal lengths, so that one name can be written over the other.
    byte[] twice = replace(zip(entry("config.json", "{}"), entry("tonfig.json", "{}")), "tonfig.json", "config.json");
    assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(twice), ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("twice");
    byte[] overlapping = changeSecondEntry(zip(entry("config.json", "{}"), entry("tonfig.json", "{}")), 42, _ -> 0);
    assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(overlapping), ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("where it is not");
    byte[] huge = changeSecondEntry(changeSecondEntry(zip(entry("config.json", "{}"), entry("a", "{}")),
        20, _ -> Integer.MAX_VALUE), 24, _ -> Integer.MAX_VALUE);
    assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(huge), ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("where it cannot be");
    var deflated = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(deflated)) {
      zip.putNextEntry(new ZipEntry("config.json"));
      zip.write("{}".getBytes(StandardCharsets.UTF_8));
    }
    assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(deflated.toByteArray()), ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("compressed").hasMessageContaining("crema pack");
  }

  @Test
  void anArchiveWithoutAModelSaysSo() throws IOException {
    assertThatThrownBy(() -> Classifier.load(InputStream.nullInputStream(), ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("not the archive of a model");
    byte[] bytes = zip(entry("readme.txt", "nothing"));
    assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(bytes), ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("no config.json");
  }

  @Test
  void aFamilyThatIsNotInstalledIsNamedWithThoseThatAre() throws IOException {
    byte[] bytes = zip(entry("config.json", "{\"model_type\": \"crema-prophet\", \"format\": 1}"));
    assertThatThrownBy(() -> Classifier.load(new ByteArrayInputStream(bytes), ONE_THREAD))
        .isInstanceOf(UserError.class).hasMessageContaining("'prophet'").hasMessageContaining("not installed")
        .hasMessageContaining("(there are " + ModelFamily.installed().stream().map(ModelFamily::key).sorted()
            .collect(Collectors.joining(", ")) + ")");
  }

  private record Content(String name, String text) {}

  private static Content entry(String name, String text) {
    return new Content(name, text);
  }

  private static byte[] zip(Content... contents) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Content content : contents) {
        byte[] bytes = content.text.getBytes(StandardCharsets.UTF_8);
        var checksum = new CRC32();
        checksum.update(bytes);
        var entry = new ZipEntry(content.name);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
      }
    }
    return out.toByteArray();
  }

  private static byte[] replace(byte[] bytes, String from, String to) {
    return new String(bytes, StandardCharsets.ISO_8859_1).replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Changes a number of the last entry of the directory. */
  private static byte[] changeSecondEntry(byte[] zip, int offset, UnaryOperator<Integer> change) {
    int at = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf("PK\1\2") + offset;
    ByteBuffer buffer = ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN);
    return buffer.putInt(at, change.apply(buffer.getInt(at))).array();
  }
}
