package crema.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.family.encoder.SmallRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    SmallRuns.train(SmallRuns.config(SmallRuns.titles(shared), 1, 2e-3), shared.resolve("encoder"), 2);
  }

  private static Classifier load(String model) {
    return model.equals("encoder")
        ? Classifier.load(shared.resolve("encoder"), ComputeOptions.threads(2))
        : Classifier.load(ClassifierContractTest.class, "/models/" + model + ".zip", ComputeOptions.threads(2));
  }

  private static String text(int caller) {
    return (caller % 3 == 0 ? "red apple " : "samsung washing machine ") + caller % 17;
  }

  @ParameterizedTest
  @ValueSource(strings = {"encoder", "colours", "colours-fasttext", "colours-staged"})
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
  @ValueSource(strings = {"encoder", "colours", "colours-fasttext", "colours-staged"})
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
}
