package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.Rng;
import crema.cuda.TensorCoreAttention.Way;
import crema.ptx.Capability;
import crema.ptx.Counters;
import crema.ptx.Schedule;
import crema.tensor.AttentionSpec;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention in BF16, forward and gradients, against F64 on the same rounded inputs. */
class AttentionOnEmulatorTest {
  record Case(Capability capability, AttentionSpec spec, int... lengths) {
    @Override
    public String toString() {
      return capability + " " + spec.numHeads() + "/" + spec.numKeyValueHeads() + " heads of " + spec.headDim()
          + (spec.causal() ? ", causal" : "")
          + (spec.window() == AttentionSpec.EVERYTHING ? "" : ", window " + spec.window())
          + (spec.dropout() > 0 ? ", dropout " + spec.dropout() : "") + ", lengths "
          + Arrays.toString(lengths);
    }
  }

  static Stream<Case> cases() {
    var cases = new ArrayList<Case>();
    Rng.Stream random = new Rng(5, 6).stream(7);
    int[] few = {3, 70, 1, 33, 130};
    int[] titles = {8, 32, 5, 17, 1, 24};
    for (Capability capability : List.of(Capability.SM_75, Capability.SM_80)) {
      for (int headDim : new int[] {16, 40, 64, 128}) {
        AttentionSpec plain = AttentionSpec.of(6, 2, headDim, false);
        cases.add(new Case(capability, plain, few));
        cases.add(new Case(capability, plain, titles));
        cases.add(new Case(capability, AttentionSpec.of(3, 3, headDim, true), few));
        cases.add(new Case(capability, plain.withWindow(9).withDropout(0.2f, random), few));
        cases.add(new Case(capability, AttentionSpec.of(4, 2, headDim, true).withDropout(0.1f, random), titles));
      }
      cases.add(new Case(capability, AttentionSpec.of(3, 1, 64, false).withDropout(0.3f, random), 200));
      cases.add(new Case(capability, AttentionSpec.of(4, 1, 64, true).withWindow(40), 200, 7));
      cases.add(new Case(capability, AttentionSpec.of(2, 1, 9, false).withScale(-0.4f), few));
    }
    AttentionSpec plain = AttentionSpec.of(6, 2, 64, false);
    for (int[] lengths : new int[][] {few, titles, {300, 129}}) {
      cases.add(new Case(Capability.SM_90, plain, lengths));
    }
    cases.add(new Case(Capability.SM_90, AttentionSpec.of(3, 3, 64, true), few));
    cases.add(new Case(Capability.SM_90, AttentionSpec.of(4, 1, 64, true).withWindow(40), 400, 7));
    cases.add(new Case(Capability.SM_90, plain.withWindow(9).withDropout(0.2f, random), few));
    cases.add(new Case(Capability.SM_90, AttentionSpec.of(3, 1, 64, false).withDropout(0.3f, random), 200));
    return cases.stream();
  }

  /** On Hopper by the kernels that are for it alone. */
  private static Map<String, float[]> on(CudaBackend cuda, AttentionCheck check) {
    return cuda.context().kernels().target() == Kernels.Target.SM_90A
        ? check.on(cuda, new TensorCoreAttention(cuda.context(), Way.WGMMA)) : check.on(cuda);
  }

