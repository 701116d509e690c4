package crema.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.ParameterSource;
import crema.nn.ParameterSource.Precision;
import crema.nn.Weights;
import crema.nn.io.StoredWeights;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each architecture with its heads against PyTorch ({@link GoldenArchitecture}), and its bits against each other.
 */
class ArchitectureGoldenTest {
  static Stream<String> names() {
    return GoldenArchitecture.names().stream();
  }

  static Stream<Arguments> cases() {
    return names().flatMap(name -> Stream.of(Arguments.of(name, Device.CPU), Arguments.of(name, Device.REFERENCE)));
  }

  private static TextEncoderConfig config(String name) {
    return GoldenArchitecture.named(name).config();
  }

  private static StoredWeights open(String name) throws IOException {
    return GoldenArchitecture.named(name).open();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tokensLogitsAndGradientsEqualPyTorch(String name, Device device) throws IOException {
    try (var backend = Backend.open(device)) {
      GoldenArchitecture.named(name).check(backend, 1e-5);
    }
  }

  /** Frozen, with any number of threads, alone and in a batch: the same bits. */
  @ParameterizedTest
  @MethodSource("names")
  void aTextHasTheSameBitsAloneAndInAnyBatchWithAnyNumberOfThreads(String name) throws IOException {
    TextEncoderConfig config = config(name);
    List<float[]> results = new ArrayList<>();
    for (int threads : new int[] {1, 2, 5}) {
      try (var golden = open(name);
          var backend = Backend.open(Device.CPU, new BackendOptions(threads));
          var scope = new Scope(backend);
          var model = new SequenceClassifier(ParameterSource.undefined(backend), config, GoldenArchitecture.LABELS)) {
        model.loadIntersecting(golden.under("weight."));
        for (boolean frozen : new boolean[] {false, true}) {
          if (frozen) {
            model.freeze();
          }
          var batch = GoldenArchitecture.Batch.read(golden, scope);
          results.add(
              model.forward(Tape.inference(scope), batch.ids(), batch.types(), batch.sequences()).value().toFloats());
          var alone = new float[GoldenArchitecture.LABELS * batch.sequences().count()];
          for (int i = 0; i < batch.sequences().count(); i++) {
            int start = batch.sequences().start(i);
            int length = batch.sequences().length(i);
            Variable logits = model.forward(Tape.inference(scope), batch.ids().rows(start, start + length),
                batch.types().rows(start, start + length), Sequences.of(scope, 0, length));
            System.arraycopy(logits.value().toFloats(), 0, alone, i * GoldenArchitecture.LABELS,
                GoldenArchitecture.LABELS);
          }
          results.add(alone);
        }
      }
    }
    assertThat(results).allSatisfy(result -> assertThat(result).isEqualTo(results.getFirst()));
  }

  /** Matrices that are stored in 16 bits, kept so or widened: the same bits. */
  @ParameterizedTest
  @MethodSource("names")
  void matricesOf16BitsPredictAsTheirWidenedOnesDo(String name) throws IOException {
    TextEncoderConfig config = config(name);
    List<float[]> results = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      try (var golden = open(name); var backend = Backend.open(Device.CPU); var scope = new Scope(backend)) {
        Weights weights = halves(golden.under("weight.").under(config.architecture().prefix()), scope);
        try (var encoder = config.create(ParameterSource.forPrediction(weights, precision, backend))) {
          encoder.loadForPrediction(weights.intersecting(encoder.stateDict().keySet()).common());
          var batch = GoldenArchitecture.Batch.read(golden, scope);
          results
              .add(encoder.forward(Tape.inference(scope), batch.ids(), batch.types(), batch.sequences()).value()
                  .toFloats());
        }
      }
    }
    assertThat(results.get(0)).isEqualTo(results.get(1)).doesNotContain(Float.NaN);
  }

  /** The decoder is tied with the table of tokens, which stays in 16 bits: the same bits as from a widened one. */
  @ParameterizedTest
  @MethodSource("names")
  void headsOverTablesOf16BitsGuessAsOverWidenedOnes(String name) throws IOException {
    TextEncoderConfig config = config(name);
    List<float[]> results = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      try (var golden = open(name); var backend = Backend.open(Device.CPU); var scope = new Scope(backend)) {
        if (!golden.shapes().containsKey("masked")) {
          return;
        }
        Weights weights = halves(golden.under("weight."), scope);
        try (var model = new MaskedLanguageModel(ParameterSource.forPrediction(weights, precision, backend), config)) {
          assertThat(model.encoder().tokenEmbeddings().weight().value().dtype())
              .isEqualTo(precision == Precision.F32 ? DType.F32 : DType.BF16);
          model.loadForPrediction(weights.intersecting(model.stateDict().keySet()).common());
          var batch = GoldenArchitecture.Batch.read(golden, scope);
          results.add(model.forward(Tape.inference(scope), batch.ids(), batch.sequences(),
              GoldenArchitecture.ints(golden, scope, "masked")).value().toFloats());
        }
      }
    }
    assertThat(results.get(0)).isEqualTo(results.get(1)).doesNotContain(Float.NaN);
  }

  /** Weights whose matrices have the upper 16 bits of other ones. */
  private static Weights halves(Weights weights, Scope scope) {
    return new Weights() {
      @Override
      public Map<String, Shape> shapes() {
        return weights.shapes();
      }

      @Override
      public DType type(String name) {
        return shapes().get(name).rank() == 2 ? DType.BF16 : DType.F32;
      }

      @Override
      public void read(String name, Tensor target) {
        Tensor whole = scope.empty(DType.F32, target.shape());
        weights.read(name, whole);
        float[] values = whole.toFloats();
        var halves = new short[values.length];
        for (int i = 0; i < values.length; i++) {
          halves[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
          values[i] = type(name) == DType.BF16 ? Float.intBitsToFloat(halves[i] << 16) : values[i];
        }
        boolean narrow = target.dtype() == DType.BF16;
        target.storage().write(target.offset(), narrow ? MemorySegment.ofArray(halves) : MemorySegment.ofArray(values));
      }
    };
  }

  @ParameterizedTest
  @MethodSource("names")
  void aConfigGoesToJsonAndBack(String name) throws IOException {
    TextEncoderConfig config = config(name);
    assertThat(config.architecture().read(config.toMap())).isEqualTo(config);
  }

  @Test
  void everyArchitectureHasAGoldenFile() throws IOException {
    List<String> tested = new ArrayList<>();
    for (String name : names().toList()) {
      tested.add(config(name).architecture().key());
    }
    tested.add(Architecture.DEFAULT);
    assertThat(Architecture.installed()).extracting(Architecture::key)
        .allSatisfy(key -> assertThat(tested).contains(key));
  }
}
