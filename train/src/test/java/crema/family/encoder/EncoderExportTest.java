package crema.family.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Linear;
import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.embed.EmbedOptions;
import crema.embed.Embedder;
import crema.family.linear.LinearFamily;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.model.HeadConfig;
import crema.nn.model.SequenceClassifier;
import crema.pretrained.PretrainedModel;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in the form of Hugging Face's libraries, read again: the classes themselves are held against PyTorch in nn. */
class EncoderExportTest {
  private static final List<String> TEXTS =
      List.of("Bosch Serie 6 washing machine 9kg", "apple iphone 8 64gb", "LG fridge freezer, white!");

  @TempDir
  static Path shared;
  static Path titles;
  static Path pretrained;

  @TempDir
  Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    titles = SmallRuns.titles(shared);
    pretrained = SmallRuns.bert(shared);
  }

  private static Settings fineTuning() {
    return SmallRuns.rows(new EncoderFamily().settings(), titles).without(DataSettings.LOWERCASE)
        .with(FineTuningSettings.ENCODER, pretrained.toString()).with(OptimizationSettings.BATCH_TOKENS, 512)
        .with(TrainingSettings.EPOCHS, 1).with(TrainingSettings.LEARNING_RATE, 1e-3);
  }

  /** Trains, and exports to the folder {@code out}. */
  private List<String> export(ModelFamily family, Settings settings) throws IOException {
    var directory = new ModelDirectory(folder.resolve("model"));
    directory.prepareForRun(true);
    family.newRun(settings, RunContext.in(directory)).run();
    return family.export(directory, Files.createDirectories(folder.resolve("out")));
  }

  private JsonNode json(String file) throws IOException {
    try (var in = Files.newInputStream(folder.resolve("out").resolve(file))) {
      return Json.parse(in);
    }
  }

  private float[][] trained() {
    try (Classifier model = Classifier.load(folder.resolve("model"))) {
      return model.logits(TEXTS);
    }
  }

  /** What the class for sequence classification says, read as any other model of Hugging Face's is. */
  private float[][] exported(int labels) throws IOException {
    try (var model = PretrainedModel.open(folder.resolve("out")); Backend backend = SmallRuns.backend(2);
        var scope = new Scope(backend);
        var whole = new SequenceClassifier(ParameterSource.undefined(backend), model.config(), labels)) {
      whole.load(model.weights());
      Tokenizer tokenizer = model.tokenizer().withMaxLength(model.maxLength());
      return TEXTS.stream().map(text -> {
        int[] ids = tokenizer.encode(text);
        return whole.forward(Tape.inference(scope), scope.ints(ids, ids.length), null,
            Sequences.of(scope, 0, ids.length)).value().toFloats();
      }).toArray(float[][]::new);
    }
  }

  private static void assertClose(float[][] actual, float[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).hasSameSizeAs(expected[i]);
      for (int j = 0; j < expected[i].length; j++) {
        assertThat((double) actual[i][j]).isCloseTo(expected[i][j], offset(1e-5));
      }
    }
  }

  @Test
  void aFineTunedModelWithTheOriginalHeadIsTheSameToTheBit() throws IOException {
    List<String> said =
        export(new EncoderFamily(), fineTuning().with(EncoderSettings.HEAD, HeadConfig.Kind.ORIGINAL));
    assertThat(said).first().asString().contains("BertForSequenceClassification");
    assertThat(exported(SmallRuns.BERT_LABELS)).isDeepEqualTo(trained());

    JsonNode config = json("config.json");
    assertThat(config.path("architectures").toString()).isEqualTo("[\"BertForSequenceClassification\"]");
    assertThat(config.path("model_type").stringValue()).isEqualTo("bert");
    assertThat(config.path("problem_type").stringValue()).isEqualTo("single_label_classification");
    List<String> labels;
    try (Classifier model = Classifier.load(folder.resolve("model"))) {
      labels = model.labels();
    }
    IntStream.range(0, labels.size()).forEach(label -> {
      assertThat(config.path("id2label").path(Integer.toString(label)).stringValue()).isEqualTo(labels.get(label));
      assertThat(config.path("label2id").path(labels.get(label)).intValue()).isEqualTo(label);
    });
    try (StoredWeights weights = SafetensorsReader.open(folder.resolve("out/model.safetensors"))) {
      assertThat(weights.metadata()).containsExactlyEntriesOf(Map.of("format", "pt"));
      assertThat(weights.shapes()).containsKeys("bert.embeddings.word_embeddings.weight", "classifier.weight",
          "bert.pooler.dense.bias");
    }
    JsonNode tokenizer = json("tokenizer_config.json");
    assertThat(tokenizer.path("tokenizer_class").stringValue()).isEqualTo("PreTrainedTokenizerFast");
    assertThat(tokenizer.path("model_input_names").toString()).contains("token_type_ids");
    assertThat(json("modules.json").toString()).contains("sentence_transformers.models.Transformer",
        "sentence_transformers.models.Pooling");
    assertThat(json("1_Pooling/config.json").path("pooling_mode_mean_tokens").booleanValue()).isTrue();
  }

  @Test
  void aMeanAndALinearLayerAreAnEncoderOfSentenceTransformersAndADense() throws IOException {
    List<String> said = export(new EncoderFamily(), fineTuning());
    assertThat(said).first().asString().contains("BertModel");
    assertThat(said).last().asString().contains("classifier").contains("Dense");
    assertThat(json("classifier/config.json").path("activation_function").stringValue())
        .isEqualTo("torch.nn.modules.linear.Identity");
    try (Embedder embedder = Embedder.load(folder.resolve("out"), EmbedOptions.DEFAULT, ComputeOptions.threads(1));
        Backend backend = SmallRuns.backend(1); var scope = new Scope(backend);
        var head = SafetensorsReader.open(folder.resolve("out/classifier/model.safetensors"))) {
      Tensor weight = scope.empty(DType.F32, head.shapes().get("linear.weight"));
      Tensor bias = scope.empty(DType.F32, head.shapes().get("linear.bias"));
      head.read("linear.weight", weight);
      head.read("linear.bias", bias);
      float[][] logits = TEXTS.stream().map(text -> Linear.apply(Tape.inference(scope),
          Variable.constant(scope.floats(embedder.embed(text), 1, embedder.size())), Variable.constant(weight),
          Variable.constant(bias), Activation.IDENTITY).value().toFloats()).toArray(float[][]::new);
      assertClose(logits, trained());
    }
  }

  @Test
  void cremasOwnEncoderIsEuroBertWithATokenForPadding() throws IOException {
    List<String> said =
        export(new EncoderFamily(), SmallRuns.config(titles).with(EncoderSettings.BAG_SIZE, 0));
    assertThat(said).first().asString().contains("EuroBertForSequenceClassification");
    assertClose(exported(SmallRuns.BERT_LABELS), trained());
    assertThat(json("config.json").path("classifier_pooling").stringValue()).isEqualTo("mean");
    int padding = json("config.json").path("pad_token_id").intValue();
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("out/tokenizer.json"));
    assertThat(tokenizer.token(padding)).isEqualTo("<pad>");
    assertThat(json("special_tokens_map.json").path("pad_token").stringValue()).isEqualTo("<pad>");
    Tokenizer own = Tokenizer.load(folder.resolve("model/tokenizer.json"));
    TEXTS.forEach(text -> assertThat(tokenizer.encode(text)).isEqualTo(own.encode(text)));
  }

  @Test
  void whatHasNoCounterpartIsRefusedInOneLine() throws IOException {
    assertThatThrownBy(() -> export(new EncoderFamily(), SmallRuns.config(titles))).isInstanceOf(UserError.class)
        .hasMessageContaining("bag_size 16");
    assertThatThrownBy(() -> export(new LinearFamily(), SmallRuns.rows(new LinearFamily().settings(), titles)))
        .isInstanceOf(UserError.class).hasMessageContaining("family linear");
  }
}
