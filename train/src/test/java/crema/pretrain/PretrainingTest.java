package crema.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.base.json.Json;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.DataException;
import crema.embed.Embedder;
import crema.family.encoder.EncoderSettings;
import crema.family.encoder.FineTuningSettings;
import crema.family.encoder.OptimizationSettings;
import crema.family.encoder.SmallRuns;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.io.StoredWeights;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.pretrained.PretrainedModel;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.tensor.Device;
import crema.tokenizer.TokenizerTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PretrainingTest {
  private static final Path BERT = Path.of("src/test/resources/crema/pretrain/bert");

  @TempDir
  static Path shared;
  static Path titles;

  @TempDir
  Path folder;

  @BeforeAll
  static void writeTitles() throws IOException {
    titles = SmallRuns.titles(shared);
  }

  private static Settings common(Path texts) {
    return new Pretraining().settings().with(DataSettings.TRAIN, texts.toString())
        .with(DataSettings.VALIDATION_FRACTION, 0.15).with(TrainingSettings.EPOCHS, 2)
        .with(OptimizationSettings.BATCH_TOKENS, 512);
  }

  private static Settings small() {
    return common(titles).with(DataSettings.TEXT, "title").with(EncoderSettings.VOCABULARY_SIZE, 400)
        .with(EncoderSettings.HIDDEN_SIZE, 24).with(EncoderSettings.LAYERS, 2).with(EncoderSettings.HEADS, 2)
        .with(EncoderSettings.KV_HEADS, 1).with(EncoderSettings.FFN_SIZE, 32).with(EncoderSettings.MAX_LENGTH, 32)
        .with(EncoderSettings.DROPOUT, 0.1).with(TrainingSettings.LEARNING_RATE, 5e-3)
        .with(OptimizationSettings.ACCUMULATE, 2).with(ValidationSettings.VALIDATE_EVERY, 4);
  }

  private PretrainingResult train(Settings settings, String name) throws IOException {
    return train(settings, name, 2, new TrainingListener() {}, new StopSignal());
  }

  private PretrainingResult train(Settings settings, String name, int threads, TrainingListener listener,
      StopSignal stop) throws IOException {
    var context = RunContext.in(new ModelDirectory(folder.resolve(name))).withListener(listener).withStop(stop)
        .withCompute(new ComputeOptions(Device.CPU, threads, ComputeOptions.DEFAULT.precision()))
        .withCheckpoints(CheckpointSettings.DEFAULT);
    context.directory().prepareForRun(context.directory().holdsRun());
    try {
      return new Pretraining().run(settings, context);
    } catch (IOException | RuntimeException e) {
      context.directory().discardUnlessBegun();
      throw e;
    }
  }

  private byte[] weights(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
  }

  @Test
  void aRunLearnsAndItsFolderIsAnEncoder() throws IOException {
    PretrainingResult result = train(small().with(TrainingSettings.EPOCHS, 6), "encoder");

    // Guessing all 400 tokens alike loses log 400 = 5.99.
    assertThat(result.loss().orElseThrow()).isLessThan(5.2);
    assertThat(result.perplexity()).isEqualTo(Math.exp(result.loss().orElseThrow()));
    Path encoder = folder.resolve("encoder");
    assertThat(encoder.resolve("checkpoints")).doesNotExist();
    assertThat(encoder.resolve("cache")).doesNotExist();
    try (Embedder embedder = Embedder.load(encoder)) {
      assertThat(embedder.embed("bosch serie 6 washing machine 9kg")).hasSize(24).doesNotContain(Float.NaN);
    }
    try (var scorer = TextScorer.load(encoder, OptionalInt.empty(), ComputeOptions.DEFAULT)) {
      assertThat(scorer.score("washing machine").logLikelihood()).isNegative();
    }
    // And it can be gone on with.
    train(common(titles).with(DataSettings.TEXT, "title").with(FineTuningSettings.ENCODER, encoder.toString())
        .with(TrainingSettings.EPOCHS, 1), "further");
    assertThat(weights("further")).isNotEqualTo(weights("encoder"));
  }

  @Test
  void theBitsAreThoseOfAnyNumberOfThreadsAndOfARunThatWasStoppedAndResumed() throws IOException {
    train(small(), "whole", 1, new TrainingListener() {}, new StopSignal());
    train(small(), "threads", 5, new TrainingListener() {}, new StopSignal());
    assertThat(weights("threads")).isEqualTo(weights("whole"));

    for (int at : new int[] {2, 5, 9}) {
      var stop = new StopSignal();
      PretrainingResult part = train(small(), "resumed", 2, new TrainingListener() {
        @Override
        public void step(StepRecord step, long totalSteps) {
          if (step.step() == at) {
            stop.request();
          }
        }
      }, stop);
      assertThat(part.isInterrupted()).isTrue();
      assertThat(folder.resolve("resumed/config.json")).doesNotExist();
    }
    train(small(), "resumed");
    assertThat(weights("resumed")).isEqualTo(weights("whole"));
  }

  @ParameterizedTest
  @EnumSource(TokenizerTrainer.Kind.class)
  void aBertBeginsFromItsConfigWithATokenizerOfAnyKind(TokenizerTrainer.Kind kind) throws IOException {
    Path network = Files.writeString(folder.resolve("network.json"), """
        {"model_type": "bert", "hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2,
         "intermediate_size": 32, "max_position_embeddings": 40, "vocab_size": 30522, "custom": "kept"}""");
    train(common(titles).with(DataSettings.TEXT, "title").with(PretrainingSettings.NETWORK, network.toString())
        .with(PretrainingSettings.TOKENIZER_KIND, kind).with(EncoderSettings.VOCABULARY_SIZE, 400)
        .with(TrainingSettings.EPOCHS, 1), "bert");

    Map<String, ?> config = JsonFile.read(folder.resolve("bert/config.json"));
    assertThat(config.get("architectures")).isEqualTo(List.of("BertForMaskedLM"));
    assertThat(config.get("custom")).isEqualTo("kept");
    try (PretrainedModel model = PretrainedModel.open(folder.resolve("bert"));
        StoredWeights stored = StoredWeights.open(folder.resolve("bert"))) {
      assertThat(config.get("vocab_size")).isEqualTo(model.tokenizer().vocabularySize());
      assertThat(model.tokenizer().token(model.maskToken())).isEqualTo("[MASK]");
      assertThat(IntStream.of(model.tokenizer().encode("")).mapToObj(model.tokenizer()::token))
          .containsExactly("[CLS]", "[SEP]");
      assertThat(stored.shapes().keySet()).contains("bert.embeddings.word_embeddings.weight",
          "cls.predictions.transform.dense.weight", "cls.predictions.bias")
          .doesNotContain("cls.predictions.decoder.weight");
    }
    assertThat(Json.parse(Files.readString(folder.resolve("bert/tokenizer_config.json"))).path("mask_token")
        .stringValue()).isEqualTo("[MASK]");
  }

  @Test
  void withoutStepsThatLearnTheWeightsAreThePretrainedOnes() throws IOException {
    Path texts = Files.writeString(folder.resolve("texts.txt"), "paris is a city\nthe rhine runs\n".repeat(10));
    train(common(texts).with(FineTuningSettings.ENCODER, BERT.toString()).with(TrainingSettings.LEARNING_RATE, 0.0)
        .with(TrainingSettings.EPOCHS, 1), "same");

    try (StoredWeights before = StoredWeights.open(BERT);
        StoredWeights after = StoredWeights.open(folder.resolve("same"))) {
      assertThat(after.shapes()).containsExactlyInAnyOrderEntriesOf(before.shapes());
    }
    try (var one = TextScorer.load(BERT, OptionalInt.empty(), ComputeOptions.DEFAULT);
        var other = TextScorer.load(folder.resolve("same"), OptionalInt.empty(), ComputeOptions.DEFAULT)) {
      assertThat(other.score("the capital of germany")).isEqualTo(one.score("the capital of germany"));
    }
  }

  @Test
  void aHeadThatIsMissingIsNewAndSaidToBe() throws IOException {
    Path bare = withoutHead();
    Path texts = Files.writeString(folder.resolve("texts.txt"), "paris is a city\nthe rhine runs\n".repeat(10));
    var said = new ArrayList<String>();
    train(common(texts).with(FineTuningSettings.ENCODER, bare.toString()).with(TrainingSettings.EPOCHS, 1), "encoder",
        1,
        new TrainingListener() {
          @Override
          public void warning(String message) {
            said.add(message);
          }

          @Override
          public void model(String description) {
            said.add(description);
          }
        }, new StopSignal());

    assertThat(said).anySatisfy(line -> assertThat(line).contains("has no whole head for masked-language modelling"))
        .anySatisfy(line -> assertThat(line).contains("newly initialized: cls.predictions.bias"));
    assertThatThrownBy(() -> TextScorer.load(bare, OptionalInt.empty(), ComputeOptions.DEFAULT))
        .isInstanceOf(UserError.class).hasMessageContaining("has no head for masked-language modelling")
        .hasMessageContaining("crema pretrain --encoder");
  }

  /** The model without its head, in a folder of its own. */
  private Path withoutHead() throws IOException {
    Path bare = Files.createDirectories(folder.resolve("bare"));
    for (String name : List.of("config.json", "tokenizer.json")) {
      Files.copy(BERT.resolve(name), bare.resolve(name));
    }
    try (var backend = SmallRuns.backend(1);
        PretrainedModel model = PretrainedModel.open(BERT);
        var encoder = model.config().create(ParameterSource.undefined(backend))) {
      encoder.load(model.weights().under("bert."));
      SafetensorsWriter.write(bare.resolve("model.safetensors"), encoder.stateDict(), Map.of("format", "pt"));
    }
    return bare;
  }

  @Test
  void aModelForSentencesStaysOne() throws IOException {
    Path sentences = withoutHead();
    Files.writeString(sentences.resolve("modules.json"), """
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
         {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]""");
    Files.createDirectories(sentences.resolve("1_Pooling"));
    Files.writeString(sentences.resolve("1_Pooling/config.json"),
        "{\"word_embedding_dimension\": 24, \"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}");
    Path texts = Files.writeString(folder.resolve("texts.txt"), "paris is a city\nthe rhine runs\n".repeat(10));
    train(common(texts).with(FineTuningSettings.ENCODER, sentences.toString())
        .with(TrainingSettings.LEARNING_RATE, 0.0).with(TrainingSettings.EPOCHS, 1), "further");

    try (Embedder before = Embedder.load(sentences); Embedder after = Embedder.load(folder.resolve("further"))) {
      assertThat(after.embed("the capital of france")).isEqualTo(before.embed("the capital of france"));
    }
  }

  @Test
  void textsThatAreAllTooLongAreLearnedInPieces() throws IOException {
    Path texts = Files.writeString(folder.resolve("texts.txt"),
        ("paris is the capital of france . ".repeat(20) + "\n").repeat(8));
    PretrainingResult result = train(common(texts).with(FineTuningSettings.ENCODER, BERT.toString())
        .with(EncoderSettings.MAX_LENGTH, 10).with(DataSettings.VALIDATION_FRACTION, 0.3), "encoder");

    assertThat(result.loss()).isPresent();
  }

  @Test
  void whatCannotBeUsedIsRefusedInOneLineAndNothingIsWritten() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.txt"), "\n \n");
    assertRefused(common(empty).with(FineTuningSettings.ENCODER, BERT.toString()), "holds no text to train on");
    assertRefused(common(folder.resolve("none.txt")), "none.txt");
    assertRefused(common(titles), "has columns: say which of them hold texts with --text COLUMN");
    assertRefused(common(titles).with(DataSettings.TEXT, "title").with(FineTuningSettings.ENCODER, BERT.toString())
        .with(EncoderSettings.HIDDEN_SIZE, 99), "hidden-size has no effect with --encoder");
    assertRefused(common(titles).with(DataSettings.TEXT, "title").with(FineTuningSettings.ENCODER, BERT.toString())
        .with(EncoderSettings.MAX_LENGTH, 99), "positions for 24 tokens only");
    Path unknown = Files.writeString(folder.resolve("unknown.txt"), "☃ ☃\n".repeat(20));
    assertRefused(common(unknown).with(FineTuningSettings.ENCODER, BERT.toString()), "no training text is left to use");
    Path network = Files.writeString(folder.resolve("network.json"), """
        {"model_type": "qwen3", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "head_dim": 4,
         "num_key_value_heads": 1, "intermediate_size": 8, "max_position_embeddings": 40}""");
    assertRefused(small().without(EncoderSettings.HIDDEN_SIZE).without(EncoderSettings.LAYERS)
        .without(EncoderSettings.HEADS).without(EncoderSettings.KV_HEADS).without(EncoderSettings.FFN_SIZE)
        .without(EncoderSettings.DROPOUT).with(PretrainingSettings.NETWORK, network.toString()),
        "qwen3 has no head for masked-language modelling");
  }

  @Test
  void aTokenizerWithoutAMaskIsRefused() throws IOException {
    Path maskless = Files.createDirectories(folder.resolve("maskless"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(BERT.resolve(name), maskless.resolve(name));
    }
    Files.writeString(maskless.resolve("tokenizer.json"),
        Files.readString(BERT.resolve("tokenizer.json")).replace("[MASK]", "[LOST]"));

    assertRefused(common(titles).with(DataSettings.TEXT, "title").with(FineTuningSettings.ENCODER, maskless.toString()),
        "the tokenizer has no mask token, such as [MASK]");
    assertThatThrownBy(() -> TextScorer.load(maskless, OptionalInt.empty(), ComputeOptions.DEFAULT))
        .isInstanceOf(UserError.class).hasMessageContaining("the tokenizer has no mask token, such as [MASK]");
  }

  private void assertRefused(Settings settings, String message) {
    assertThatThrownBy(() -> train(settings, "refused")).isInstanceOfAny(UserError.class, IOException.class,
        DataException.class).message().contains(message).doesNotContain("\n");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void aDiskThatIsFullLeavesACheckpointToGoOnFrom() throws IOException {
    // A folder in the way of the weights stands for a disk that is full.
    Path encoder = Files.createDirectories(folder.resolve("encoder"));
    Path inTheWay = Files.createDirectories(encoder.resolve("model.safetensors/full"));

    assertThatThrownBy(() -> train(small(), "encoder")).isInstanceOf(UserError.class)
        .hasMessageContaining("training ended but the encoder could not be written")
        .hasMessageContaining("crema pretrain --resume --output");
    assertThat(encoder.resolve("config.json")).doesNotExist();
    Files.delete(inTheWay);
    Files.delete(inTheWay.getParent());
    train(small(), "encoder");
    train(small(), "whole");
    assertThat(weights("encoder")).isEqualTo(weights("whole"));
  }
}
