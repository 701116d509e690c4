package crema.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.classify.ComputeOptions;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.model.MaskedLanguageModel;
import crema.pretrained.PretrainedModel;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against PyTorch: {@code src/test/golden/masked_lm.py} makes the files. */
class MaskedLanguageGoldenTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/pretrain");
  private static final Path MODEL = RESOURCES.resolve("bert");

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void lossAndGradientsOfHiddenTokensEqualPyTorchs(String device) throws IOException {
    try (Backend backend = Backend.open(Device.parse(device), new BackendOptions(2));
        StoredWeights golden = SafetensorsReader.open(RESOURCES.resolve("golden.safetensors"));
        PretrainedModel pretrained = PretrainedModel.open(MODEL);
        var model = new MaskedLanguageModel(ParameterSource.undefined(backend), pretrained.config());
        var scope = new Scope(backend)) {
      model.load(pretrained.weights());
      var batch = new MaskedBatch(ints(golden, "ids", scope), ints(golden, "offsets", scope),
          ints(golden, "positions", scope), ints(golden, "targets", scope));
      Tape tape = Tape.recording(scope);
      Variable loss = new MaskedLanguageLoss(model).apply(tape, batch);

      assertThat(loss.value().item()).isCloseTo(floats(golden, "loss", scope)[0], offset(1e-5));
      Gradients gradients = tape.backward(loss);
      model.parameters().forEach((name, parameter) -> {
        float[] expected = floats(golden, "grad." + name, scope);
        double[] actual = gradients.of(parameter).toDoubles();
        double largest = Math.max(1e-2, IntStream.range(0, expected.length)
            .mapToDouble(i -> Math.abs(expected[i])).max().orElse(0));
        for (int i = 0; i < expected.length; i++) {
          assertThat(actual[i]).as("%s[%d]", name, i).isCloseTo(expected[i], offset(1e-5 * largest));
        }
      });
    }
  }

  private static int[] ints(StoredWeights golden, String name, Scope scope) {
    Tensor tensor = scope.empty(DType.I32, Objects.requireNonNull(golden.shapes().get(name)));
    golden.read(name, tensor);
    return tensor.toInts();
  }

  private static float[] floats(StoredWeights golden, String name, Scope scope) {
    Tensor tensor = scope.empty(DType.F32, Objects.requireNonNull(golden.shapes().get(name)));
    golden.read(name, tensor);
    return tensor.toFloats();
  }

  @Test
  void theLikelihoodOfTextsEqualsPyTorchsHidingTokenByToken() throws IOException {
    JsonNode texts = Json.parse(Files.readString(RESOURCES.resolve("golden.json")));
    try (var scorer = TextScorer.load(MODEL, OptionalInt.empty(), ComputeOptions.DEFAULT)) {
      for (JsonNode each : texts) {
        TextLikelihood likelihood = scorer.score(each.path("text").stringValue());
        double expected = each.path("log_likelihood").doubleValue();
        assertThat(likelihood.tokens()).isEqualTo(each.path("ids").size() - 2);
        assertThat(likelihood.logLikelihood()).isCloseTo(expected, offset(1e-4));
        assertThat(likelihood.perplexity()).isCloseTo(Math.exp(-expected / likelihood.tokens()), offset(1e-2));
      }
    }
  }

  @Test
  void aTextIsAsLikelyToTheBitAloneAndInCompanyWithAnyNumberOfThreads() throws IOException {
    JsonNode golden = Json.parse(Files.readString(RESOURCES.resolve("golden.json")));
    var texts = new ArrayList<String>();
    // More than one batch.
    for (int i = 0; i < 60; i++) {
      golden.valueStream().forEach(each -> texts.add(each.path("text").stringValue()));
    }
    var results = new ArrayList<List<TextLikelihood>>();
    for (int threads : new int[] {1, 3}) {
      var compute = new ComputeOptions(Device.CPU, threads, ComputeOptions.DEFAULT.precision());
      try (var scorer = TextScorer.load(MODEL, OptionalInt.empty(), compute)) {
        results.add(scorer.score(texts, _ -> {}));
        for (int i = 0; i < golden.size(); i++) {
          assertThat(scorer.score(texts.get(i))).isEqualTo(results.getFirst().get(i));
        }
      }
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(TextLikelihood.perplexity(results.get(0)))
        .isCloseTo(TextLikelihood.perplexity(results.get(0).subList(0, golden.size())), offset(1e-9));
  }

  @Test
  void textsThatAreTooLongAreCutAndTheEmptyOneHasNoPerplexity() throws IOException {
    try (var scorer = TextScorer.load(MODEL, OptionalInt.of(4), ComputeOptions.DEFAULT)) {
      List<TextLikelihood> scored = scorer.score(Arrays.asList("paris is the capital", ""), _ -> {});
      assertThat(scored.get(0).isCut()).isTrue();
      assertThat(scored.get(0).tokens()).isEqualTo(2);
      assertThat(scored.get(1)).isEqualTo(new TextLikelihood(0, 0, false));
      assertThat(scored.get(1).perplexity()).isNaN();
    }
  }
}
