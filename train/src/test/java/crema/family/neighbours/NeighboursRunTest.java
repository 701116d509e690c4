package crema.family.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelArchive;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelInfo;
import crema.classify.Prediction;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.family.encoder.SmallRuns;
import crema.family.linear.FrozenSettings;
import crema.nn.InvalidWeightsException;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import crema.testmodels.TestModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of neighbours, and categories that are added to their models. */
class NeighboursRunTest {
  private static final List<String> FISH = List.of("trout and tuna", "herring and trout", "tuna and herring");

  @TempDir
  Path folder;
  Path topics;

  @BeforeEach
  void writeTopics() throws IOException {
    var lines = new ArrayList<String>(List.of("text,labels,path"));
    List<List<String>> words = List.of(List.of("wheat", "rye", "flour", "barley"),
        List.of("corn", "cob", "kernel", "husk"),
        List.of("crude", "barrel", "drill", "rig"), List.of("gold", "ore", "ingot", "vein"));
    List<String> names = List.of("bread", "maize", "oil", "metal");
    // Words that tell nothing as yet.
    List<String> fish = List.of("trout", "herring", "tuna");
    for (int i = 0; i < 144; i++) {
      int first = i % 4;
      int second = i / 4 % 4;
      lines.add("%s %s %s report %s,\"%s\",%s".formatted(words.get(first).get(i / 16 % 4),
          words.get(first).get(i / 5 % 4), first == second ? "" : words.get(second).get(i / 7 % 4), fish.get(i % 3),
          first == second ? names.get(first) : names.get(first) + "," + names.get(second),
          (first < 2 ? "farm > " : "mine > ") + names.get(first)));
    }
    topics = Files.write(folder.resolve("topics.csv"), lines);
  }

  private static Settings config(Path file, String text, TargetKind target, String label) {
    return new NeighboursFamily().settings()
        .with(DataSettings.TRAIN, file.toString()).with(DataSettings.TEXT, text).with(LabelSettings.TARGET, target)
        .with(LabelSettings.LABEL, label).with(DataSettings.LOWERCASE, true)
        .with(DataSettings.VALIDATION_FRACTION, 0.2).with(DataSettings.TEST_FRACTION, 0.2)
        .with(NeighboursSettings.DIMENSIONS, 32).with(TrainingSettings.SEED, 3);
  }

  private TrainingResult run(Settings config, String output, int threads) throws IOException {
    var directory = new ModelDirectory(folder.resolve(output));
    directory.prepareForRun(false);
    return new NeighboursRun(config, RunContext.in(directory).withCompute(ComputeOptions.threads(threads))).run();
  }

  private Classifier load(String output) {
    return Classifier.load(folder.resolve(output), ComputeOptions.threads(2));
  }

  @Test
  void titlesAreLearnedAndTheModelIsTheSameForAnyNumberOfThreads() throws IOException {
    Path titles = SmallRuns.titles(folder);
    Settings config = config(titles, "title", TargetKind.SINGLE, "category");
    assertThat(run(config, "one", 1).report().metrics().accuracy()).isGreaterThan(0.8);
    run(config, "two", 2);
    for (String file : List.of("config.json", "items.safetensors", "categories.safetensors",
        "projection.safetensors", "whitening.safetensors")) {
      assertThat(folder.resolve("two").resolve(file)).hasSameBinaryContentAs(folder.resolve("one").resolve(file));
    }
    assertThat(ModelFamily.settingsOf(new ModelDirectory(folder.resolve("one")))).isEqualTo(config);
    Path archive = folder.resolve("one.zip");
    ModelArchive.write(new ModelDirectory(folder.resolve("one")), archive);
    List<String> texts = List.of("bosch serie 6 washing machine 9kg", "", "xqzzy", "samsung tv 55 inch");
    try (Classifier classifier = load("one"); Classifier packed = load("one.zip")) {
      assertThat(classifier.predict(texts.getFirst()).label()).isEqualTo("Washing Machines");
      assertThat(classifier.predict(List.of(" "), 1)).containsExactly(List.of());
      float[][] together = classifier.logits(texts);
      assertThat(packed.logits(texts)).isDeepEqualTo(together);
      assertThat(classifier.logits(texts.subList(3, 4))[0]).isEqualTo(together[3]);
      // The probabilities of a text, also of one of which nothing is known, are those of all labels.
      for (int text : new int[] {0, 2, 3}) {
        double sum = 0;
        for (float p : classifier.probabilities(texts)[text]) {
          sum += p;
        }
        assertThat(sum).isCloseTo(1, within(1e-4));
      }
      assertThat(classifier.embed("washing machine")).hasSize(32);
    }
    assertThat(ModelInfo.of(new ModelDirectory(folder.resolve("one"))).facts()).containsEntry("Kind",
        "neighbours, by terms in 32 dimensions");
  }

