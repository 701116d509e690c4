package crema.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.nn.ParameterSource;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.optim.AdamW;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TextClassifierTest {
  private static final int VOCABULARY = 61;
  private static final int LABELS = 4;

  /** Small and odd, with a bag of tokens and every kind of randomness on. */
  private static TextClassifierConfig config(HeadConfig.Kind head) {
    return config(head, 8);
  }

  private static TextClassifierConfig config(HeadConfig.Kind head, int bagSize) {
    return TextClassifierConfig.of(Map.ofEntries(Map.entry("vocab_size", VOCABULARY),
        Map.entry("num_labels", LABELS), Map.entry("hidden_size", 36), Map.entry("num_hidden_layers", 3),
        Map.entry("num_attention_heads", 6), Map.entry("num_key_value_heads", 2), Map.entry("ffn_hidden_size", 50),
        Map.entry("dropout", 0.2), Map.entry("max_drop_path", 0.5), Map.entry("head", head.key()),
        Map.entry("bag_size", bagSize)));
  }

  /** A packed batch of texts whose label is told by a token. */
  private record Batch(Tensor ids, Sequences sequences, Tensor labels) {
    static Batch of(Scope scope, int step) {
      var random = new Random(step);
      var offsets = new int[6];
      var labels = new int[5];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = random.nextInt(LABELS);
        offsets[i + 1] = offsets[i] + 1 + random.nextInt(19);
      }
      var ids = new int[offsets[5]];
      for (int i = 0; i < labels.length; i++) {
        for (int t = offsets[i]; t < offsets[i + 1]; t++) {
          ids[t] = LABELS + random.nextInt(VOCABULARY - LABELS);
        }
        ids[offsets[i] + random.nextInt(offsets[i + 1] - offsets[i])] = labels[i];
      }
      return new Batch(scope.ints(ids, ids.length), Sequences.of(scope, offsets), scope.ints(labels, labels.length));
    }
  }

  private static double trainStep(TextClassifier model, AdamW optimizer, Backend backend, int step) {
    try (var scope = new Scope(backend)) {
      Batch batch = Batch.of(scope, step);
      Tape tape = Tape.training(scope, new Rng(3, step));
      Variable logits = model.forward(tape, batch.ids, batch.sequences);
      Variable loss =
          new SoftmaxCrossEntropy(0.1f, null).apply(tape, logits, new Targets.Indices(batch.labels.toInts()));
      double value = loss.value().item();
      optimizer.step(tape.backward(loss), 0.01, 1);
      return value;
    }
  }

  /** The weights and, first, the losses after some steps. */
  private static Map<String, float[]> train(Device device, int threads, HeadConfig.Kind head, int steps) {
    try (var backend = Backend.open(device, new BackendOptions(threads))) {
      var result = new LinkedHashMap<String, float[]>();
      try (var model = new TextClassifier(ParameterSource.random(backend, 9), config(head));
          var optimizer = new AdamW(model, 0.01)) {
        var losses = new float[steps];
        for (int step = 0; step < steps; step++) {
          losses[step] = (float) trainStep(model, optimizer, backend, step);
        }
        result.put("losses", losses);
        model.stateDict().forEach((name, tensor) -> result.put(name, tensor.toFloats()));
        assertThat(backend.liveBytes()).isGreaterThanOrEqualTo(12 * model.parameterCount());
      }
      assertThat(backend.liveBytes()).as("live bytes after training").isZero();
      return result;
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ORIGINAL")
  void trainingGivesTheSameBitsOnAnyNumberOfThreads(HeadConfig.Kind head) {
    Map<String, float[]> one = train(Device.CPU, 1, head, 4);
    assertThat(train(Device.CPU, 2, head, 4)).usingRecursiveComparison().isEqualTo(one);
    assertThat(train(Device.CPU, 7, head, 4)).usingRecursiveComparison().isEqualTo(one);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ORIGINAL")
  void aTrainingStepOnTheReferenceDeviceIsTheCpusUpToRounding(HeadConfig.Kind head) {
    Map<String, float[]> cpu = train(Device.CPU, 2, head, 2);
    Map<String, float[]> reference = train(Device.REFERENCE, 1, head, 2);
    assertThat(reference.keySet()).isEqualTo(cpu.keySet());
    // Logits of 30 times a cosine show more of what Adam makes of gradients that are noise.
    float rounding = head == HeadConfig.Kind.COSINE ? 1e-2f : 1e-4f;
    assertThat(reference.remove("losses")).containsExactly(cpu.get("losses"), offset(rounding));
    // Adam's first steps are learningRate · sign(gradient): gradients that are noise may go either way.
    reference.forEach((name, values) -> {
      int same = 0;
      for (int i = 0; i < values.length; i++) {
        same += Math.abs(values[i] - cpu.get(name)[i]) <= 1e-4 ? 1 : 0;
      }
      assertThat((double) same / values.length).as(name).isGreaterThan(0.9);
    });
  }

  @Test
  void trainingLearns() {
    float[] losses = train(Device.CPU, 2, HeadConfig.Kind.MLP, 200).get("losses");
    double first = 0;
    double last = 0;
    for (int i = 0; i < 20; i++) {
      first += losses[i] / 20;
      last += losses[losses.length - 1 - i] / 20;
    }
    assertThat(last).isLessThan(0.75 * first);
  }

  @Test
  void randomnessDependsOnSeedAndStepOnly() {
    try (var backend = Backend.open(Device.CPU);
        var model = new TextClassifier(ParameterSource.random(backend, 9), config(HeadConfig.Kind.MLP));
        var scope = new Scope(backend)) {
      Batch batch = Batch.of(scope, 0);
      float[] first = logits(model, batch, Tape.training(scope, new Rng(3, 8)));
      assertThat(logits(model, batch, Tape.training(scope, new Rng(3, 8)))).containsExactly(first);
      assertThat(logits(model, batch, Tape.training(scope, new Rng(3, 9)))).isNotEqualTo(first);
      assertThat(logits(model, batch, Tape.training(scope, new Rng(4, 8)))).isNotEqualTo(first);
    }
  }

  private static float[] logits(TextClassifier model, Batch batch, Tape tape) {
    return model.forward(tape, batch.ids, batch.sequences).value().toFloats();
  }

  @Test
  void accumulatedGradientsAreThoseOfTheWholeBatch() {
    try (var backend = Backend.open(Device.CPU);
        var model = new TextClassifier(ParameterSource.random(backend, 9), config(HeadConfig.Kind.MLP));
        var scope = new Scope(backend)) {
      int[] ids = {5, 6, 7, 8, 9, 7, 7, 11};
      int[] labels = {1, 3};
      var whole = Tape.recording(scope);
      var loss = new SoftmaxCrossEntropy();
      Gradients expected = whole.backward(loss.apply(whole, model.forward(whole, scope.ints(ids, 8),
          Sequences.of(scope, 0, 3, 8)), new Targets.Indices(labels)));
      var accumulated = new Gradients(scope);
      for (int i = 0; i < 2; i++) {
        int[] part = Arrays.copyOfRange(ids, i == 0 ? 0 : 3, i == 0 ? 3 : 8);
        try (var inner = new Scope(backend)) {
          var tape = Tape.recording(inner);
          Variable logits = model.forward(tape, inner.ints(part, part.length), Sequences.of(inner, 0, part.length));
          tape.backward(loss.apply(tape, logits, Targets.Indices.of(labels[i])), 0.5, accumulated);
        }
      }
      model.parameters().forEach((name, parameter) -> assertThat(accumulated.of(parameter).toFloats()).as(name)
          .containsExactly(expected.of(parameter).toFloats(), offset(1e-6f)));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ORIGINAL")
  void aFrozenModelPredictsTheSameBitsOnManyThreadsAtOnce(HeadConfig.Kind head) throws Exception {
    try (var backend = Backend.open(Device.CPU, new BackendOptions(2))) {
      try (var model = new TextClassifier(ParameterSource.random(backend, 9), config(head))) {
        var expected = new ArrayList<float[]>();
        for (int i = 0; i < 8; i++) {
          expected.add(predict(model, backend, i));
        }
        model.freeze();
        model.releaseWeights();
        long live = backend.liveBytes();
        try (var pool = Executors.newFixedThreadPool(4)) {
          List<Callable<float[]>> calls = new ArrayList<>();
          for (int i = 0; i < 64; i++) {
            int batch = i % 8;
            calls.add(() -> predict(model, backend, batch));
          }
          var results = pool.invokeAll(calls);
          for (int i = 0; i < results.size(); i++) {
            assertThat(results.get(i).get()).containsExactly(expected.get(i % 8));
          }
        }
        assertThat(backend.liveBytes()).isEqualTo(live);
      }
      assertThat(backend.liveBytes()).isZero();
    }
  }

  private static float[] predict(TextClassifier model, Backend backend, int batchNumber) {
    try (var scope = new Scope(backend)) {
      return logits(model, Batch.of(scope, batchNumber), Tape.inference(scope));
    }
  }

  @Test
  void inferenceKeepsNoMoreThanALayerWhateverTheDepth() {
    try (var backend = Backend.open(Device.CPU)) {
      long shallow = bytesLeftAfterForward(backend, 1);
      assertThat(bytesLeftAfterForward(backend, 9)).isEqualTo(shallow);
    }
  }

  /** What a forward pass leaves in its scope, parameters not counted. */
  private static long bytesLeftAfterForward(Backend backend, int layers) {
    var config = TextClassifierConfig.of(Map.of("vocab_size", VOCABULARY, "num_labels", LABELS, "hidden_size", 16,
        "num_hidden_layers", layers, "num_attention_heads", 2, "num_key_value_heads", 1, "ffn_hidden_size", 40));
    try (var model = new TextClassifier(ParameterSource.random(backend, 1), config);
        var scope = new Scope(backend)) {
      Batch batch = Batch.of(scope, 0);
      long before = backend.liveBytes();
      model.forwardWithEmbeddings(Tape.inference(scope), batch.ids, batch.sequences);
      return backend.liveBytes() - before;
    }
  }

  @Test
  void embeddingsAreTheTokensVectorsAndTheirMean() {
    try (var backend = Backend.open(Device.CPU);
        var model = new TextClassifier(ParameterSource.random(backend, 9), config(HeadConfig.Kind.MLP));
        var scope = new Scope(backend)) {
      Tensor ids = scope.ints(new int[] {5, 6, 7, 8, 9}, 5);
      Sequences sequences = Sequences.of(scope, 0, 2, 5);
      var output = model.forwardWithEmbeddings(Tape.inference(scope), ids, sequences);
      assertThat(output.logits().value().toFloats())
          .containsExactly(model.forward(Tape.inference(scope), ids, sequences).value().toFloats());
      assertThat(output.embeddings()).isNotNull();
      float[] tokens = output.embeddings().tokens().value().toFloats();
      float[] pooled = output.embeddings().pooled().value().toFloats();
      assertThat(pooled).hasSize(2 * 36);
      for (int i = 0; i < 36; i++) {
        assertThat(pooled[i]).isEqualTo((tokens[i] + tokens[36 + i]) / 2, offset(1e-6f));
      }
    }
  }

  @Test
  void theBagsLogitsAreThoseOfTheMeanOfItsScaledEmbeddingsAndAreAddedToTheHeads() {
    try (var backend = Backend.open(Device.CPU);
        var model = new TextClassifier(ParameterSource.random(backend, 9), config(HeadConfig.Kind.MLP));
        var deep = new TextClassifier(ParameterSource.random(backend, 9), config(HeadConfig.Kind.MLP, 0));
        var scope = new Scope(backend)) {
      Tensor ids = scope.ints(new int[] {5, 6, 7, 8, 9}, 5);
      Sequences sequences = Sequences.of(scope, 0, 2, 5);
      float[] all = model.forward(Tape.inference(scope), ids, sequences).value().toFloats();
      float[] heads = deep.forward(Tape.inference(scope), ids, sequences).value().toFloats();
      float[] table = model.stateDict().get("bag.embed_tokens.weight").toFloats();
      float[] weight = model.stateDict().get("bag.out_proj.weight").toFloats();
      float[] bias = model.stateDict().get("bag.out_proj.bias").toFloats();
      int size = 8;
      int[][] texts = {{5, 6}, {7, 8, 9}};
      for (int text = 0; text < 2; text++) {
        for (int label = 0; label < LABELS; label++) {
          double logit = bias[label];
          for (int token : texts[text]) {
            for (int i = 0; i < size; i++) {
              logit += 64.0 / texts[text].length * table[token * size + i] * weight[label * size + i];
            }
          }
          int at = text * LABELS + label;
          assertThat((double) all[at] - heads[at]).isCloseTo(logit, offset(1e-5));
        }
      }
      double largest = 0;
      for (float value : table) {
        largest = Math.max(largest, Math.abs(64 * value));
      }
      assertThat(largest).as("a token that training never saw").isBetween(0.1, 1.0);
    }
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    var config = TextClassifierConfig.of(Map.of("vocab_size", 9, "num_labels", 2, "hidden_size", 4,
        "num_hidden_layers", 1, "num_attention_heads", 1, "num_key_value_heads", 1, "max_position_embeddings", 3));
    try (var backend = Backend.open(Device.CPU);
        var model = new TextClassifier(ParameterSource.random(backend, 1), config);
        var scope = new Scope(backend)) {
      assertThatThrownBy(() -> model.forward(Tape.inference(scope), scope.ints(new int[4], 4),
          Sequences.of(scope, 0, 4))).hasMessageContaining("a sequence of 4 tokens is longer than 3");
    }
  }
}
