package crema.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import crema.base.UserError;
import crema.data.LabelSet;
import crema.family.encoder.EncoderFamily;
import crema.family.encoder.EncoderSettings;
import crema.family.encoder.SmallRuns;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.fusion.FusionFamily;
import crema.family.fusion.FusionSettings;
import crema.family.image.ImageFamily;
import crema.family.image.ImageSettings;
import crema.family.linear.LinearFamily;
import crema.family.linear.LinearSettings;
import crema.family.linear.LinearSettings.TextColumns;
import crema.family.neighbours.NeighboursFamily;
import crema.family.neighbours.NeighboursSettings;
import crema.family.stack.StackFamily;
import crema.family.stack.StackSettings;
import crema.report.TellingWord;
import crema.run.DataSettings;
import crema.run.PictureSettings;
import crema.run.TaskSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.Guarantee;
import crema.task.LabelSettings;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TargetKind;
import crema.testmodels.DrawnPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SequencedCollection;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every classifier promises, of whatever family: many callers at once, blank texts, wrong arguments, texts of any
 * length and any characters, interrupts, closing. The catalog of models has one of each family at least, and of each kind
 * of answer; those on the class path, which tell fruit from toys, {@code crema pack} wrote.
 */
class ClassifierContractTest {
  private static final int CALLERS = 1000;

  /** Texts that come from anywhere. */
  private static final List<String> ODD_TEXTS =
      List.of("\uD83D", "red \uDE00\uD83D apple", "\u0000\uFFFF", "\u00A0\u3000\u200B",
          "a\u0301".repeat(300));

  @TempDir
  static Path shared;
  private static Path titles;

  /**
   * A model of the catalog.
   *
   * @param family its key
   * @param name of the model
   * @param maker trains it where it is to be; nothing for one on the class path
   */
  private record Model(String family, String name, Maker maker) {
    @Override
    public String toString() {
      return family + ": " + name;
    }
  }

  @FunctionalInterface
  private interface Maker {
    void make(String name) throws IOException;
  }

  private static final List<Model> MODELS = List.of(
      new Model("encoder", "encoder",
          name -> SmallRuns.train(SmallRuns.config(titles, 1, 2e-3), shared.resolve(name), 2)),
      new Model("task", "tasks/tasks/category", _ -> trainTasks("tasks")),
      new Model("fasttext", "fasttext", name -> train(new FastTextFamily(), name, ClassifierContractTest::small)),
      new Model("fasttext", "fasttext of paths", name -> train(new FastTextFamily(), name,
          settings -> small(settings).with(LabelSettings.TARGET, TargetKind.TAXONOMY)
              .with(LabelSettings.LABEL, "path"))),
      new Model("fasttext", "colours-fasttext", _ -> {}),
      new Model("linear", "linear", name -> train(new LinearFamily(), name, settings -> settings)),
      new Model("linear", "linear of several labels", name -> train(new LinearFamily(), name,
          settings -> settings.with(LabelSettings.TARGET, TargetKind.MULTI).with(LabelSettings.LABEL, "kinds"))),
      new Model("linear", "linear of paths", name -> train(new LinearFamily(), name,
          settings -> settings.with(LabelSettings.TARGET, TargetKind.TAXONOMY).with(LabelSettings.LABEL, "path"))),
      new Model("linear", "linear of columns", name -> train(new LinearFamily(), name, settings -> settings
          .with(DataSettings.TEXT, List.of("title", "shop"))
          .with(LinearSettings.COLUMNS, TextColumns.APART))),
      new Model("linear", "colours", _ -> {}),
      new Model("neighbours", "neighbours", name -> train(new NeighboursFamily(), name,
          settings -> settings.with(NeighboursSettings.DIMENSIONS, 16))),
      new Model("staged", "colours-staged", _ -> {}),
      new Model("stack", "stack", name -> train(new StackFamily(), name, settings -> settings.with(StackSettings.MODELS,
          List.of(shared.resolve("linear").toString(), shared.resolve("fasttext").toString())))));

