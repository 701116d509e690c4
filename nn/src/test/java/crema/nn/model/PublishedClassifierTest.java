package crema.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.autograd.op.Linear;
import crema.autograd.op.Pool;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Pooling;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classifiers in the form of Hugging Face's classes, which golden tests hold against PyTorch. */
class PublishedClassifierTest {
  private static final int LABELS = 5;

  private final Backend backend = Backend.open(Device.CPU);
  private final Scope scope = new Scope(backend);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private TextClassifier classifier(Map<String, Object> values) {
    var json = new LinkedHashMap<String, Object>(Map.of("vocab_size", 37, "hidden_size", 24, "num_hidden_layers", 3,
        "num_attention_heads", 4, "num_key_value_heads", 2, "ffn_hidden_size", 40, "intermediate_size", 40,
        "max_position_embeddings", 30, "num_labels", LABELS, "layer_scale_init", 0.3));
    json.putAll(values);
    var model = new TextClassifier(ParameterSource.random(backend, 7), TextClassifierConfig.of(json));
    // Gains and factors that start at one value would hide where they go.
    int[] number = {0};
    model.parameters().values().stream().filter(parameter -> parameter.shape().rank() == 1).forEach(parameter -> {
      float[] floats = parameter.value().toFloats();
      for (int i = 0; i < floats.length; i++) {
        floats[i] += (float) Math.sin(number[0]++) / 5;
      }
      parameter.value().set(floats);
    });
    return model;
  }

  private Tensor ids() {
    return scope.ints(new int[] {3, 36, 4, 1, 5, 9, 2, 6, 0}, 9);
  }

  private Sequences sequences() {
    return Sequences.of(scope, 0, 4, 5, 9);
  }

  private float[] logits(TextClassifier model) {
    return model.forward(Tape.inference(scope), ids(), sequences()).value().toFloats();
  }

  private float[] logits(PublishedClassifier published) {
    try (var loaded = new SequenceClassifier(ParameterSource.undefined(backend), again(published), LABELS)) {
      loaded.load(published.weights());
      return loaded.forward(Tape.inference(scope), ids(), null, sequences()).value().toFloats();
    }
  }

