package crema.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendTest {
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void backendsAreFoundByTheNameOfTheirDevice(String name) {
    Device device = Device.parse(name);
    try (Backend backend = Backend.open(device)) {
      assertThat(backend.device()).isEqualTo(device);
    }
  }

  @Test
  void anUnknownDeviceIsAnErrorThatListsTheKnownOnes() {
    assertThatIllegalArgumentException().isThrownBy(() -> Backend.open(Device.parse("abacus:1")))
        .withMessage("no backend for device 'abacus:1'; there are: cpu, reference");
  }

  @Test
  void aSecondCpuIsAnError() {
    assertThatIllegalArgumentException().isThrownBy(() -> Backend.open(Device.parse("cpu:1")))
        .withMessageContaining("cpu:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "CPU", "cuda:", "cuda:x", "cuda:-1", "cuda:99999", " cpu"})
  void whatIsNoDeviceIsAnErrorThatSaysWhatIs(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Device.parse(text))
        .withMessageContaining("'" + text + "'").withMessageContaining("cuda:1");
  }

  @Test
  void devicesPrintAsTheyAreParsed() {
    assertThat(Device.parse("cuda:3")).isEqualTo(new Device("cuda", 3)).hasToString("cuda:3");
    assertThat(Device.parse("cuda:0")).hasToString("cuda");
  }

  @Test
  void noThreadsIsAnError() {
    assertThatIllegalArgumentException().isThrownBy(() -> new BackendOptions(0)).withMessageContaining("threads");
  }

  @Test
  void aStepRunsItsBody() {
    try (Backend backend = Backend.open(Device.CPU); var scope = new Scope(backend)) {
      Tensor x = scope.floats(new float[] {1, 2}, 2);
      for (int run = 1; run <= 4; run++) {
        x.set(run, 2f * run);
        Tensor output = backend.step("key", () -> {
          Tensor sum = scope.empty(DType.F32, 1);
          backend.ops().reduction().sum(x, sum, Write.SET);
          return sum;
        });
        assertThat(output.item()).isEqualTo(3 * run);
      }
    }
  }
}