  /** Models that read pictures, one of them alone, one beside texts. */
  private static final List<Model> OF_PICTURES =
      List.of(new Model("image", "image", ClassifierContractTest::trainImage),
          new Model("fusion", "fusion", ClassifierContractTest::trainFusion));

  private static final List<byte[]> PHOTOS = new ArrayList<>();

  private static void trainImage(String name) throws IOException {
    Path rows = DrawnPictures.write(shared.resolve("drawn"), 30);
    for (int i = 0; i < 17; i++) {
      PHOTOS.add(Files.readAllBytes(shared.resolve("drawn/photos/" + i + ".png")));
    }
    run(new ImageFamily(), name, new ImageFamily().settings().with(DataSettings.TRAIN, rows.toString())
        .with(PictureSettings.IMAGE, "photo").with(LabelSettings.LABEL, "category")
        .with(PictureSettings.PICTURE_CACHE, shared.resolve("pictures").toString())
        .with(ImageSettings.IMAGE_SIZE, 16).with(TrainingSettings.EPOCHS, 2));
  }

  /** Of the pictures that were drawn for the model before it. */
  private static void trainFusion(String name) throws IOException {
    run(new FusionFamily(), name, new FusionFamily().settings()
        .with(DataSettings.TRAIN, shared.resolve("drawn/rows.csv").toString())
        .with(DataSettings.TEXT, "title").with(PictureSettings.IMAGE, "photo").with(LabelSettings.LABEL, "category")
        .with(PictureSettings.PICTURE_CACHE, shared.resolve("pictures").toString())
        .with(ImageSettings.IMAGE_SIZE, 16).with(FusionSettings.VISION_EPOCHS, 1).with(TrainingSettings.EPOCHS, 1)
        .with(EncoderSettings.HIDDEN_SIZE, 16).with(EncoderSettings.HEADS, 2).with(EncoderSettings.LAYERS, 1)
        .with(FusionSettings.FUSION_EPOCHS, 2).with(FusionSettings.PICTURE_EPOCHS, 1));
  }

  @BeforeAll
  static void train() throws IOException {
    List<String> rows = Files.readAllLines(SmallRuns.titles(shared));
    var all = new ArrayList<>(List.of("title,category,path,kinds,shop"));
    for (String row : rows.subList(1, rows.size())) {
      int end = row.lastIndexOf('"') + 1;
      String category = row.substring(end + 1).split(",")[0];
      String side = category.startsWith("Fri") ? "Cold" : "Warm";
      all.add(row.substring(0, end) + "," + category + "," + side + " > " + category + ",\"" + side + "," + category
          + "\",shop " + category.length() % 3);
    }
    titles = Files.write(shared.resolve("all.csv"), all);
    for (Model model : allModels().toList()) {
      model.maker.make(model.name);
    }
  }

  private static Settings small(Settings settings) {
    return settings.with(FastTextSettings.DIM, 8).with(FastTextSettings.BUCKETS, 1000).with(TrainingSettings.EPOCHS, 3);
  }

  private static void train(ModelFamily family, String name, UnaryOperator<Settings> more) throws IOException {
    Settings settings = family.settings().with(DataSettings.TRAIN, titles.toString())
        .with(DataSettings.TEXT, "title").with(LabelSettings.LABEL, "category").with(DataSettings.TEST_FRACTION, 0.2);
    run(family, name, more.apply(settings));
  }

  private static void run(ModelFamily family, String name, Settings settings) throws IOException {
    var directory = new ModelDirectory(shared.resolve(name));
    directory.prepareForRun(false);
    family.newRun(settings, RunContext.in(directory).withCompute(ComputeOptions.threads(2))).run();
  }

  private static void trainTasks(String name) throws IOException {
    run(new EncoderFamily(), name, SmallRuns.config(titles, 1, 2e-3)
        .without(DataSettings.TRAIN).without(DataSettings.TEXT).without(LabelSettings.LABEL)
        .with(TaskSettings.TASKS, List.of("category.train=" + titles, "category.text=title",
            "category.label=category", "shop.train=" + titles, "shop.text=title", "shop.label=shop")));
  }

