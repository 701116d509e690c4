package crema.cuda;

import crema.cuda.driver.CudaException;
import crema.cuda.driver.DeviceFacts;
import crema.cuda.driver.Driver;
import crema.cuda.driver.DriverVersion;
import crema.cuda.driver.NvidiaDriver;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.BackendProvider;
import crema.tensor.Device;
import crema.tensor.DeviceInfo;
import crema.tensor.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

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

  @Override
  public List<DeviceInfo> accelerators() {
    try {
      List<DeviceFacts> found = NvidiaDriver.devices();
      return IntStream.range(0, found.size()).mapToObj(i -> info(new Device(type(), i), found.get(i))).toList();
    } catch (CudaException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static DeviceInfo info(Device device, DeviceFacts facts) {
    Optional<Kernels.Target> target = Kernels.targets(facts.capability()).stream().findFirst();
    var driver = new DriverVersion(facts.driverVersion());
    var shown = new LinkedHashMap<String, String>();
    shown.put("Memory", String.format(Locale.ROOT, "%.1f GiB", facts.memoryBytes() / (double) (1 << 30)));
    shown.put("Compute capability",
        facts.capability() + ", " + facts.multiprocessors() + " multiprocessors");
    shown.put("Driver", driver + ", CUDA " + facts.driverVersion() / 1000 + "." + facts.driverVersion() % 1000 / 10);
    target.ifPresent(path -> shown.put("Kernels", path.key()));
    Optional<String> refusal =
        target.isEmpty() ? Optional.of(Kernels.tooOld(facts)) : driver.refusal(facts.capability());
    return new DeviceInfo(device, facts.name(),
        hasBf16(facts) ? Precision.BF16 : Precision.FP32, shown, refusal);
  }

  private static boolean hasBf16(DeviceFacts facts) {
    return facts.capability().isAtLeast(8, 0);
  }

  private static Backend backend(Device device, Driver driver, Precision precision) {
    try {
      if (precision == Precision.BF16 && !hasBf16(driver.facts())) {
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
