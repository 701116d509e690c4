package crema.nn.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.adapter.LoraConfig.TaskType;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.model.GoldenArchitecture;
import crema.nn.model.SequenceClassifier;
import crema.nn.optim.AdamW;
import crema.nn.optim.ParameterGroup;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters against PyTorch ({@code src/test/golden/lora.py}), and through training, saving, loading and merging. */
class LoraAdapterTest {
  private static final Path ADAPTERS = Path.of("src/test/resources/crema/nn/adapter");

  @TempDir
  Path folder;
  private final Backend backend = Backend.open(Device.CPU);
  private final Scope scope = new Scope(backend);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  /** A golden model with its input. */
  private record Base(SequenceClassifier model, Tensor ids, Tensor types, Sequences sequences, int[] labels)
      implements AutoCloseable {
    Variable logits(Tape tape) {
      return model.forward(tape, ids, types, sequences);
    }

    float[] predict(Scope scope) {
      return logits(Tape.inference(scope)).value().toFloats();
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private Base base(String name) throws IOException {
    var architecture = GoldenArchitecture.named(name);
    try (var golden = architecture.open()) {
      var model = new SequenceClassifier(ParameterSource.undefined(backend), architecture.config(),
          GoldenArchitecture.LABELS);
      model.loadIntersecting(golden.under("weight."));
      return new Base(model, ints(golden, "ids"), ints(golden, "types"),
          Sequences.of(scope, ints(golden, "offsets").toInts()), ints(golden, "labels").toInts());
    }
  }

  private Tensor ints(StoredWeights golden, String name) {
    Tensor tensor = scope.empty(DType.I32, golden.shapes().get(name).toArray());
    golden.read(name, tensor);
    return tensor;
  }

  private float[] floats(StoredWeights golden, String name) {
    Tensor tensor = scope.empty(DType.F32, golden.shapes().get(name).toArray());
    golden.read(name, tensor);
    return tensor.toFloats();
  }

  private static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as(what + " " + i).isCloseTo(expected[i], offset(tolerance));
    }
  }