  private static Stream<Model> models() {
    return MODELS.stream();
  }

  private static Stream<Model> allModels() {
    return Stream.concat(MODELS.stream(), OF_PICTURES.stream());
  }

  private static Classifier load(Model model) {
    return Files.isDirectory(shared.resolve(model.name))
        ? Classifier.load(shared.resolve(model.name), ComputeOptions.threads(2))
        : Classifier.load(ClassifierContractTest.class, "/models/" + model.name + ".zip", ComputeOptions.threads(2));
  }

  /** Whoever adds a family adds a model here. Those that are left out make models of other families. */
  @Test
  void everyFamilyThatPredictsHasAModelInTheCatalog() throws IOException {
    Set<String> families = ModelFamily.installed().stream().map(ModelFamily::key).collect(Collectors.toSet());
    families.removeAll(Set.of("auto", "multi-task"));
    assertThat(allModels()).extracting(Model::family).containsAll(families)
        .allMatch(families::contains);
    for (Model model : allModels().toList()) {
      Path folder = shared.resolve(model.name);
      if (Files.isDirectory(folder)) {
        assertThat(ModelFamily.of(new ModelDirectory(folder)).key()).as(model.name).isEqualTo(model.family);
      }
    }
  }

  private static String text(int caller) {
    return (caller % 3 == 0 ? "red apple " : "samsung washing machine ") + caller % 17;
  }