  @Test
  void anIndexFindsWhatAComparisonWithAllFinds() throws IOException {
    Settings exact = config(topics, "text", TargetKind.SINGLE, "path");
    run(exact, "exact", 1);
    Settings indexed = exact.with(NeighboursSettings.INDEX, IndexKind.HNSW);
    run(indexed, "one", 1);
    run(indexed, "two", 2);
    Path file = folder.resolve("one/index.safetensors");
    assertThat(folder.resolve("two/index.safetensors")).hasSameBinaryContentAs(file);
    assertThat(folder.resolve("exact/index.safetensors")).doesNotExist();
    List<String> texts = List.of("flour and cob report", "gold ore", "drill rig");
    new ModelCategories(folder.resolve("one")).add("fish", List.of("trout and tuna", "herring and trout"),
        ComputeOptions.DEFAULT);
    try (Classifier classifier = load("exact"); Classifier other = load("two"); Classifier longer = load("one")) {
      assertThat(other.predict(texts, 1)).extracting(best -> best.getFirst().label())
          .isEqualTo(classifier.predict(texts, 1).stream().map(best -> best.getFirst().label()).toList());
      assertThat(longer.predict("herring and trout").label()).isEqualTo("fish");
    }
    byte[] whole = Files.readAllBytes(file);
    whole[whole.length - 2] = 0x55;
    Files.write(file, whole);
    assertThatThrownBy(() -> load("one")).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("index.safetensors");
  }

  @Test
  void aTextGetsAllLabelsThatAreProbable() throws IOException {
    assertThat(run(config(topics, "text", TargetKind.MULTI, "labels"), "multi", 2).report().metrics().averages()
        .macro().f1()).isGreaterThan(0.9);
    try (Classifier classifier = load("multi")) {
      assertThat(classifier.answer(List.of("corn and gold report")).getFirst())
          .extracting(Prediction::label).containsExactlyInAnyOrder("maize", "metal");
    }
  }

  @Test
  void pathsOfATaxonomyAreAnsweredAndOneIsAdded() throws IOException {
    run(config(topics, "text", TargetKind.TAXONOMY, "path"), "paths", 2);
    try (Classifier classifier = load("paths")) {
      assertThat(classifier.answer(List.of("gold ore report")).getFirst().getFirst().label())
          .isEqualTo("mine > metal");
    }
    var categories = new ModelCategories(folder.resolve("paths"));
    assertThat(categories.add("sea>fish", FISH, ComputeOptions.DEFAULT))
        .isEqualTo("sea > fish");
    assertThat(categories.add("farm", List.of("flour and cob report"), ComputeOptions.DEFAULT)).isEqualTo("farm");
    try (Classifier classifier = load("paths")) {
      assertThat(classifier.labels()).containsExactly("farm", "farm > bread", "farm > maize", "mine", "mine > metal",
          "mine > oil", "sea", "sea > fish");
      assertThat(classifier.predict("trout and herring").label()).isEqualTo("sea > fish");
      assertThat(classifier.predict("gold ore report").label()).isEqualTo("mine > metal");
    }
    assertThat(categories.list()).extracting(ModelCategories.Category::name)
        .containsExactly("farm > bread", "farm > maize", "mine > metal", "mine > oil", "sea > fish", "farm");
    assertThat(categories.list()).extracting(ModelCategories.Category::isAdded)
        .containsExactly(false, false, false, false, true, true);
    for (String wrong : List.of("sea > ", "sea > fish", "mine")) {
      assertThatThrownBy(() -> categories.add(wrong, List.of(), ComputeOptions.DEFAULT)).isInstanceOf(UserError.class);
    }
  }

  @Test
  void aModelIsWholeWhereverAnAdditionIsCutOff() throws IOException {
    run(config(topics, "text", TargetKind.MULTI, "labels"), "model", 1);
    Path model = folder.resolve("model");
    List<String> files = List.of("categories.safetensors", "target.json", "labels.json");
    var before = new ArrayList<byte[]>();
    for (String file : files) {
      before.add(Files.readAllBytes(model.resolve(file)));
    }
    float[][] answers;
    try (Classifier classifier = load("model")) {
      answers = classifier.logits(List.of("corn and gold report"));
    }
    var categories = new ModelCategories(model);
    categories.add("fish", FISH, ComputeOptions.DEFAULT);
    var after = new ArrayList<byte[]>();
    for (String file : files) {
      after.add(Files.readAllBytes(model.resolve(file)));
    }
    // The first files are new, the others as they were.
    for (int written = 0; written < files.size(); written++) {
      for (int i = 0; i < files.size(); i++) {
        Files.write(model.resolve(files.get(i)), (i < written ? after : before).get(i));
      }
      try (Classifier classifier = load("model")) {
        assertThat(classifier.labels()).doesNotContain("fish");
        assertThat(classifier.logits(List.of("corn and gold report"))).isDeepEqualTo(answers);
      }
      categories.add("fish", FISH, ComputeOptions.DEFAULT);
      for (int i = 0; i < files.size(); i++) {
        assertThat(Files.readAllBytes(model.resolve(files.get(i)))).as(files.get(i)).isEqualTo(after.get(i));
      }
    }
    try (Classifier classifier = load("model")) {
      assertThat(classifier.answer(List.of("trout and herring")).getFirst()).extracting(Prediction::label)
          .containsExactly("fish");
    }
  }

