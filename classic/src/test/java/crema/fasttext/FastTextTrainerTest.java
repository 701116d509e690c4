package crema.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FastTextTrainerTest {
  @TempDir
  Path folder;

  private static FastTextConfig.Builder small() {
    return FastTextConfig.supervised().dim(20).lr(0.5).epoch(20).wordNgrams(2).minn(2).maxn(3).bucket(2000).threads(1);
  }

  private static final TextSource TITLES = Golden.source("train.txt");

  private byte[] bytes(FastText model) throws IOException {
    Path file = folder.resolve("model.bin");
    model.save(file);
    return Files.readAllBytes(file);
  }

  private static double precision(FastText model) throws IOException {
    try (var in = TITLES.open()) {
      return model.test(in, 1, 0f).precision();
    }
  }

  @ParameterizedTest
  @EnumSource(LossKind.class)
  void learnsToTheSameBitsOnAnyNumberOfThreads(LossKind loss) throws IOException {
    FastTextConfig.Builder config = small().loss(loss);
    FastText one = new FastTextTrainer(config.build()).train(TITLES);
    assertThat(precision(one)).isGreaterThan(0.9);
    for (int threads : new int[] {2, 3, 7}) {
      FastText several = new FastTextTrainer(config.threads(threads).build()).train(TITLES);
      assertThat(bytes(several)).as("%d threads", threads).isEqualTo(bytes(one));
    }
  }

  @ParameterizedTest
  @EnumSource(LossKind.class)
  void probabilitiesByNumberAreThoseOfThePredictions(LossKind loss) throws IOException {
    FastText model = new FastTextTrainer(small().loss(loss).build()).train(TITLES);
    Predictor predictor = model.newPredictor();
    var said = new float[model.labels().size()];
    for (String text : List.of("kettle steel 2l", "fridge", "unseenword", "")) {
      List<Prediction> predictions = predictor.predict(text, -1, 0f);
      assertThat(predictor.probabilities(text, said)).isEqualTo(!predictions.isEmpty());
      for (int label = 0; label < said.length; label++) {
        String name = model.labels().get(label);
        assertThat(said[label]).isEqualTo(predictions.stream().filter(each -> each.label().equals(name))
            .findFirst().map(Prediction::probability).orElse(0f));
      }
    }
    assertThatThrownBy(() -> predictor.probabilities("fridge", new float[1]))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 numbers for");
  }

  @ParameterizedTest
  @EnumSource(value = LossKind.class, names = {"SOFTMAX", "ONE_VS_ALL"})
  void foldedWordsGiveTheScoresOfTheRowsOneByOne(LossKind loss) throws IOException {
    FastText model = new FastTextTrainer(small().loss(loss).build()).train(TITLES);
    var scorer = new FoldedWords(model).newScorer();
    var scores = new float[model.labels().size()];
    for (String text : List.of("kettle steel 2l", "fridge unseenword", "unseenword", "__label__none x", "")) {
      assertThat(scorer.scores(text, scores)).isTrue();
      assertThat(scores).containsExactly(model.scores(text, model.labels()).scores(), within(1e-4f));
    }
    assertThatThrownBy(() -> scorer.scores("fridge", new float[1])).isInstanceOf(IllegalArgumentException.class);
    FastText tree = new FastTextTrainer(small().loss(LossKind.HIERARCHICAL_SOFTMAX).epoch(1).build()).train(TITLES);
    assertThatThrownBy(() -> new FoldedWords(tree)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anotherSeedGivesAnotherModel() throws IOException {
    assertThat(bytes(new FastTextTrainer(small().seed(1).build()).train(TITLES)))
        .isNotEqualTo(bytes(new FastTextTrainer(small().seed(2).build()).train(TITLES)));
  }

  @ParameterizedTest
  @EnumSource(value = Task.class, names = {"SKIPGRAM", "CBOW"})
  void wordVectorsAreTheSameOnAnyNumberOfThreadsAndMeanSomething(Task task) throws IOException {
    FastTextConfig.Builder config = (task == Task.CBOW ? FastTextConfig.cbow() : FastTextConfig.skipgram())
        .dim(10).minCount(2).bucket(500).t(1).epoch(20).lr(0.05).threads(1);
    String[] topics = {
        "fridge cold ice freezer snow winter frost chill", "kettle hot steam toaster fire summer flame oven"
    };
    var random = new Random(1);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String[] words = topics[i % 2].split(" ");
      lines.add(random.ints(6, 0, words.length).mapToObj(w -> words[w]).collect(Collectors.joining(" ")));
    }
    FastText one = new FastTextTrainer(config.build()).train(TextSource.of(lines));
    assertThat(one.wordIndex().nearest("snow", 4)).extracting(Similarity::word)
        .isSubsetOf(topics[0].split(" "));
    for (int threads : new int[] {2, 5, 8}) {
      FastText several = new FastTextTrainer(config.threads(threads).build()).train(TextSource.of(lines));
      assertThat(bytes(several)).as("%d threads", threads).isEqualTo(bytes(one));
    }
  }

  @ParameterizedTest
  @EnumSource(LossKind.class)
  void lockFreeThreadsLearnAsWellAndOneOfThemToTheSameBits(LossKind loss) throws IOException {
    FastTextConfig.Builder config = small().loss(loss).lockFree(true);
    FastText one = new FastTextTrainer(config.build()).train(TITLES);
    assertThat(precision(one)).isGreaterThan(0.9);
    assertThat(bytes(new FastTextTrainer(config.build()).train(TITLES))).isEqualTo(bytes(one));
    assertThat(precision(new FastTextTrainer(config.threads(4).build()).train(TITLES))).isGreaterThan(0.9);
  }

  @Test
  void lockFreeThreadsStopWhenAskedToAndWhenTheyDiverge() throws IOException {
    FastTextConfig.Builder config = small().epoch(2000).lockFree(true).threads(3);
    var fractions = new ArrayList<Double>();
    new FastTextTrainer(config.build())
        .listener(afterTheFirstReportIsDue(progress -> !fractions.add(progress.fraction()))).train(TITLES);
    assertThat(fractions).singleElement().satisfies(fraction -> assertThat(fraction).isLessThan(1));
    assertThatThrownBy(() -> new FastTextTrainer(config.lr(1e6).build()).train(TITLES))
        .isInstanceOf(DivergedException.class);
  }

  /** Stops a run after some reports. */
  private static TrainingListener stopAfter(int reports) {
    var seen = new AtomicInteger();
    return afterTheFirstReportIsDue(progress -> seen.incrementAndGet() <= reports);
  }

  /** A report is due every 0.2 s. Waiting so long before the first example makes sure that there is one at its start. */
  private static TrainingListener afterTheFirstReportIsDue(TrainingListener listener) {
    return new TrainingListener() {
      @Override
      public void onStart(double fraction) {
        LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
      }

      @Override
      public boolean onProgress(TrainingProgress progress) {
        return listener.onProgress(progress);
      }
    };
  }

  @Test
  void aStoppedAndResumedRunEndsWithTheSameBits() throws IOException {
    FastTextConfig config = small().epoch(2000).build();
    Path checkpoint = folder.resolve("run.checkpoint");
    byte[] through = bytes(new FastTextTrainer(config).train(TITLES));
    FastText stopped = new FastTextTrainer(config)
        .listener(stopAfter(0)).checkpoints(checkpoint, Duration.ofDays(1)).train(TITLES);
    assertThat(bytes(stopped)).isNotEqualTo(through);
    new FastTextTrainer(config.toBuilder().threads(2).build())
        .listener(stopAfter(0)).checkpoints(checkpoint, Duration.ofDays(1)).resume(checkpoint, TITLES);
    FastText resumed = new FastTextTrainer(config).resume(checkpoint, TITLES);
    assertThat(bytes(resumed)).isEqualTo(through);
  }

  @Test
  void theShortestRunTellsItsEndOnce() throws IOException {
    var fractions = new ArrayList<Double>();
    new FastTextTrainer(small().epoch(1).build()).listener(progress -> fractions.add(progress.fraction()))
        .train(TITLES);
    assertThat(fractions).endsWith(1.0).containsOnlyOnce(1.0);
  }

  /** Keeps the milestones of a run, the times aside, and stops it at the first report. */
  private static final class Milestones implements TrainingListener {
    private final List<String> heard = new ArrayList<>();
    private final boolean stops;
    private double started = Double.NaN;

    Milestones(boolean stops) {
      this.stops = stops;
    }

    @Override
    public void onStart(double fraction) {
      started = fraction;
    }

    @Override
    public boolean onProgress(TrainingProgress progress) {
      return !stops;
    }

    @Override
    public void onMilestone(TrainingProgress progress) {
      heard.add(progress.fraction() + " " + progress.step() + " " + progress.lr() + " " + progress.loss());
    }
  }

  @Test
  void milestonesAreTheSameOnAnyNumberOfThreadsAndAfterAResume() throws IOException {
    FastTextConfig config = small().epoch(2000).build();
    var through = new Milestones(false);
    new FastTextTrainer(config).listener(through).train(TITLES);
    assertThat(through.heard).hasSize(100);
    Path checkpoint = folder.resolve("run.checkpoint");
    var before = new Milestones(true);
    new FastTextTrainer(config.toBuilder().threads(3).build())
        .listener(before).checkpoints(checkpoint, Duration.ofDays(1)).train(TITLES);
    var after = new Milestones(false);
    new FastTextTrainer(config).listener(after).resume(checkpoint, TITLES);
    assertThat(before.started).isZero();
    assertThat(after.started).isPositive();
    var both = new ArrayList<>(before.heard);
    both.addAll(after.heard);
    assertThat(both).isEqualTo(through.heard);
  }

  @Test
  void aDamagedCheckpointAndAnotherTextAreRefused() throws IOException {
    Path checkpoint = folder.resolve("run.checkpoint");
    var trainer = new FastTextTrainer(small().epoch(3).build()).checkpoints(checkpoint, Duration.ZERO);
    trainer.train(TITLES);
    assertThatThrownBy(() -> trainer.resume(checkpoint, TextSource.of(List.of("__label__phone Nokio handset"))))
        .isInstanceOf(IOException.class).hasMessageContaining("another training text");
    byte[] state = Files.readAllBytes(checkpoint);
    state[state.length / 2] ^= 1;
    Files.write(checkpoint, state);
    assertThatThrownBy(() -> trainer.resume(checkpoint, TITLES))
        .isInstanceOf(IOException.class).hasMessageContaining("damaged");
  }

  @ParameterizedTest
  @EnumSource(LossKind.class)
  void furtherTrainingLearnsNewWordsAndLabelsAndKeepsTheOldOnes(LossKind loss) throws IOException {
    FastTextConfig config = small().loss(loss).build();
    FastText model = new FastTextTrainer(config).train(TITLES);
    FastText untouched = new FastTextTrainer(small().loss(loss).epoch(0).build()).trainFurther(model, TITLES);
    assertThat(precision(untouched)).as("before the first step").isEqualTo(precision(model));
    List<String> bikes = new ArrayList<>(Golden.text("train.txt").lines().toList());
    for (int i = 0; i < 40; i++) {
      bikes.add("__label__bike Velomatic bicycle saddle " + i % 5);
    }
    FastText grown = new FastTextTrainer(small().loss(loss).epoch(20).build())
        .trainFurther(model, TextSource.of(bikes));
    assertThat(grown.labels()).contains("__label__bike").containsAll(model.labels());
    assertThat(grown.predict("Velomatic saddle", 1, 0f).get(0).label()).isEqualTo("__label__bike");
    assertThat(precision(grown)).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @EnumSource(value = LossKind.class, names = {"SOFTMAX", "ONE_VS_ALL"})
  void aLearningRateThatExplodesStopsWithTheStepAndASmallerOne(LossKind loss) {
    assertThatThrownBy(() -> new FastTextTrainer(small().loss(loss).lr(1e6).build()).train(TITLES))
        .isInstanceOfSatisfying(DivergedException.class, e -> {
          assertThat(e).hasMessageMatching("training diverged at step \\d+, where .*; try lr 2.5e\\+05");
          assertThat(e.suggestedLr()).isLessThan(1e6);
        });
  }

  @Test
  void pretrainedVectorsAreStartedFrom() throws IOException {
    Path vectors = folder.resolve("start.vec");
    Files.writeString(vectors, "2 20\nkettle " + "0.5 ".repeat(20) + "\nnotinthetext " + "0.25 ".repeat(20) + "\n");
    FastText model = new FastTextTrainer(small().epoch(0).wordNgrams(1).maxn(0).pretrainedVectors(vectors).build())
        .train(TITLES);
    assertThat(model.wordVector("kettle")).containsOnly(0.5f);
    assertThat(model.wordVector("notinthetext")).containsOnly(0.25f);
    assertThatThrownBy(() -> new FastTextTrainer(small().dim(8).pretrainedVectors(vectors).build()).train(TITLES))
        .isInstanceOf(IOException.class).hasMessageContaining("start.vec:1: its vectors have length 20");
  }

  @Test
  void quantizingWithCutoffAndRetrainingKeepsMostOfTheAccuracy() throws IOException {
    FastText model = new FastTextTrainer(small().build()).train(TITLES);
    var options = new QuantizeOptions(2, true, false, 400, small().epoch(5).build());
    FastText quantized = new Quantizer(options).quantize(model, TITLES);
    assertThat(quantized.isQuantized()).isTrue();
    assertThat(precision(quantized)).isGreaterThan(0.85);
    assertThat(quantized.fileSize()).isLessThan(model.fileSize() / 4);
    Path file = folder.resolve("model.ftz");
    quantized.save(file);
    assertThat(Golden.predictions(FastText.load(file), 2)).isEqualTo(Golden.predictions(quantized, 2));
  }

  @Test
  void textWithoutLabelsOrWordsSaysWhatIsMissing() {
    assertThatThrownBy(() -> new FastTextTrainer(small().build()).train(TextSource.of(List.of("no label here"))))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no token starts with '__label__'");
    assertThatThrownBy(() -> new FastTextTrainer(small().minCount(9).build())
        .train(TextSource.of(List.of("__label__a one two"))))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("minCount");
  }

  @Test
  void linesCountAsTheyWeigh() throws IOException {
    var lines = new ArrayList<String>();
    var weights = new float[200];
    for (int i = 0; i < weights.length; i++) {
      // The same text has two labels, as often the one as the other.
      lines.add((i % 2 == 0 ? "__label__a" : "__label__b") + " same words here");
      weights[i] = i % 2 == 0 ? 1.8f : 0.2f;
    }
    TextSource text = TextSource.of(lines);
    FastTextConfig config = small().lr(0.05).build();
    FastText weighted = new FastTextTrainer(config).lineWeights(weights).train(text);
    FastText plain = new FastTextTrainer(config).train(text);
    assertThat(weighted.predict("same words here", 1, 0).getFirst().label()).isEqualTo("__label__a");
    assertThat(weighted.predict("same words here", 1, 0).getFirst().probability()).isBetween(0.8f, 0.97f);
    assertThat(plain.predict("same words here", 1, 0).getFirst().probability()).isLessThan(0.65f);
    var ones = new float[200];
    Arrays.fill(ones, 1);
    assertThat(bytes(new FastTextTrainer(config).lineWeights(ones).train(text))).isEqualTo(bytes(plain));
  }
}
