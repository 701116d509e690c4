package crema.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.base.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutotuneTest {
  @TempDir
  Path folder;

  private static final TextSource TITLES = Golden.source("train.txt");
  private static final FastTextConfig BASE =
      FastTextConfig.supervised().dim(8).epoch(2).bucket(3000).threads(1).build();
  private static final Set<String> FIXED = Set.of("dim", "bucket");

  private static Autotune.Listener trials(int count) {
    return progress -> progress.trials() < count;
  }

  @Test
  void findsBetterThanItStartedFromAndGoesOnWhereItStopped() throws IOException {
    Path log = folder.resolve("trials.jsonl");
    var options = new AutotuneOptions(Metric.MACRO_F1, Duration.ofHours(1), 0, 1, FIXED, log);
    var first = new Autotune(BASE, options).listener(trials(3)).run(TITLES, TITLES);
    assertThat(first.trials()).hasSize(3);
    Files.writeString(log, Files.readString(log) + "{\"number\":4,\"epo");
    var second = new Autotune(BASE, options).listener(trials(8)).run(TITLES, TITLES);
    assertThat(second.trials()).hasSize(8).startsWith(first.trials().toArray(Trial[]::new));
    assertThat(second.best().score()).isGreaterThan(first.trials().get(0).score());
    try (var in = TITLES.open()) {
      assertThat(second.model().test(in, 1, 0f).macroF1()).isEqualTo(second.best().score());
    }
    assertThat(Files.readAllLines(log)).hasSize(8);
  }

  @Test
  void keepsTheModelWithinItsSize() throws IOException {
    FastTextConfig base = BASE.toBuilder().minn(2).maxn(5).wordNgrams(2).epoch(20).build();
    var options = new AutotuneOptions(
        Metric.MICRO_F1, Duration.ofHours(1), 16_000, 1,
        Set.of("dim", "bucket", "minn", "maxn", "epoch", "wordNgrams"), null);
    var result = new Autotune(base, options).listener(trials(1)).run(TITLES, TITLES);
    assertThat(result.model().isQuantized()).isTrue();
    assertThat(result.model().fileSize()).isBetween(8_000L, 16_000L);
  }

  @Test
  void theFirstTryEndsWhateverTheTime() throws IOException {
    var options = new AutotuneOptions(Metric.MICRO_F1, Duration.ofNanos(1), 0, 1, FIXED, null);
    var result = new Autotune(BASE, options).run(TITLES, TITLES);
    assertThat(result.trials()).singleElement().satisfies(trial -> assertThat(trial.score()).isNotNull());
  }

  @Test
  void saysThatNothingSucceeded() {
    var options = new AutotuneOptions(Metric.MICRO_F1, Duration.ofHours(1), 100, 1, FIXED, null);
    assertThatThrownBy(() -> new Autotune(BASE, options).listener(trials(1)).run(TITLES, TITLES))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("a larger model");
  }

  @Test
  void aLogOfTrialsOfAnEarlierVersionIsRead() {
    String line =
        "{\"number\":2,\"epoch\":3,\"lr\":0.5,\"dim\":4,\"wordNgrams\":5,\"minn\":1,\"maxn\":2,\"bucket\":500,"
            + "\"dsub\":2,\"score\":0.25,\"failure\":null,\"seconds\":1.5}";
    Trial trial = Trial.ofJson(Json.parse(line));
    assertThat(trial).isEqualTo(new Trial(2, 3, 0.5, 4, 5, 1, 2, 500, 2, 0.25, null, 1.5));
    assertThat(trial.toJson()).hasToString(line);
  }

  @Test
  void sizesAreReadAsTheOriginalReadsThem() {
    assertThat(AutotuneOptions.parseSize("1500")).isEqualTo(1500);
    assertThat(AutotuneOptions.parseSize("2M")).isEqualTo(2_000_000);
    assertThatThrownBy(() -> AutotuneOptions.parseSize("2 MB")).hasMessageContaining("'2 MB' is not a size");
  }

  @Test
  void metricsAreReadByName() throws IOException {
    FastText model = new FastTextTrainer(BASE.toBuilder().epoch(10).lr(1).build()).train(TITLES);
    try (var in = TITLES.open()) {
      Evaluation evaluation = model.test(in, -1, 0f);
      int phone = model.labels().indexOf("__label__phone");
      assertThat(Metric.parse("f1:__label__phone").of(evaluation)).isEqualTo(evaluation.f1(phone));
      double precision = Metric.parse("precisionAtRecall:80:__label__phone").of(evaluation);
      double recall = Metric.parse("recallAtPrecision:50:__label__phone").of(evaluation);
      assertThat(precision).isGreaterThan(evaluation.precision(phone));
      assertThat(recall).isBetween(0.5, 1.0);
    }
    for (String wrong : List.of("f2", "precisionAtRecall:x:y", "recallAtPrecision:10")) {
      assertThatThrownBy(() -> Metric.parse(wrong)).isInstanceOf(UserError.class);
    }
  }
}