  private static CudaBackend open(Capability capability, Schedule schedule) {
    return new CudaBackend(new Device("emulated", 0), new EmulatedDriver(capability, schedule), Precision.FP32);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isNearTheReferenceInDouble(Case test) {
    try (CudaBackend cuda = open(test.capability, Schedule.IN_ORDER)) {
      AttentionCheck check = AttentionCheck.of(test.spec, 1, test.lengths);
      Map<String, float[]> actual = on(cuda, check);
      check.expected().forEach((name, expected) -> assertThat(AttentionCheck.distance(actual.get(name), expected))
          .as(name).matches(AttentionCheck.Distance::isRounding, "within what BF16 rounds"));
      assertThat(cuda.liveBytes()).isZero();
    }
  }

  /** Tiles reach past the end of a sequence, into the next. */
  @Test
  void whatIsNoNumberStaysInItsSequence() {
    for (Capability capability : List.of(Capability.SM_75, Capability.SM_80, Capability.SM_90)) {
      try (CudaBackend cuda = open(capability, Schedule.IN_ORDER); var scope = new Scope(cuda)) {
        Sequences sequences = Sequences.of(scope, 0, 100, 120);
        AttentionSpec spec = AttentionSpec.of(1, 1, 64, false);
        Tensor x = scope.empty(DType.BF16, sequences.tokens(), spec.headDim());
        var values = new float[Math.toIntExact(x.elements())];
        Arrays.fill(values, 100 * spec.headDim(), values.length, Float.POSITIVE_INFINITY);
        x.set(values);
        Tensor y = scope.emptyLike(x);
        if (capability == Capability.SM_90) {
          new TensorCoreAttention(cuda.context(), Way.WGMMA).forward(x, x, x, sequences, spec, y, null);
        } else {
          cuda.ops().attention().attention(x, x, x, sequences, spec, y, null);
        }
        assertThat(Arrays.copyOf(y.toFloats(), 100 * spec.headDim())).as(capability.toString()).containsOnly(0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 64, 128})
  void givesTheSameBitsInWhateverOrderWarpsRun(int headDim) {
    AttentionSpec spec = AttentionSpec.of(4, 2, headDim, false).withDropout(0.1f, new Rng(5, 6).stream(7));
    AttentionCheck check = AttentionCheck.of(spec, 2, 100, 3, 20);
    for (Capability capability : List.of(Capability.SM_75, Capability.SM_80, Capability.SM_90)) {
      try (CudaBackend inOrder = open(capability, Schedule.IN_ORDER);
          CudaBackend shuffled = open(capability, new Schedule(11))) {
        Map<String, float[]> expected = on(inOrder, check);
        on(shuffled, check).forEach((name, actual) -> assertThat(actual).as(name).isEqualTo(expected.get(name)));
      }
    }
  }

  static Stream<Arguments> onTensorCoresSharedMemoryHasNoBankConflicts() {
    return Stream.of(Arguments.of(Capability.SM_80, 32), Arguments.of(Capability.SM_80, 64),
        Arguments.of(Capability.SM_80, 128), Arguments.of(Capability.SM_90, 64));
  }

  @ParameterizedTest
  @MethodSource
  void onTensorCoresSharedMemoryHasNoBankConflicts(Capability capability, int headDim) {
    var driver = new EmulatedDriver(capability);
    var conflicts = new LinkedHashMap<String, Long>();
    driver.observe((kernel, counters) -> conflicts.merge(kernel, counters.bankConflicts(), Long::sum));
    try (var cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32)) {
      on(cuda, AttentionCheck.of(AttentionSpec.of(6, 2, headDim, false), 3, 30, 200));
    }
    assertThat(conflicts).hasSize(3);
    assertThat(conflicts).allSatisfy((kernel, count) -> {
      assertThat(kernel).matches("attention_w?g?mma_.*");
      assertThat(count).as(kernel).isZero();
    });
  }

  /** As bounds of lengths are: 48 is one of titles up to 40. */
  @ParameterizedTest
  @CsvSource({"6, 2, 48, attention_mma_64_1", "6, 2, 63, attention_mma_64_1", "6, 2, 64, attention_wgmma_64",
      "6, 2, 256, attention_wgmma_64", "3, 3, 127, attention_mma_64_1", "3, 3, 128, attention_mma_64_2",
      "3, 3, 191, attention_mma_64_2", "3, 3, 192, attention_wgmma_64"})
  void onHopperTheKernelIsTheFastestForTheLength(int heads, int keyHeads, int length, String kernel) {
    var driver = new EmulatedDriver(Capability.SM_90);
    AttentionSpec spec = AttentionSpec.of(heads, keyHeads, 64, false);
    try (var cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.BF16); var scope = new Scope(cuda)) {
      Sequences sequences = Sequences.of(scope, 0, length);
      Tensor q = scope.zeros(DType.BF16, length, 64L * heads);
      Tensor k = scope.zeros(DType.BF16, length, 64L * keyHeads);
      Tensor logSumExp = scope.empty(DType.F32, length, heads);
      var y = scope.emptyLike(q);
      var attention = new TensorCoreAttention(cuda.context());
      attention.forward(q, k, k, sequences, spec, y, logSumExp);
      attention.backward(q, k, k, sequences, spec, y, logSumExp, q, scope.emptyLike(q), scope.emptyLike(k),
          scope.emptyLike(k));
    }
    String family = kernel.replaceAll("_64.*", "");
    assertThat(driver.launches()).containsOnlyKeys(kernel + "_bf16", family + "_backward_queries_64_bf16",
        family + "_backward_keys_64_bf16");
  }

  /** What version 5 of lab/002-attention issues and reads for a token; a register more than 128 would halve the warps. */
  @Test
  void onHopperLongSequencesTakeNoMoreThanInTheLab() {
    int tokens = 512;
    var driver = new EmulatedDriver(Capability.SM_90);
    var counters = new LinkedHashMap<String, Counters>();
    driver.observe(counters::put);
    try (var cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32)) {
      on(cuda, AttentionCheck.of(AttentionSpec.of(6, 2, 64, false), 3, tokens));
    }
    assertThat(counters).hasSize(3);
    assertCounters(counters.get("attention_wgmma_64_bf16"), tokens, 1160, 243);
    assertCounters(counters.get("attention_wgmma_backward_queries_64_bf16"), tokens, 1310, 365);
    assertCounters(counters.get("attention_wgmma_backward_keys_64_bf16"), tokens, 1450, 238);
    assertThat(KernelTable.load().rows()).filteredOn(row -> row.file().equals("attention_wgmma")).hasSize(6)
        .allSatisfy(row -> assertThat(row.registers()).as(row.entry()).isLessThanOrEqualTo(128));
  }

  private static void assertCounters(Counters counters, int tokens, long instructions, long sectors) {
    assertThat(counters.warpInstructions() / tokens).as("instructions a token").isLessThan(instructions);
    assertThat(counters.globalSectors() / tokens).as("sectors a token").isLessThan(sectors);
    assertThat(counters.bankConflicts()).isZero();
  }
}
