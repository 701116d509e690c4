package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.cuda.driver.CudaException;
import crema.cuda.driver.DeviceFault;
import crema.cuda.driver.Driver;
import crema.cuda.driver.Grid;
import crema.cuda.driver.OutOfDeviceMemory;
import crema.ptx.Capability;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.DType;
import crema.tensor.Deferred;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes wrong on a device is named, and harms no more than it must. */
class FaultTest {
  private static final AdamWStep STEP = new AdamWStep(0.1, 0.9, 0.99, 1e-8, 0.01, 3, 1);

  private static CudaBackend backend(Driver driver) {
    return new CudaBackend(new Device("emulated", 0), driver, Precision.FP32);
  }

  /** A kernel that writes more elements than there are. */
  private static void overrun(CudaBackend backend, Tensor x) {
    backend.context().launch("pointwise", "fill_bf16").f32(1).out(x).i64(x.elements() + 100).run(Grid.of(1, 256));
  }

  @Test
  void anAccessOutOfBoundsNamesTheKernelInAllLaterCalls() {
    try (var backend = backend(new EmulatedDriver(Capability.SM_80)); var scope = new Scope(backend)) {
      Tensor x = scope.empty(DType.BF16, 10);
      Tensor other = scope.floats(new float[] {1, 2}, 2);
      backend.ops().pointwise().scale(2, other, other);
      assertThatThrownBy(() -> overrun(backend, x)).isInstanceOf(DeviceFault.class)
          .hasMessageContaining("out of bounds").hasMessageContaining("kernel fill_bf16")
          .hasMessageContaining("pointwise.cu:").hasMessageNotContaining("\n")
          .hasMessageContaining("; launched last: fill_bf16 [1 x 1 x 1 of 256], ")
          .hasMessageContaining("from its last checkpoint");
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> backend.ops().pointwise().scale(2, other, other)).isInstanceOf(DeviceFault.class)
            .hasMessageContaining("kernel fill_bf16");
        assertThatThrownBy(other::toFloats).isInstanceOf(DeviceFault.class).hasMessageContaining("kernel fill_bf16");
        assertThatThrownBy(() -> scope.empty(DType.F32, 3)).isInstanceOf(DeviceFault.class);
      }
      // Whatever holds memory can be closed.
    }
  }

  @Test
  void theLastSixtyFourLaunchesAreKnown() {
    try (var backend = backend(new EmulatedDriver(Capability.SM_80)); var scope = new Scope(backend)) {
      Tensor x = scope.floats(new float[] {1, 2}, 2);
      for (int i = 0; i < 100; i++) {
        backend.ops().pointwise().scale(1, x, x);
      }
      Tensor y = scope.empty(DType.BF16, 1);
      assertThatThrownBy(() -> overrun(backend, y)).isInstanceOfSatisfying(DeviceFault.class, fault -> {
        assertThat(fault.launches()).hasSize(64).first().asString().startsWith("fill_bf16");
        assertThat(fault.launches().subList(1, 64)).allMatch(launch -> launch.startsWith("scale"));
      });
    }
  }

  /** A driver on which faults show when somebody waits, as on a real device. */
  private static Driver late(Driver driver) {
    var pending = new LinkedBlockingQueue<CudaException>();
    return (Driver) Proxy.newProxyInstance(Driver.class.getClassLoader(), new Class<?>[] {Driver.class},
        (proxy, method, arguments) -> {
          if (method.getName().equals("synchronize") && !pending.isEmpty()) {
            throw pending.peek();
          }
          try {
            return method.invoke(driver, arguments);
          } catch (InvocationTargetException e) {
            if (method.getName().equals("launch") && e.getCause() instanceof CudaException) {
              pending.add(new CudaException("GPU: the driver gave CUDA_ERROR_ILLEGAL_ADDRESS"));
              return null;
            }
            throw e.getCause();
          }
        });
  }

  @Test
  void aFaultThatShowsLateIsPinnedDownByWaitingAfterEachLaunch() {
    for (boolean waits : new boolean[] {false, true}) {
      var driver = new GuardedDriver(late(new EmulatedDriver(Capability.SM_80)), waits);
      try (var backend = backend(driver); var scope = new Scope(backend)) {
        Tensor x = scope.empty(DType.BF16, 10);
        Tensor other = scope.floats(new float[] {1, 2}, 2);
        if (waits) {
          assertThatThrownBy(() -> overrun(backend, x))
              .hasMessageContaining("ILLEGAL_ADDRESS; launched last: fill_bf16")
              .hasMessageNotContaining("crema.cuda.sync");
        } else {
          overrun(backend, x);
          backend.ops().pointwise().scale(2, other, other);
          assertThatThrownBy(other::toFloats).hasMessageContaining("ILLEGAL_ADDRESS; launched last: scale")
              .hasMessageContaining("fill_bf16").hasMessageContaining("-Dcrema.cuda.sync=true");
        }
      }
    }
  }

  @Test
  void whenMemoryRunsOutInAStepTheNextSmallerStepRuns() {
    for (boolean pooled : new boolean[] {false, true}) {
      var driver = new EmulatedDriver(Capability.SM_80, 64 << 20);
      try (var backend = backend(pooled ? driver.pooled() : driver); var weights = new Scope(backend)) {
        Tensor weight = weights.floats(new float[] {1, 2, 3, 4}, 4);
        for (int i = 0; i < 3; i++) {
          assertThatThrownBy(() -> step(backend, weight, 1 << 22)).isInstanceOf(OutOfDeviceMemory.class)
              .hasMessageStartingWith("GPU memory: this step needs 16 MiB more; of 64 MiB this process holds ")
              .hasMessageEndingWith("; try a smaller --batch-tokens");
          step(backend, weight, 1 << 18);
          assertThat(backend.liveBytes()).isEqualTo(16);
        }
        assertThat(weight.toFloats()).containsExactly(1, 2, 3, 4);
      }
    }
  }

  /** Several tensors at a time, the last of which may not fit. */
  private static void step(CudaBackend backend, Tensor weight, int elements) {
    backend.step(elements, () -> {
      try (var scope = new Scope(backend)) {
        for (int i = 0; i < 5; i++) {
          Tensor activation = scope.zeros(DType.F32, elements);
          backend.ops().pointwise().copy(weight, scope.adopt(activation.rows(0, 4)));
        }
        return Boolean.TRUE;
      }
    });
  }

  @Test
  void aGradientThatIsNoNumberStopsTheUpdateOnTheDevice() {
    var driver = new EmulatedDriver(Capability.SM_80);
    try (var backend = backend(driver); var scope = new Scope(backend)) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        Tensor parameter = scope.floats(new float[] {1, 2, 3, 4, 5}, 5);
        long half = CudaStorage.half(parameter);
        Tensor first = scope.floats(new float[] {.1f, .2f, .3f, .4f, .5f}, 5);
        Tensor second = scope.floats(new float[] {.5f, .4f, .3f, .2f, .1f}, 5);
        Tensor gradient = scope.floats(new float[] {0, 1, 2, bad, 4}, 5);
        Deferred norm = backend.ops().optimizers()
            .adamWAll(List.of(new AdamWSlot.Dense(parameter, gradient, first, second, STEP)), 1);
        assertThat(norm.value()).isEqualTo(Double.valueOf(bad));
        assertThat(parameter.toFloats()).containsExactly(1, 2, 3, 4, 5);
        assertThat(first.toFloats()).containsExactly(.1f, .2f, .3f, .4f, .5f);
        assertThat(second.toFloats()).containsExactly(.5f, .4f, .3f, .2f, .1f);
        assertThat(CudaStorage.half(parameter)).as("the copy is still good").isEqualTo(half);
      }
    }
  }

  @Test
  void aKernelThatDoesNotEndIsNamed() throws Exception {
    var messages = new LinkedBlockingQueue<String>();
    try (var watchdog = new Watchdog(Duration.ofMillis(40), () -> "scale_f32 [1 x 1 x 1 of 256]", messages::add)) {
      var reported = new String[1];
      watchdog.watch(() -> {
        try {
          reported[0] = messages.poll(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThat(reported[0])
          .isEqualTo("the GPU has not finished in 0 s what was launched last: scale_f32 [1 x 1 x 1 of 256]");
    }
  }

  @Test
  void aLaunchWithOtherParametersThanTheKernelTakesIsRefused() {
    try (var backend = backend(new EmulatedDriver(Capability.SM_80)); var scope = new Scope(backend)) {
      Tensor x = scope.empty(DType.BF16, 10);
      Launch launch = backend.context().launch("pointwise", "fill_bf16").f32(1).out(x).i32(10);
      assertThatThrownBy(() -> launch.run(Grid.of(1, 256))).isInstanceOf(IllegalArgumentException.class)
          .hasMessage("kernel fill_bf16 takes (f32, u64, u64) and was passed (f32, u64, u32)");
    }
  }
}
