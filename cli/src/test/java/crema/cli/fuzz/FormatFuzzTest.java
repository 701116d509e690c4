package crema.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import crema.base.Keyed;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.data.DataFile;
import crema.data.FileFormat;
import crema.family.votes.VotesFamily;
import crema.nn.InvalidWeightsException;
import crema.nn.io.WeightFormat;
import crema.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a file holds, reading it ends soon, within the heap, with an answer or an error that says what is wrong with the
 * file. The corpus of each format is read with every build, and so are some mutations of it, always the same;
 * {@code -Dcrema.mutations=100000} tries as many, {@code -Dcrema.seed=N} others, and {@code bench/fuzz.sh} lets Jazzer
 * look for them.
 */
class FormatFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("crema.mutations", 150);
  private static final int SEED = Integer.getInteger("crema.seed", 1);
  private static final Duration LIMIT = Duration.ofMinutes(1);
  /** How long Jazzer fuzzes each format; 0 for a few executions of one. */
  private static final long SECONDS = Long.getLong("crema.fuzz.seconds", 0);
  /** After how many executions of a format Jazzer goes on to the next before its time is over; 0 for no limit. */
  private static final long EXECUTIONS = Long.getLong("crema.fuzz.executions", 0);
  private static final long SHORT_EXECUTIONS = 1_000;
  private static final int MOST_FINDINGS = 20;

  private static final List<Format> ROWS =
      List.of(Format.CSV, Format.TSV, Format.JSONL, Format.JSON_ARRAY, Format.FASTTEXT_TEXT, Format.PARQUET,
          Format.EXCEL);

  @TempDir
  static Path folder;

  @ParameterizedTest
  @EnumSource
  void soundFilesAreRead(Format format) {
    Map<String, byte[]> corpus = format.corpus();
    assertThat(corpus).as("files of the corpus of " + format).isNotEmpty();
    var soft = new SoftAssertions();
    corpus.forEach((name, bytes) -> {
      Input input = format.input(bytes, folder);
      if (Format.isFound(name)) {
        soft.assertThatCode(() -> Judge.checkWithMemory(format.reader(), input)).as(format + " " + name)
            .doesNotThrowAnyException();
      } else {
        soft.assertThatCode(() -> format.reader().read(input)).as(format + " " + name).doesNotThrowAnyException();
      }
    });
    soft.assertAll();
  }

  @ParameterizedTest
  @EnumSource
  void damagedFilesAreReadOrRefused(Format format) {
    List<byte[]> corpus = List.copyOf(format.corpus().values());
    var soft = new SoftAssertions();
    for (int i = 0; i < MUTATIONS && soft.errorsCollected().size() < MOST_FINDINGS; i++) {
      var random = new Random(31L * SEED + 1_000_003L * format.key().hashCode() + i);
      byte[] seed = corpus.get(random.nextInt(corpus.size()));
      byte[] bytes = format.isFolder() ? Mutation.of(seed, Folders.head(seed), random) : Mutation.of(seed, random);
      String why = format + " seed " + SEED + " mutation " + i;
      soft.check(() -> Assertions.assertTimeoutPreemptively(LIMIT,
          () -> assertThatCode(() -> Judge.checkWithMemory(format.reader(), format.input(bytes, folder))).as(why)
              .doesNotThrowAnyException(),
          why));
    }
    soft.assertAll();
  }

  private static List<Path> files(Format... formats) throws IOException {
    var files = new ArrayList<Path>();
    for (Format format : formats.length == 0 ? Format.values() : formats) {
      try (Stream<Path> all = Files.walk(Corpus.folder(format.key()))) {
        all.filter(Files::isRegularFile).forEach(files::add);
      }
    }
    return files;
  }

  @Test
  void everyFormatOfRowsIsInTheCorpus() throws IOException {
    Set<String> found = files(ROWS.toArray(Format[]::new)).stream()
        .flatMap(file -> FileFormat.find(DataFile.of(file)).stream()).map(FileFormat::key).collect(Collectors.toSet());
    // One of the tests is in a package of its own.
    assertThat(found).containsAll(FileFormat.all().stream()
        .filter(format -> !format.getClass().getPackageName().equals("crema.plugin")).map(FileFormat::key).toList());
  }

  @Test
  void everyFormatOfWeightsIsInTheCorpus() throws IOException {
    var found = EnumSet.noneOf(WeightFormat.class);
    for (Path file : files(Format.SAFETENSORS, Format.PYTORCH, Format.ONNX, Format.WEIGHT_FOLDERS)) {
      try {
        found.add(WeightFormat.detect(file));
      } catch (InvalidWeightsException e) {
        // The data of an index.
      }
    }
    assertThat(found).contains(WeightFormat.values());
  }

  /** A model of each family, whole. What a family is only within another's model has one there. */
  @Test
  void everyFamilyIsInTheCorpus() throws IOException {
    var found = new TreeSet<String>();
    for (Path file : files(Format.MODEL)) {
      if (file.endsWith("config.json")) {
        found.add(ModelFamily.of(new ModelDirectory(file.resolveSibling(""))).key());
      }
    }
    Set<String> ownRuns = Set.of("auto");
    assertThat(found).containsAll(ModelFamily.installed().stream()
        .filter(family -> family.getClass().getPackageName().startsWith("crema.family.")
            && !(family instanceof VotesFamily))
        .map(ModelFamily::key).filter(key -> !ownRuns.contains(key)).toList());
  }

  /** Each setting that names a file: what a new one names is of a format that has a target. */
  @Test
  void everySettingThatNamesAFileIsOfAFormat() {
    Map<String, List<Format>> formats = Map.of("train", ROWS, "validation", ROWS, "test", ROWS, "corrections",
        List.of(Format.CORRECTIONS), "label-map", List.of(Format.LABEL_MAP), "from", List.of(Format.MODEL),
        "text-model",
        List.of(Format.MODEL), "picture-model", List.of(Format.MODEL), "tokenizer",
        List.of(Format.TOKENIZER, Format.VOCABULARY, Format.SENTENCEPIECE));
    // Folders that files are in, of rows, pictures, pretrained models, what was computed before; parts of a config.
    Set<String> folders = Set.of("data", "models", "vector-cache", "image-root", "picture-cache", "tasks", "recipe");
    Set<String> settings = ModelFamily.installed().stream().flatMap(family -> family.settings().rows().stream())
        .filter(Setting::isPath).map(Setting::name).filter(name -> !folders.contains(name))
        .collect(Collectors.toSet());
    assertThat(settings).isSubsetOf(formats.keySet());
  }

  /** The formats that Jazzer is to fuzz: those asked for, or one with which it shows that it runs here. */
  static List<Format> fuzzed() {
    String keys = System.getProperty("crema.fuzz.formats", "");
    if (keys.isEmpty()) {
      return SECONDS == 0 ? List.of(Format.JSONL) : List.of(Format.values());
    }
    return Stream.of(keys.split(",")).map(key -> Keyed.find(Format.class, key, "format")).toList();
  }

  @ParameterizedTest
  @MethodSource("fuzzed")
  void jazzerFindsNothing(Format format) throws IOException, InterruptedException {
    FuzzRun run = SECONDS == 0 ? new FuzzRun(format, 60, SHORT_EXECUTIONS, SEED, folder)
        : new FuzzRun(format, SECONDS, EXECUTIONS, System.nanoTime() & Integer.MAX_VALUE, Path.of("target", "fuzz"));
    FuzzRun.Result result = run.run();
    if (SECONDS > 0) {
      System.out.println(format.key() + ": " + result);
    }
    assertThat(result.findings()).as(result.log().toString()).isEmpty();
    assertThat(result.executions()).as(result.log().toString()).isPositive();
  }
}
