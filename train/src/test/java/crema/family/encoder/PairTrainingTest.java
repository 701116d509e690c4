package crema.family.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.base.json.JsonValues;
import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.PairSampler;
import crema.data.TokenDataset;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.loss.EmbeddingLosses;
import crema.nn.loss.TripletLoss;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.nn.model.SequenceClassifier;
import crema.nn.model.bert.Bert;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.run.DataSettings;
import crema.run.TaskSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.TargetKind;
import crema.tensor.Backend;
import crema.tokenizer.TokenizerTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs that train an encoder, here one of random numbers, on pairs of texts and then fit a head. A text has its
 * label's word among others that all labels share.
 */
class PairTrainingTest {
  private static final List<String> WORDS = List.of("kettle", "lens", "hammer", "tent");
  private static final List<String> PATHS = List.of("Home > Kitchen", "Home > Photo", "Tools", "Outdoors");
  private static final List<String> SHARED = List.of("new", "black", "large", "small", "pro", "x200", "white", "set");
  private static final int LENGTH = 4;

  @TempDir
  static Path shared;
  static Path few;
  static Path many;
  static Path pretrained;

  @TempDir
  Path folder;

  @BeforeAll
  static void write() throws IOException {
    var random = new Random(3);
    few = rows("few.csv", 10, random);
    many = rows("many.csv", 40, random);
    pretrained = Files.createDirectories(shared.resolve("bert"));
    TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withVocabularySize(400).train(Files.readAllLines(many).stream())
        .save(pretrained.resolve("tokenizer.json"));
    var config = new Bert().read(Map.of("vocab_size", 400, "hidden_size", 32, "num_hidden_layers", 2,
        "num_attention_heads", 4, "intermediate_size", 64, "max_position_embeddings", 48, "initializer_range", 0.1));
    try (Backend backend = SmallRuns.backend(1);
        var model = new SequenceClassifier(ParameterSource.random(backend, 5), config, 4)) {
      SafetensorsWriter.write(pretrained.resolve("model.safetensors"), model.stateDict(), Map.of("format", "pt"));
    }
    var json = new LinkedHashMap<String, Object>(config.toMap());
    json.put("model_type", "bert");
    Files.writeString(pretrained.resolve("config.json"), JsonValues.toJson(json).toPrettyString());
  }

  private static Path rows(String name, int rowsOfLabel, Random random) throws IOException {
    var lines = new ArrayList<String>(List.of("text,label,path"));
    for (int row = 0; row < rowsOfLabel * WORDS.size(); row++) {
      int label = row % WORDS.size();
      var words = new ArrayList<String>();
      IntStream.range(1, LENGTH).forEach(_ -> words.add(SHARED.get(random.nextInt(SHARED.size()))));
      words.add(random.nextInt(LENGTH), WORDS.get(label));
      lines.add(String.join(" ", words) + "," + WORDS.get(label) + "," + PATHS.get(label));
    }
    return Files.write(shared.resolve(name), lines);
  }

  private static Settings config(String loss) {
    return new EncoderFamily().settings().with(DataSettings.TRAIN, few.toString())
        .with(DataSettings.VALIDATION, many.toString()).with(DataSettings.TEST, many.toString())
        .with(DataSettings.TEXT, "text").with(LabelSettings.LABEL, "label")
        .with(FineTuningSettings.ENCODER, pretrained.toString()).with(PairSettings.PAIRS, loss)
        .with(TrainingSettings.LEARNING_RATE, 3e-3).with(TrainingSettings.EPOCHS, 3)
        .with(TrainingSettings.SEED, 5);
  }

  private TrainingResult train(Settings settings, String name) throws IOException {
    return train(settings, name, new TrainingListener() {}, new StopSignal());
  }

  private TrainingResult train(Settings settings, String name, TrainingListener listener, StopSignal stop)
      throws IOException {
    var context = RunContext.in(new ModelDirectory(folder.resolve(name))).withListener(listener).withStop(stop)
        .withCheckpoints(CheckpointSettings.DEFAULT);
    context.directory().prepareForRun(context.directory().holdsRun());
    return new EncoderFamily().newRun(settings, context).run();
  }

  private static double accuracy(TrainingResult result) {
    return Objects.requireNonNull(result.report()).metrics().accuracy();
  }

  static Stream<String> losses() {
    return LossCatalog.of(LossDefinition.Input.EMBEDDINGS).stream().map(LossDefinition::name);
  }

  /** Without a step, the head alone learns from the vectors of random numbers. */
  @ParameterizedTest
  @MethodSource("losses")
  void pairsBringTextsOfALabelTogether(String loss) throws IOException {
    double untrained = accuracy(train(config(loss).with(TrainingSettings.LEARNING_RATE, 0.0), "untrained"));
    double trained = accuracy(train(config(loss), "trained"));
    assertThat(trained).isGreaterThan(0.9).isGreaterThan(untrained + 0.05);
  }

  @Test
  void theModelPredictsAsInItsTest() throws IOException {
    TrainingResult result = train(config("cosine-similarity"), "model");
    List<String> lines = Files.readAllLines(many);
    try (Classifier classifier = Classifier.load(folder.resolve("model"))) {
      long right = lines.stream().skip(1).map(line -> line.split(","))
          .filter(row -> classifier.predict(row[0]).label().equals(row[1])).count();
      assertThat((double) right / (lines.size() - 1)).isEqualTo(accuracy(result));
    }
  }