  @ParameterizedTest
  @MethodSource("models")
  void aThousandVirtualThreadsGetTheAnswersOfOne(Model model) throws InterruptedException, ExecutionException {
    try (Classifier classifier = load(model)) {
      var expected = new ArrayList<Prediction>();
      for (int caller = 0; caller < CALLERS; caller++) {
        expected.add(classifier.predict(text(caller)));
      }
      var answers = new ArrayList<Future<Prediction>>();
      try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int caller = 0; caller < CALLERS; caller++) {
          String text = text(caller);
          answers.add(callers.submit(() -> classifier.predict(text)));
        }
      }
      for (int caller = 0; caller < CALLERS; caller++) {
        assertThat(answers.get(caller).get()).isEqualTo(expected.get(caller));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void tellingWordsAreToldForEachLabelOrForNone(Model model) {
    try (Classifier classifier = load(model)) {
      List<List<TellingWord>> words = classifier.tellingWords(4);
      assertThat(words.size()).isIn(0, classifier.labels().size());
      assertThat(words).allSatisfy(ofLabel -> assertThat(ofLabel).hasSizeLessThanOrEqualTo(4)
          .isSortedAccordingTo(Comparator.comparingDouble(TellingWord::weight).reversed())
          .allMatch(word -> word.weight() > 0 && !word.text().isBlank()));
      assertThatThrownBy(() -> classifier.tellingWords(0)).isInstanceOf(IllegalArgumentException.class);
      if (model.name.startsWith("colours") && !words.isEmpty()) {
        int fruit = classifier.labels().indexOf("fruit");
        assertThat(words.get(fruit)).extracting(TellingWord::text).anyMatch(word -> word.contains("apple"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void textsOfAnyLengthAndCharactersHaveAnAnswer(Model model) {
    try (Classifier classifier = load(model)) {
      float[][] all = classifier.probabilities(ODD_TEXTS);
      for (int i = 0; i < ODD_TEXTS.size(); i++) {
        String text = ODD_TEXTS.get(i);
        assertThat(all[i]).hasSize(classifier.labels().size());
        for (float probability : all[i]) {
          assertThat(probability).isBetween(0f, 1f);
        }
        List<Prediction> best = classifier.predict(List.of(text), 1).getFirst();
        assertThat(best).hasSizeLessThanOrEqualTo(1);
        assertThat(best.isEmpty()).as("no answer to text " + i + " means zeros").isEqualTo(isZero(all[i]));
        assertThat(classifier.answer(List.of(text))).hasSize(1);
        assertThat(classifier.length(text)).isNotNegative();
      }
      String long10MegaBytes = "samsung washing machine 7kg ".repeat(200_000) + "x".repeat(5_000_000);
      assertThat(classifier.predict(List.of(long10MegaBytes), 1).getFirst()).hasSize(1);
      assertThat(classifier.predict("red apple \uD83D")).isEqualTo(classifier.predict("red apple \uD83D"));
    }
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @MethodSource("models")
  @SuppressWarnings("NullAway") // what a caller without a checker may pass
  void blankTextsWrongArgumentsAndClosingAreTheSameForAll(Model model) {
    Classifier classifier = load(model);
    List<String> labels = classifier.labels();
    List<String> texts = List.of(" \n\t", "red apple", "");
    assertThat(classifier.predict(texts, 1)).extracting(List::size).containsExactly(0, 1, 0);
    assertThat(classifier.answer(texts)).hasSize(3).satisfies(answers -> {
      assertThat(answers.getFirst()).isEmpty();
      assertThat(answers.getLast()).isEmpty();
    });
    assertThat(classifier.probabilities(texts)[0]).containsOnly(0).hasSize(classifier.labels().size());
    assertThat(classifier.logits(texts)[0]).isEmpty();
    assertThat(classifier.predict(texts, Integer.MAX_VALUE).get(1)).hasSize(classifier.target().candidates().length);
    assertThatThrownBy(() -> classifier.predict(" \n")).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blank");
    for (int k : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> classifier.predict(texts, k)).isInstanceOf(IllegalArgumentException.class)
          .hasMessage("k must be at least 1, not " + k);
    }
    List<String> withNull = new ArrayList<>(texts);
    withNull.add(null);
    assertThatThrownBy(() -> classifier.predict(withNull, 1)).isInstanceOf(NullPointerException.class)
        .hasMessageContaining("a text is null");
    for (ThrowingCallable call : List.<ThrowingCallable>of(() -> classifier.answer(withNull),
        () -> classifier.probabilities(withNull), () -> classifier.logits(withNull), () -> classifier.embed(withNull),
        () -> classifier.explain(withNull, 1), () -> classifier.predict((String) null),
        () -> classifier.predict((List<String>) null, 1), () -> classifier.predict((Item) null),
        () -> classifier.answer((List<String>) null), () -> classifier.logits((SequencedCollection<Item>) null),
        () -> classifier.length(null), () -> classifier.embed((String) null))) {
      assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessageContaining("is null");
    }
    assertThatThrownBy(() -> classifier.explain(texts, 0)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k must be at least 1, not 0");
    assertThatThrownBy(() -> classifier.explain("apple", new int[] {labels.size()}))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("there is no label " + labels.size());
    assertThatThrownBy(() -> classifier.explain(texts, List.of(labels))).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 texts, but labels for 1");
    assertThatThrownBy(() -> classifier.explain(List.of("apple"), List.of(List.of("no such"))))
        .isInstanceOf(UserError.class).hasMessageContaining("no label 'no such'");
    assertThat(classifier.explain(List.of(" "), 1)).singleElement().extracting(Explanation::words).asInstanceOf(LIST)
        .isEmpty();
    try {
      assertThat(classifier.embed(" ")).containsOnly(0);
    } catch (UserError e) {
      assertThat(e).hasMessageContaining("vectors");
    }
    assertThat(classifier.predict(List.<String>of(), 1)).isEmpty();
    assertThat(classifier.answer(List.<Item>of())).isEmpty();
    assertThat(classifier.predict(List.of(" ", ""), 2)).containsExactly(List.of(), List.of());
    assertThat(classifier.answer(List.of(" ", ""))).containsExactly(List.of(), List.of());
    assertThat(classifier.probabilities(List.of(" "))[0]).containsOnly(0).hasSize(classifier.labels().size());
    assertThat(classifier.probabilities(List.<String>of())).isEmpty();
    Thread.currentThread().interrupt();
    try {
      assertThat(classifier.predict(texts, 1)).extracting(List::size).containsExactly(0, 1, 0);
    } finally {
      assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }
    classifier.close();
    classifier.close();
    assertThatThrownBy(() -> classifier.predict("apple")).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    for (ThrowingCallable call : List.<ThrowingCallable>of(() -> classifier.answer(texts),
        () -> classifier.predict(texts, 1), () -> classifier.probabilities(texts), () -> classifier.logits(texts),
        () -> classifier.rawProbabilities(texts), () -> classifier.embed("apple"), () -> classifier.length("apple"),
        () -> classifier.operations("apple"), () -> classifier.explain(texts, 1),
        () -> classifier.predict(Item.of("apple")), () -> classifier.embed(Item.of("apple")),
        () -> classifier.answer(texts, new Guarantee.Coverage(0.9)))) {
      assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
    }
    assertThat(classifier.labels()).isEqualTo(labels);
  }

  /** A text with a picture, of which a model reads what it can. */
  private static Item item(int caller) {
    return Item.of(text(caller), PHOTOS.get(caller % PHOTOS.size()));
  }

  @ParameterizedTest
  @MethodSource("allModels")
  @SuppressWarnings("NullAway") // what a caller without a checker may pass
  void itemsAreAnsweredForManyCallersAndBlankOnesAndWrongArgumentsAreTheSameForAll(Model model)
      throws InterruptedException, ExecutionException {
    Classifier classifier = load(model);
    var expected = new ArrayList<Prediction>();
    var futures = new ArrayList<Future<Prediction>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < 100; caller++) {
        Item item = item(caller);
        expected.add(classifier.predict(item));
        futures.add(callers.submit(() -> classifier.predict(item)));
      }
    }
    for (int caller = 0; caller < expected.size(); caller++) {
      assertThat(futures.get(caller).get()).isEqualTo(expected.get(caller));
    }
    List<Item> items = List.of(Item.of(" "), item(1), Item.of("\t"));
    assertThat(classifier.predict(items, 1)).extracting(List::size).containsExactly(0, 1, 0);
    assertThat(classifier.predict(items, 1).get(1)).containsExactly(expected.get(1));
    assertThat(classifier.predict(items, Integer.MAX_VALUE).get(1)).hasSize(classifier.target().candidates().length);
    List<List<Prediction>> answers = classifier.answer(items);
    assertThat(answers).hasSize(3);
    assertThat(List.of(answers.getFirst(), answers.getLast())).allMatch(List::isEmpty);
    assertThat(List.of(classifier.logits(items))).extracting(row -> row.length).containsExactly(0,
        classifier.labels().size(), 0);
    assertThat(classifier.probabilities(items)[0]).containsOnly(0).hasSize(classifier.labels().size());
    assertThat(classifier.explain(items, 1).getFirst().words()).isEmpty();
    assertThat(classifier.predict(List.<Item>of(), 1)).isEmpty();
    assertThatThrownBy(() -> classifier.predict(items, 0)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k must be at least 1, not 0");
    assertThatThrownBy(() -> classifier.predict(items.getFirst())).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing to predict from");
    assertThatThrownBy(() -> classifier.explain(item(1), new int[] {classifier.labels().size()}))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("there is no label");
    List<Item> withNull = new ArrayList<>(items);
    withNull.add(null);
    assertThatThrownBy(() -> classifier.answer(withNull)).isInstanceOf(NullPointerException.class)
        .hasMessageContaining("an item is null");
    Thread.currentThread().interrupt();
    try {
      assertThat(classifier.predict(items, 1)).extracting(List::size).containsExactly(0, 1, 0);
    } finally {
      assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }
    classifier.close();
    classifier.close();
    for (ThrowingCallable call : List.<ThrowingCallable>of(() -> classifier.answer(items),
        () -> classifier.predict(items, 1), () -> classifier.probabilities(items), () -> classifier.logits(items),
        () -> classifier.rawProbabilities(items), () -> classifier.embed(items), () -> classifier.explain(items, 1),
        () -> classifier.answer(items, new Guarantee.Coverage(0.9)))) {
      assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void itemsAreAnsweredAsTheirTextsAndPicturesAreIgnoredByModelsThatReadNone(Model model) {
    try (Classifier classifier = load(model)) {
      assertThat(classifier.readsText()).isTrue();
      assertThat(classifier.readsPictures()).isFalse();
      List<String> texts = List.of("red apple", " ", "samsung washing machine");
      List<Item> items = List.of(Item.of("red apple", new byte[] {1, 2}), Item.of(" ", Path.of("no such.jpg")),
          Item.of("samsung washing machine"));
      assertThat(classifier.predict(items, 2)).isEqualTo(classifier.predict(texts, 2));
      assertThat(classifier.answer(items)).isEqualTo(classifier.answer(texts));
      assertThat(classifier.probabilities(items)).isDeepEqualTo(classifier.probabilities(texts));
      assertThat(classifier.rawProbabilities(items)).isDeepEqualTo(classifier.rawProbabilities(texts));
      assertThat(classifier.logits(items)).isDeepEqualTo(classifier.logits(texts));
      assertThat(classifier.explain(items, 1)).isEqualTo(classifier.explain(texts, 1));
      assertThat(classifier.predict(items.getFirst())).isEqualTo(classifier.predict("red apple"));
      assertThatThrownBy(() -> classifier.predict(Item.picture(new byte[] {1, 2})))
          .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("the item has no text that");
      try {
        assertThat(classifier.embed(items)).isDeepEqualTo(classifier.embed(texts));
      } catch (UserError e) {
        assertThat(e).hasMessageContaining("vectors");
      }
    }
  }

  @Test
  void aModelIsNotClosedWhileItAnswers() throws InterruptedException {
    Classifier classifier = load(MODELS.getFirst());
    var outcomes = new ArrayList<Future<Prediction>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < 200; caller++) {
        String text = text(caller);
        outcomes.add(callers.submit(() -> classifier.predict(text)));
        if (caller == 100) {
          callers.submit(classifier::close);
        }
      }
    }
    for (Future<Prediction> outcome : outcomes) {
      if (outcome.state() == Future.State.FAILED) {
        assertThat(outcome.exceptionNow()).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
      }
    }
    assertThatThrownBy(() -> classifier.predict("apple")).isInstanceOf(IllegalStateException.class);
  }

  /** Fails in every call as the system may, until told not to. */
  private static final class Failing implements Classifier {
    private final Target target = new SingleLabelTarget(LabelSet.of(List.of("fruit", "toy"), new long[] {1, 1}));
    private boolean isClosed;

    @Override
    public Target target() {
      return target;
    }

    @Override
    public float[][] logits(List<String> texts) {
      throw new OutOfMemoryError("Java heap space");
    }

    @Override
    public float[][] embed(List<String> texts) {
      throw new StackOverflowError();
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  @Test
  void errorsPassThroughAndDoNotKeepItFromBeingClosed() {
    var failing = new Failing();
    var classifier = new LoadedClassifier(failing, "m");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> classifier.predict("apple")).isExactlyInstanceOf(OutOfMemoryError.class);
      assertThatThrownBy(() -> classifier.probabilities(List.of("apple"))).isExactlyInstanceOf(OutOfMemoryError.class);
      assertThatThrownBy(() -> classifier.embed("apple")).isExactlyInstanceOf(StackOverflowError.class);
    }
    classifier.close();
    assertThat(failing.isClosed).isTrue();
    assertThatThrownBy(() -> classifier.predict("apple")).isInstanceOf(IllegalStateException.class)
        .hasMessage("the classifier m is closed");
  }
}