  @Test
  void mistakesChangeNothing() throws IOException {
    run(config(topics, "text", TargetKind.SINGLE, "path"), "model", 1);
    Path model = folder.resolve("model");
    byte[] before = Files.readAllBytes(model.resolve("categories.safetensors"));
    var categories = new ModelCategories(model);
    assertThatThrownBy(() -> categories.add("\t", List.of("a"), ComputeOptions.DEFAULT))
        .isInstanceOf(UserError.class).hasMessageContaining("needs a name");
    assertThatThrownBy(() -> categories.add("farm > maize", List.of("a"), ComputeOptions.DEFAULT))
        .isInstanceOf(UserError.class).hasMessageContaining("already");
    assertThatThrownBy(() -> categories.add("fish", List.of(" "), ComputeOptions.DEFAULT))
        .isInstanceOf(UserError.class).hasMessageContaining("no encoder");
    Path archive = folder.resolve("model.zip");
    ModelArchive.write(new ModelDirectory(model), archive);
    assertThatThrownBy(() -> new ModelCategories(archive).add("fish", List.of("trout"), ComputeOptions.DEFAULT))
        .isInstanceOf(UserError.class).hasMessageContaining("archive");
    assertThat(new ModelCategories(archive).list()).hasSize(4);
    assertThat(Files.readAllBytes(model.resolve("categories.safetensors"))).isEqualTo(before);
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    run(config(topics, "text", TargetKind.SINGLE, "path"), "model", 1);
    Path model = folder.resolve("model");
    for (String file : List.of("items.safetensors", "categories.safetensors", "projection.safetensors")) {
      byte[] whole = Files.readAllBytes(model.resolve(file));
      Files.write(model.resolve(file), Arrays.copyOf(whole, whole.length - 64));
      assertThatThrownBy(() -> load("model")).as(file)
          .isInstanceOfAny(UserError.class, InvalidWeightsException.class).hasMessageContaining(file);
      Files.write(model.resolve(file), whole);
    }
    // A label that is none of the categories.
    byte[] items = Files.readAllBytes(model.resolve("items.safetensors"));
    items[items.length - 1] = 0x7f;
    Files.write(model.resolve("items.safetensors"), items);
    assertThatThrownBy(() -> load("model")).hasMessageContaining("items.safetensors");
  }

  @Test
  void whatANameMeansIsEnoughWhereThereIsAnEncoder() throws IOException {
    var lines = new ArrayList<String>(List.of("text,kind"));
    String[] animals = {"dog", "horse", "cow", "sheep", "goat", "pig", "rabbit", "mouse", "lion", "tiger"};
    String[] vehicles = {"car", "truck", "bus", "tram", "train", "ship", "boat", "bicycle", "van", "helicopter"};
    String[] fruit = {"apple", "pear", "plum", "grape", "banana", "peach", "lemon", "orange", "cherry", "melon"};
    for (int i = 0; i < animals.length; i++) {
      lines.add(animals[i] + ",animal");
      lines.add(vehicles[i] + ",vehicle");
      lines.add(fruit[i] + ",fruit");
    }
    Path rows = Files.write(folder.resolve("rows.csv"), lines);
    Settings settings = config(rows, "text", TargetKind.SINGLE, "kind")
        .with(FrozenSettings.ENCODER, List.of(TestModel.MINILM.folder().toString()))
        .with(FrozenSettings.FEATURES, FrozenSettings.Features.ENCODER)
        .with(FrozenSettings.VECTOR_CACHE, folder.resolve("vectors").toString());
    run(settings, "model", 2);
    assertThat(folder.resolve("model/projection.safetensors")).doesNotExist();
    new ModelCategories(folder.resolve("model")).add("musical instrument", List.of(), ComputeOptions.DEFAULT);
    try (Classifier classifier = load("model")) {
      assertThat(classifier.predict("violin").label()).isEqualTo("musical instrument");
      assertThat(classifier.predict("kitten").label()).isEqualTo("animal");
      assertThat(classifier.predict("airplane").label()).isEqualTo("vehicle");
    }
  }
}