  @Test
  void aStoppedRunGoesOnToTheSameBits() throws IOException {
    Settings settings = config("supervised-contrastive").with(TrainingSettings.EPOCHS, 2)
        .with(EncoderSettings.TOKEN_DROPOUT, 0.1);
    train(settings, "straight");
    var stop = new StopSignal();
    assertThat(train(settings, "stopped", new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == totalSteps / 2 + 3) {
          stop.request();
        }
      }
    }, stop).isInterrupted()).isTrue();
    new EncoderFamily().newRun(settings, RunContext.in(new ModelDirectory(folder.resolve("stopped")))).run();
    assertThat(SmallRuns.weights(folder.resolve("stopped"))).isEqualTo(SmallRuns.weights(folder.resolve("straight")));
  }

  @Test
  void pathsOfATaxonomyAreLearnt() throws IOException {
    TrainingResult result = train(config("cosine-similarity").with(LabelSettings.TARGET, TargetKind.TAXONOMY)
        .with(LabelSettings.LABEL, "path"), "model");
    assertThat(accuracy(result)).isGreaterThan(0.9);
  }

  @Test
  void adaptersAreTrainedOnPairsToo() throws IOException {
    Settings settings = config("cosine-similarity").with(FineTuningSettings.LORA, 4);
    assertThat(accuracy(train(settings.with(TrainingSettings.LEARNING_RATE, 1e-2), "model"))).isGreaterThan(0.8);
    assertThat(folder.resolve("model/adapter")).isDirectory();
  }

  @Test
  void aLabelWithOneRowIsReported() throws IOException {
    Path rows = Files.write(folder.resolve("rows.csv"), Stream.concat(Files.readAllLines(few).stream(),
        Stream.of("a lone row,lone,Lone")).toList());
    var warnings = new ArrayList<String>();
    train(config("cosine-similarity").with(DataSettings.TRAIN, rows.toString())
        .with(TrainingSettings.LEARNING_RATE, 0.0), "model", new TrainingListener() {
          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        }, new StopSignal());
    assertThat(warnings).anySatisfy(warning -> assertThat(warning).contains("1 label has a single training row")
        .contains("'lone'"));
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    Settings pairs = config("cosine-similarity");
    assertMistake(pairs.without(FineTuningSettings.ENCODER), "pairs needs a pretrained encoder");
    assertMistake(pairs.with(LabelSettings.TARGET, TargetKind.MULTI), "one label each, not --target multi");
    assertMistake(pairs.with(LossRows.LOSS, "balanced-softmax"), "loss has no effect with --pairs");
    assertMistake(pairs.with(FineTuningSettings.FREEZE_ENCODER, true), "freeze-encoder leaves nothing to train");
    assertMistake(pairs.without(PairSettings.PAIRS).with(PairSettings.ITERATIONS, 5), "no effect without --pairs");
    assertMistake(pairs.without(PairSettings.PAIRS).with(LossRows.row(EmbeddingLosses.MARGIN), 0.1),
        "pair-margin has no effect without --pairs");
    assertMistake(pairs.with(LossRows.row(EmbeddingLosses.MARGIN), 0.1),
        "pair-margin is no setting of the pair loss cosine-similarity");
    assertMistake(config("multiple-negatives").with(LossRows.row(EmbeddingLosses.TRIPLETS), TripletLoss.Mining.HARDEST),
        "triplets is no setting of the pair loss multiple-negatives");
    assertMistake(pairs.with(TaskSettings.TASKS, "category.label=category", "cluster.label=cluster_id"),
        "pairs trains an encoder for one task");
    Path single = Files.write(folder.resolve("single.csv"), Files.readAllLines(few).subList(0, 1 + WORDS.size()));
    assertMistake(pairs.with(DataSettings.TRAIN, single.toString()), "no label has two rows");
    assertThatThrownBy(() -> config("cosine")).isInstanceOf(UserError.class)
        .hasMessageContaining("pairs must be one of cosine-similarity");
  }

  private void assertMistake(Settings settings, String part) {
    assertThatThrownBy(() -> train(settings, "mistake")).isInstanceOf(UserError.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(part).doesNotContain("\n"));
  }

  @Test
  void batchesHoldEveryPairOnceAndEachOfTheirTextsOnce() {
    var ids = new ArrayList<int[]>();
    IntStream.range(0, 12).forEach(text -> ids.add(IntStream.range(0, 1 + text % 5).map(i -> text).toArray()));
    TokenDataset texts = TokenDataset.inMemory(ids, 10);
    var sampler = new PairSampler(IntStream.range(0, 12).map(text -> text % 3).toArray(), 0, 9);
    for (int budget : new int[] {10, 20, 1000}) {
      var batches = new PairBatches(texts, sampler, budget, 7);
      var seen = new ArrayList<String>();
      int number = 0;
      for (var epoch = batches.epoch(2, 0); epoch.hasNext(); number++) {
        PairBatch batch = epoch.next();
        assertThat(batch.texts().tokens()).isLessThanOrEqualTo(budget);
        assertThat(batch.texts().examples()).doesNotHaveDuplicates();
        assertThat(batches.examples(batch)).isBetween(1, 7);
        assertThat(batches.epoch(2, number).next().texts().ids()).isEqualTo(batch.texts().ids());
        for (int pair = 0; pair < batches.examples(batch); pair++) {
          seen.add(batch.texts().examples()[batch.pairs().first()[pair]] + " "
              + batch.texts().examples()[batch.pairs().second()[pair]] + " "
              + (batch.pairs().similarities()[pair] == 1));
        }
      }
      assertThat(number).isEqualTo(batches.count(2));
      assertThat(seen).isEqualTo(IntStream.range(0, sampler.size()).mapToObj(sampler.order(2)::at)
          .map(pair -> pair.first() + " " + pair.second() + " " + pair.isSimilar()).toList());
    }
  }
}
