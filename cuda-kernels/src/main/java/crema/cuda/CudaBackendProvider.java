package crema.cuda;

import crema.cuda.driver.CudaException;
import crema.cuda.driver.Driver;
import crema.cuda.driver.NvidiaDriver;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.BackendProvider;
import crema.tensor.Device;
import crema.tensor.Precision;

/** Opens NVIDIA GPUs: {@code cuda}, {@code cuda:1}. */
public final class CudaBackendProvider implements BackendProvider {
  /** Found as a service. */
  public CudaBackendProvider() {}

  @Override
  public String type() {
    return "cuda";
  }

  @Override
  public Backend open(int index, BackendOptions options) {
    try {
      return backend(new Device(type(), index), NvidiaDriver.open(index), options.precision());
    } catch (CudaException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Backend backend(Device device, Driver driver, Precision precision) {
    try {
      if (precision == Precision.BF16 && !driver.facts().capability().isAtLeast(8, 0)) {
        throw new CudaException(driver.facts().name() + " has compute capability " + driver.facts().capability()
            + ", and bf16 needs 8.0; use --precision fp32");
      }
      return new CudaBackend(device, driver, precision);
    } catch (CudaException e) {
      driver.close();
      throw e;
    }
  }
}