  /** The config as a reader of {@code config.json} has it. */
  private static TextEncoderConfig again(PublishedClassifier published) {
    TextEncoderConfig config = Architecture.ofModel(published.configValues()).read(published.configValues());
    assertThat(config).isEqualTo(published.config());
    return config;
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], offset(2e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({"bert, BertForSequenceClassification", "roberta, RobertaForSequenceClassification",
      "xlm-roberta, XLMRobertaForSequenceClassification", "camembert, CamembertForSequenceClassification",
      "electra, ElectraForSequenceClassification", "mpnet, MPNetForSequenceClassification",
      "deberta-v2, DebertaV2ForSequenceClassification", "modernbert, ModernBertForSequenceClassification",
      "qwen3, Qwen3ForSequenceClassification", "distilbert, DistilBertForSequenceClassification",
      "eurobert, EuroBertForSequenceClassification"})
  void anOriginalHeadIsWholeToTheBit(String type, String className) {
    Map<String, Object> shape = switch (type) {
      case "distilbert" -> Map.of("encoder_type", type, "head", "original", "dim", 24, "n_layers", 2, "n_heads", 4,
          "hidden_dim", 40);
      case "qwen3" -> Map.of("encoder_type", type, "head", "original", "head_dim", 6);
      default -> Map.of("encoder_type", type, "head", "original");
    };
    try (var model = classifier(shape)) {
      var published = PublishedClassifier.of(model.config(), Weights.of(model.stateDict()));
      assertThat(published.className()).isEqualTo(className);
      assertThat(published.head()).isEmpty();
      assertThat(logits(published)).isEqualTo(logits(model));
    }
  }

  @ParameterizedTest
  @CsvSource({"mean", "first"})
  void cremasOwnEncoderAndHeadAreEuroBert(String pooling) {
    try (var model = classifier(Map.of("pooling", pooling))) {
      var published = PublishedClassifier.of(model.config(), Weights.of(model.stateDict()));
      assertThat(published.className()).isEqualTo("EuroBertForSequenceClassification");
      assertThat(published.configValues()).containsEntry("vocab_size", 38).containsEntry("pad_token_id", 37);
      assertThat(published.head()).isEmpty();
      assertClose(logits(published), logits(model));
    }
  }

  @Test
  void electraHasTheSameHeadAsAnMlpOfTheFirstToken() {
    try (var model = classifier(Map.of("encoder_type", "electra", "head", "mlp", "pooling", "first"))) {
      var published = PublishedClassifier.of(model.config(), Weights.of(model.stateDict()));
      assertThat(published.className()).isEqualTo("ElectraForSequenceClassification");
      assertThat(logits(published)).isEqualTo(logits(model));
    }
  }

  @ParameterizedTest
  @CsvSource({"crema-encoder, linear, max, EuroBertModel", "bert, linear, mean, BertModel",
      "bert, mlp, mean, BertModel", "roberta, mlp, first, RobertaModel", "bert, mlp 3, mean, BertModel",
      "crema-encoder, mlp 2, mean, EuroBertModel"})
  void aHeadThatNoClassHasStandsBesideTheEncoder(String type, String head, String pooling, String className) {
    String[] kind = head.split(" ");
    int layers = kind.length == 1 ? 1 : Integer.parseInt(kind[1]);
    try (var model = classifier(
        Map.of("encoder_type", type, "head", kind[0], "head_layers", layers, "pooling", pooling))) {
      var published = PublishedClassifier.of(model.config(), Weights.of(model.stateDict()));
      assertThat(published.className()).isEqualTo(className);
      PublishedHead beside = published.head().orElseThrow();
      try (var encoder = again(published).create(ParameterSource.undefined(backend))) {
        encoder.load(published.weights());
        Tape tape = Tape.inference(scope);
        Variable x = Pool.apply(tape, model.config().pooling(), encoder.forward(tape, ids(), sequences()),
            sequences());
        for (PublishedHead.Layer layer : beside.layers()) {
          x = Activate.apply(tape, layer.activation(), Linear.apply(tape, x, constant(beside.of(layer), "weight"),
              constant(beside.of(layer), "bias"), Activation.IDENTITY));
        }
        assertClose(x.value().toFloats(), logits(model));
      }
    }
  }

  private Variable constant(Weights weights, String name) {
    Tensor tensor = scope.empty(DType.F32, weights.shapes().get(name));
    weights.read(name, tensor);
    return Variable.constant(tensor);
  }

  @Test
  void aResidualHeadKeepsItsOwnNames() {
    try (var model = classifier(Map.of("head", "residual"))) {
      var published = PublishedClassifier.of(model.config(), Weights.of(model.stateDict()));
      assertThat(published.className()).isEqualTo("EuroBertModel");
      assertThat(published.head().orElseThrow().layers()).isEmpty();
      assertThat(published.head().orElseThrow().weights().shapes()).containsKey("out_proj.weight");
    }
  }

  @Test
  void aBagBesideTheEncoderIsRefused() {
    try (var model = classifier(Map.of("bag_size", 8))) {
      assertThatThrownBy(() -> PublishedClassifier.of(model.config(), Weights.of(model.stateDict())))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("bag_size 8");
    }
  }

  /** The table's rows are read in parts by a writer, the last of which holds the padding's row or nothing else. */
  @Test
  void theTableOfAnEncoderOfCremasIsReadInAnyParts() {
    try (var model = classifier(Map.of())) {
      Weights weights = PublishedClassifier.of(model.config(), Weights.of(model.stateDict())).weights();
      Tensor whole = scope.empty(DType.F32, 38, 24);
      weights.read("model.embed_tokens.weight", whole);
      for (int first = 0; first < 38; first += 5) {
        Tensor part = scope.empty(DType.F32, Math.min(5, 38 - first), 24);
        weights.readRows("model.embed_tokens.weight", first, part);
        assertThat(part.toFloats()).isEqualTo(whole.rows(first, Math.min(38, first + 5)).toFloats());
      }
      Tensor padding = scope.empty(DType.F32, 1, 24);
      weights.readRows("model.embed_tokens.weight", 37, padding);
      assertThat(padding.toFloats()).containsOnly(0);
      assertThat(model.config().pooling()).isEqualTo(Pooling.MEAN);
    }
  }
}