  @ParameterizedTest
  @CsvSource({"bert-rslora, bert", "qwen3-all-linear, qwen3"})
  void logitsAndGradientsOfAGoldenAdapterEqualPyTorch(String adapterName, String modelName) throws IOException {
    try (var golden = SafetensorsReader.open(ADAPTERS.resolve(adapterName).resolve("golden.safetensors"));
        var base = base(modelName);
        var adapter = LoraAdapter.load(base.model, ADAPTERS.resolve(adapterName))) {
      float[] plain = base.predict(scope);
      adapter.attach();
      assertThat(base.predict(scope)).isNotEqualTo(plain);
      Tape tape = Tape.recording(scope);
      Variable logits = base.logits(tape);
      assertClose("logits", logits.value().toFloats(), floats(golden, "logits"), 2e-5);
      Variable loss = new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(base.labels));
      Gradients gradients = tape.backward(loss);
      adapter.trained().forEach((name, parameter) -> assertClose("gradient of " + name,
          gradients.of(parameter).toFloats(), floats(golden, "grad." + name), 2e-5));
      adapter.detach();
      assertThat(base.predict(scope)).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @CsvSource({"bert-rslora, bert", "qwen3-all-linear, qwen3"})
  void aMergedModelComputesTheSameWithoutTheAdapter(String adapterName, String modelName) throws IOException {
    for (boolean frozen : new boolean[] {false, true}) {
      try (var base = base(modelName); var adapter = LoraAdapter.load(base.model, ADAPTERS.resolve(adapterName))) {
        if (frozen) {
          base.model.freeze();
        }
        adapter.attach();
        float[] adapted = base.predict(scope);
        adapter.merge();
        assertThat(adapter.isAttached()).isFalse();
        assertClose("logits", base.predict(scope), adapted, 1e-5);
      }
    }
  }

  /** A trained adapter of a BERT, which has changed the head too; some steps of AdamW with dropout. */
  private LoraAdapter train(Base base, LoraConfig config, long seed) {
    var adapter = LoraAdapter.create(ParameterSource.random(backend, seed), base.model, config);
    try (var optimizer = new AdamW(List.of(new ParameterGroup(adapter.trained(), 0, 1)), AdamW.Options.DEFAULT)) {
      for (int step = 0; step < 5; step++) {
        try (var inner = new Scope(backend)) {
          Tape tape = Tape.training(inner, new Rng(seed, step));
          Variable loss = new SoftmaxCrossEntropy().apply(tape, base.logits(tape), new Targets.Indices(base.labels));
          optimizer.step(tape.backward(loss), 0.01);
        }
      }
    }
    return adapter;
  }

  private static LoraConfig config(String... targets) {
    return LoraConfig.of(new LoraTargets.Names(List.of(targets))).withRank(4, 8).withDropout(0.1)
        .withTask(TaskType.SEQ_CLS, "tiny");
  }

  @Test
  void aNewAdapterChangesNothingAndATrainedOneOnlyItself() throws IOException {
    try (var base = base("bert")) {
      float[] plain = base.predict(scope);
      Map<String, Tensor> state = base.model.stateDict();
      float[] query = state.get("bert.encoder.layer.0.attention.self.query.weight").toFloats();
      try (var fresh = LoraAdapter.create(ParameterSource.random(backend, 1), base.model, config("query"))) {
        assertThat(base.predict(scope)).isEqualTo(plain);
        assertThat(fresh.layers()).containsExactly("bert.encoder.layer.0.attention.self.query",
            "bert.encoder.layer.1.attention.self.query");
        assertThat(fresh.trained().keySet()).contains("base_model.model.classifier.weight",
            "base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight");
        fresh.detach();
      }
      try (var trained = train(base, config("query"), 2)) {
        assertThat(base.predict(scope)).isNotEqualTo(plain);
        assertThat(state.get("bert.encoder.layer.0.attention.self.query.weight").toFloats()).isEqualTo(query);
        trained.detach();
        assertThat(base.predict(scope)).isEqualTo(plain);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void logitsHaveTheSameBitsBeforeSavingAndAfterLoadingBesideAFreshModel(boolean frozen) throws IOException {
    float[] before;
    try (var base = base("bert"); var adapter = train(base, config("query", "value", "dense"), 3)) {
      if (frozen) {
        base.model.freeze();
        adapter.freeze();
      }
      before = base.predict(scope);
      adapter.save(folder);
    }
    try (var base = base("bert"); var adapter = LoraAdapter.load(base.model, folder)) {
      if (frozen) {
        base.model.freeze();
        adapter.freeze();
      }
      adapter.attach();
      assertThat(base.predict(scope)).isEqualTo(before);
      assertThat(adapter.config()).isEqualTo(config("query", "value", "dense"));
    }
  }

  @Test
  void severalAdaptersBesideOneModelEachHaveTheirOwnAnswers() throws IOException {
    try (var base = base("bert")) {
      float[] plain = base.predict(scope);
      try (var first = train(base, config("query"), 4)) {
        float[] answers = base.predict(scope);
        first.detach();
        try (var second = train(base, config("value", "dense"), 5)) {
          float[] others = base.predict(scope);
          assertThat(others).isNotEqualTo(answers);
          assertThatThrownBy(() -> LoraAdapter.create(ParameterSource.random(backend, 1), base.model, config("value")))
              .isInstanceOf(IllegalStateException.class).hasMessageContaining("another adapter");
          second.detach();
          first.attach();
          assertThat(base.predict(scope)).isEqualTo(answers);
          first.detach();
          assertThat(base.predict(scope)).isEqualTo(plain);
          second.attach();
          assertThat(base.predict(scope)).isEqualTo(others);
        }
      }
    }
  }

  @Test
  void aHeadThatIsNotInTheAdapterIsAnError() throws IOException {
    try (var base = base("bert"); var adapter = LoraAdapter.create(ParameterSource.random(backend, 1), base.model,
        LoraConfig.of(new LoraTargets.Names(List.of("query"))))) {
      adapter.save(folder);
    }
    Path config = folder.resolve(LoraConfig.FILE);
    Files.writeString(config, Files.readString(config).replace("\"task_type\" : null", "\"task_type\" : \"SEQ_CLS\""));
    try (var base = base("bert")) {
      assertThatThrownBy(() -> LoraAdapter.load(base.model, folder)).isInstanceOf(InvalidWeightsException.class)
          .hasMessageContaining("missing base_model.model.classifier.weight");
    }
  }

  @Test
  void anAdapterOfAnEncoderAloneFitsOneWithAHead() throws IOException {
    try (var base = base("bert")) {
      try (var adapter = LoraAdapter.create(ParameterSource.random(backend, 1), base.model.encoder(),
          LoraConfig.of(new LoraTargets.Names(List.of("query"))))) {
        assertThat(adapter.layers()).first().isEqualTo("encoder.layer.0.attention.self.query");
        adapter.save(folder);
      }
      try (var adapter = LoraAdapter.load(base.model, folder)) {
        assertThat(adapter.layers()).first().isEqualTo("bert.encoder.layer.0.attention.self.query");
      }
    }
  }

  @Test
  void biasesAreTrainedAndSavedAsAsked() throws IOException {
    LoraConfig plain = LoraConfig.of(new LoraTargets.Names(List.of("query")));
    try (var base = base("bert")) {
      try (var adapter = LoraAdapter.create(ParameterSource.random(backend, 1), base.model,
          plain.withBias(LoraConfig.Bias.LORA_ONLY))) {
        assertThat(adapter.trained().keySet()).contains(
            "base_model.model.bert.encoder.layer.1.attention.self.query.bias").hasSize(6);
      }
      try (var adapter = LoraAdapter.create(ParameterSource.random(backend, 1), base.model,
          plain.withBias(LoraConfig.Bias.ALL))) {
        assertThat(adapter.trained().keySet()).contains("base_model.model.bert.embeddings.LayerNorm.bias",
            "base_model.model.classifier.bias");
      }
    }
  }

  @Test
  void targetsAreMatchedAsPeftMatchesThem() throws IOException {
    try (var base = base("bert")) {
      assertThat(layers(base, config("0.output.dense"))).containsExactly("bert.encoder.layer.0.output.dense");
      assertThat(layers(base, config("uery", "output.dense").withLayers(List.of(1)))).containsExactly(
          "bert.encoder.layer.1.attention.output.dense", "bert.encoder.layer.1.output.dense");
      assertThat(layers(base, LoraConfig.of(LoraTargets.of(".*\\.0\\..*\\.(query|key)")))).containsExactly(
          "bert.encoder.layer.0.attention.self.query", "bert.encoder.layer.0.attention.self.key");
      assertThat(layers(base, LoraConfig.of(LoraTargets.of("all-linear")))).hasSize(13)
          .noneMatch(name -> name.startsWith("classifier"));
    }
  }

  private List<String> layers(Base base, LoraConfig config) {
    try (var adapter = LoraAdapter.create(ParameterSource.random(backend, 1), base.model, config)) {
      return adapter.layers();
    }
  }

  @Test
  void targetsThatTheModelHasNotAreToldWithThoseThatItHas() throws IOException {
    try (var base = base("bert")) {
      assertThatThrownBy(() -> layers(base, config("q_proj"))).isInstanceOf(UserError.class)
          .hasMessageContaining("classifier, dense, key, query, value");
    }
    assertThat(LoraTargets.defaults("xlm-roberta")).isEqualTo(new LoraTargets.Names(List.of("query", "value")));
    assertThatThrownBy(() -> LoraTargets.defaults("distilbert")).isInstanceOf(UserError.class)
        .hasMessageContaining("all-linear");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|',
      value = {"\"use_dora\": true|DoRA", "\"init_lora_weights\": \"pissa_niter_4\"|pissa_niter_4",
          "\"init_lora_weights\": \"loftq\"|loftq", "\"loftq_config\": {\"bits\": 4}|LoftQ",
          "\"peft_type\": \"IA3\"|IA3",
          "\"lora_bias\": true|biases of B", "\"trainable_token_indices\": [1]|trainable tokens", "\"r\": 0|rank",
          "\"r\": 100000|rank", "\"lora_dropout\": 1|lora_dropout", "\"bias\": \"some\"|bias",
          "\"task_type\": \"X\"|task_type",
          "\"target_modules\": \"(\"|not a regular expression", "\"target_modules\": 7|target_modules"})
  void whatIsNotSupportedIsRefusedByName(String setting, String message) throws IOException {
    String targets = setting.contains("target_modules") ? "" : ", \"target_modules\": [\"query\"]";
    Path file = Files.writeString(folder.resolve(LoraConfig.FILE), "{" + setting + targets + "}");
    assertThatThrownBy(() -> LoraConfig.read(folder)).isInstanceOf(UserError.class).hasMessageContaining(message)
        .hasMessageStartingWith(file.toString());
  }

  @Test
  void anExpressionThatWouldTakeForeverIsAnError() {
    var targets = LoraTargets.of("(.*.*)*(.*.*)*(.*.*)*x");
    assertThatThrownBy(() -> targets.matches("bert.encoder.layer.0.attention.self.query".repeat(4)))
        .isInstanceOf(UserError.class).hasMessageContaining("too long");
  }

  @Test
  void anAdapterWhoseRankIsNotThatOfItsFileIsAnErrorWithBothShapes() throws IOException {
    for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(ADAPTERS.resolve("qwen3-all-linear").resolve(name), folder.resolve(name));
    }
    Path config = folder.resolve(LoraConfig.FILE);
    Files.writeString(config, Files.readString(config).replace("\"r\": 2", "\"r\": 3"));
    try (var base = base("qwen3")) {
      assertThatThrownBy(() -> LoraAdapter.load(base.model, folder)).isInstanceOf(InvalidWeightsException.class)
          .hasMessageContaining("should be [3,").hasMessageContaining("is [2,");
    }
    assertThat(Arrays.stream(folder.toFile().list()).sorted()).hasSize(2);
  }
}
