package crema.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.data.LabelSet;
import crema.family.encoder.SmallRuns;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.linear.LinearFamily;
import crema.family.neighbours.NeighboursFamily;
import crema.family.neighbours.NeighboursSettings;
import crema.family.stack.StackFamily;
import crema.family.stack.StackSettings;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every classifier promises, of whatever family: many callers at once, blank texts, wrong arguments, closing. The
 * models on the class path tell fruit from toys; {@code crema pack} wrote them.
 */
class ClassifierContractTest {
  private static final int CALLERS = 1000;

  @TempDir
  static Path shared;

  @BeforeAll
  static void train() throws IOException {
    Path titles = SmallRuns.titles(shared);
    SmallRuns.train(SmallRuns.config(titles, 1, 2e-3), shared.resolve("encoder"), 2);
    train(new LinearFamily(), titles, "linear", settings -> settings);
    train(new NeighboursFamily(), titles, "neighbours", settings -> settings.with(NeighboursSettings.DIMENSIONS, 16));
    train(new FastTextFamily(), titles, "fasttext", settings -> settings.with(FastTextSettings.DIM, 8)
        .with(FastTextSettings.BUCKETS, 1000).with(TrainingSettings.EPOCHS, 3));
    train(new StackFamily(), titles, "stack", settings -> settings.with(StackSettings.MODELS,
        List.of(shared.resolve("linear").toString(), shared.resolve("fasttext").toString())));
  }

  private static void train(ModelFamily family, Path titles, String name, UnaryOperator<Settings> more)
      throws IOException {
    Settings settings = family.settings().with(DataSettings.TRAIN, titles.toString())
        .with(DataSettings.TEXT, "title").with(LabelSettings.LABEL, "category").with(DataSettings.TEST_FRACTION, 0.2);
    var directory = new ModelDirectory(shared.resolve(name));
    directory.prepareForRun(false);
    family.newRun(more.apply(settings), RunContext.in(directory).withCompute(ComputeOptions.threads(2))).run();
  }

  private static Classifier load(String model) {
    return Files.isDirectory(shared.resolve(model))
        ? Classifier.load(shared.resolve(model), ComputeOptions.threads(2))
        : Classifier.load(ClassifierContractTest.class, "/models/" + model + ".zip", ComputeOptions.threads(2));
  }

  private static String text(int caller) {
    return (caller % 3 == 0 ? "red apple " : "samsung washing machine ") + caller % 17;
  }

  @ParameterizedTest
  @ValueSource(strings = {"encoder", "colours", "colours-fasttext", "colours-staged", "linear", "neighbours", "stack"})
  void aThousandVirtualThreadsGetTheAnswersOfOne(String model) throws InterruptedException, ExecutionException {
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
  @ValueSource(strings = {"encoder", "colours", "colours-fasttext", "colours-staged", "linear", "neighbours", "stack"})
  void blankTextsWrongArgumentsAndClosingAreTheSameForAll(String model) {
    Classifier classifier = load(model);
    List<String> texts = List.of(" \n\t", "red apple", "");
    assertThat(classifier.predict(texts, 1)).extracting(List::size).containsExactly(0, 1, 0);
    assertThat(classifier.answer(texts)).extracting(List::size).containsExactly(0, 1, 0);
    assertThat(classifier.probabilities(texts)[0]).containsOnly(0).hasSize(classifier.labels().size());
    assertThat(classifier.logits(texts)[0]).isEmpty();
    assertThat(classifier.predict(texts, Integer.MAX_VALUE).get(1)).hasSize(classifier.labels().size());
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
    assertThatThrownBy(() -> classifier.answer(withNull)).isInstanceOf(NullPointerException.class);
    assertThat(classifier.predict(List.of(), 1)).isEmpty();
    assertThat(classifier.answer(List.of())).isEmpty();
    assertThat(classifier.predict(List.of(" ", ""), 2)).containsExactly(List.of(), List.of());
    assertThat(classifier.answer(List.of(" ", ""))).containsExactly(List.of(), List.of());
    assertThat(classifier.probabilities(List.of(" "))[0]).containsOnly(0).hasSize(classifier.labels().size());
    assertThat(classifier.probabilities(List.of())).isEmpty();
    Thread.currentThread().interrupt();
    try {
      assertThat(classifier.predict(texts, 1)).extracting(List::size).containsExactly(0, 1, 0);
    } finally {
      assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }
    assertThat(classifier.answer(texts)).extracting(List::size).containsExactly(0, 1, 0);
    classifier.close();
    classifier.close();
    assertThatThrownBy(() -> classifier.predict("apple")).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> classifier.answer(texts)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> classifier.embed("apple")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aModelIsNotClosedWhileItAnswers() throws InterruptedException {
    Classifier classifier = load("encoder");
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
