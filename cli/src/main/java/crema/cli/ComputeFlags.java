package crema.cli;

import crema.classify.ComputeOptions;
import crema.tensor.Device;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where a command computes, and with how many threads. */
final class ComputeFlags {
  @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", converter = DeviceName.class,
      description = "Where tensors are computed: cpu, reference, or another device that was found (default: "
          + "${DEFAULT-VALUE}).")
  private Device device = Device.CPU;

  @Option(names = "--threads", paramLabel = "N",
      description = "Threads to compute with (default: all processors). The result does not depend on it.")
  private int threads = ComputeOptions.DEFAULT.threads();

  /**
   * The options.
   *
   * @throws crema.base.UserError when the number of threads is none
   */
  ComputeOptions options() {
    return new ComputeOptions(device, threads);
  }

  /** Reads the name of a device; whether there is such a device turns out when it is opened. */
  private static final class DeviceName implements ITypeConverter<Device> {
    @Override
    public Device convert(String name) {
      try {
        return Device.parse(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
