package crema.cuda;

import crema.nn.model.GoldenArchitecture;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pretrained architecture on an emulated GPU, against PyTorch: tokens, logits, and every gradient. */
class ArchitecturesOnEmulatorTest {
  private static final Device DEVICE = Device.parse("emulated");

  static List<String> names() {
    return GoldenArchitecture.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void tokensLogitsAndGradientsEqualPyTorch(String name) throws IOException {
    try (Backend backend = Backend.open(DEVICE)) {
      GoldenArchitecture.named(name).check(backend, 1e-4);
    }
  }

  /** Activations of 8 significant bits: what they come to, not that they are equal. */
  @ParameterizedTest
  @MethodSource("names")
  void mixedPrecisionIsNearPyTorch(String name) throws IOException {
    try (Backend backend = Backend.open(DEVICE, new BackendOptions(1, Precision.BF16))) {
      GoldenArchitecture.named(name).check(backend, 0.1);
    }
  }
}
