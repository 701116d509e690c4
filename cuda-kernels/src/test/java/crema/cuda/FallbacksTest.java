package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.Capability;
import crema.tensor.Device;
import crema.tensor.Ops;
import crema.tensor.Precision;
import crema.tensor.reference.Fallback;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FallbacksTest {
  /** Ops that may run on the host. Whoever adds an op adds its kernel, or its name here. */
  private static final List<String> KNOWN = List.of("spatial.averagePool", "spatial.averagePoolBackward",
      "spatial.batchNorm", "spatial.batchNormBackward", "spatial.batchStatistics", "spatial.convolve",
      "spatial.convolveBackward", "spatial.convolveWeightBackward", "spatial.maxPool", "spatial.maxPoolBackward",
      "spatial.patches", "spatial.patchesBackward", "spatial.transpose");

  @ParameterizedTest
  @ValueSource(ints = {75, 80, 90})
  void everyOpHasAKernelUnlessItIsKnownToHaveNone(int capability) {
    var emulated = switch (capability) {
      case 75 -> Capability.SM_75;
      case 80 -> Capability.SM_80;
      default -> Capability.SM_90;
    };
    try (var backend = new CudaBackend(new Device("emulated", 0), new EmulatedDriver(emulated), Precision.FP32)) {
      assertThat(HostOps.of(backend.ops())).isEqualTo(KNOWN);
    }
  }

  /** Otherwise the list would be empty for lack of looking. */
  @Test
  void opsThatRunOnTheHostAreFound() {
    List<String> all =
        Arrays.stream(Ops.class.getRecordComponents()).filter(family -> !family.getName().equals("fused"))
            .flatMap(FallbacksTest::names).distinct().sorted().toList();
    assertThat(HostOps.of(new Fallback().ops())).isEqualTo(all).contains("attention.rope", "optimizers.adamWAll");
  }

  private static Stream<String> names(RecordComponent family) {
    return Arrays.stream(family.getType().getMethods()).map(Method::getName).map(op -> family.getName() + "." + op);
  }
}
