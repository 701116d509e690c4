package crema.tensor.cpu;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.BackendProvider;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.cpu.simd.Simd;
import java.util.Optional;

/** Opens the {@link CpuBackend}. */
public final class CpuBackendProvider implements BackendProvider {
  @Override
  public String type() {
    return Device.CPU.type();
  }

  @Override
  public Backend open(int index, BackendOptions options) {
    if (index != 0) {
      throw new IllegalArgumentException("there is only one CPU device, not cpu:" + index);
    }
    if (options.precision() != Precision.FP32) {
      throw new IllegalArgumentException("the CPU computes in fp32; --precision " + options.precision().key()
          + " is for a GPU");
    }
    return new CpuBackend(options.threads());
  }

  @Override
  public Optional<String> advice() {
    return Simd.advice();
  }
}
