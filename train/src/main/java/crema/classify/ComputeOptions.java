package crema.classify;

import crema.base.UserError;
import crema.nn.ParameterSource;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.DeviceInfo;
import crema.tensor.Precision;
import java.util.List;
import java.util.Optional;

/**
 * Where a model computes, in what, and with how many threads. Results do not depend on the threads.
 *
 * @param device the device of its tensors; {@link #AUTO} for a GPU where there is one, and the CPU elsewhere
 * @param threads how many threads compute, the caller's included
 * @param precision of layers; empty for the one that suits the device
 * @param weights in what a model that only predicts keeps its matrices
 */
public record ComputeOptions(Device device, int threads, Optional<Precision> precision,
    ParameterSource.Precision weights) {
  /** A GPU that can be used, or else the CPU; what it is shows when it is {@linkplain #resolved resolved}. */
  public static final Device AUTO = new Device("auto", 0);

  /** The CPU with all its processors. */
  public static final ComputeOptions DEFAULT =
      new ComputeOptions(Device.CPU, Runtime.getRuntime().availableProcessors());

  /** Checks the number of threads. */
  public ComputeOptions {
    if (threads < 1) {
      throw new UserError("threads must be at least 1, not " + threads);
    }
  }

  /** A device with so many threads, in a precision; matrices are kept as they are stored. */
  public ComputeOptions(Device device, int threads, Optional<Precision> precision) {
    this(device, threads, precision, ParameterSource.Precision.STORED);
  }

  /** A device with so many threads, in the precision that suits it. */
  public ComputeOptions(Device device, int threads) {
    this(device, threads, Optional.empty());
  }

  /** The CPU with so many threads. */
  public static ComputeOptions threads(int threads) {
    return new ComputeOptions(Device.CPU, threads);
  }

  /** The same with another number of threads. */
  public ComputeOptions withThreads(int number) {
    return new ComputeOptions(device, number, precision, weights);
  }

  /** The same on another device. */
  public ComputeOptions on(Device other) {
    return new ComputeOptions(other, threads, precision, weights);
  }

  /** The same in a certain precision. */
  public ComputeOptions in(Precision other) {
    return new ComputeOptions(device, threads, Optional.of(other), weights);
  }

  /** The same with matrices kept in another way. */
  public ComputeOptions keeping(ParameterSource.Precision other) {
    return new ComputeOptions(device, threads, precision, other);
  }

  /** The same with a certain device and a certain precision in place of {@link #AUTO} and none. */
  public ComputeOptions resolved() {
    if (!device.equals(AUTO) && precision.isPresent()) {
      return this;
    }
    Optional<DeviceInfo> info = info();
    Device found = device.equals(AUTO) ? info.map(DeviceInfo::device).orElse(Device.CPU) : device;
    return new ComputeOptions(found, threads,
        precision.or(() -> Optional.of(info.map(DeviceInfo::precision).orElse(Precision.FP32))), weights);
  }

  /** What is known of the device, if it is one with processors of its own. */
  private Optional<DeviceInfo> info() {
    if (device.equals(Device.CPU)) {
      return Optional.empty();
    }
    List<DeviceInfo> devices = Backend.accelerators(_ -> {});
    return devices.stream()
        .filter(info -> device.equals(AUTO) ? info.refusal().isEmpty() : info.device().equals(device))
        .findFirst();
  }

  /** The device for people: {@code cuda, NVIDIA H100 80GB HBM3, in bf16}. */
  public String describe() {
    ComputeOptions certain = resolved();
    String name = certain.info().map(info -> ", " + info.name()).orElse("");
    return certain.device + name + certain.precision.map(chosen -> ", in " + chosen.key()).orElse("");
  }

  /**
   * Opens the backend of the device; the caller closes it.
   *
   * @throws UserError when there is no such device; the message names those that were found
   */
  public Backend openBackend() {
    ComputeOptions certain = resolved();
    try {
      return Backend.open(certain.device, new BackendOptions(threads, certain.precision.orElse(Precision.FP32)));
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The same on the CPU, for a model that does not compute with tensors.
   *
   * @param family of the model
   * @throws UserError when another device than the CPU was asked for
   */
  public ComputeOptions onCpu(ModelFamily family) {
    if (!device.equals(Device.CPU) && !device.equals(AUTO)) {
      throw new UserError("models of the family " + family.key() + " compute on the device cpu only, not on '" + device
          + "'");
    }
    if (precision.isPresent() && precision.get() != Precision.FP32) {
      throw new UserError("models of the family " + family.key() + " compute in fp32 only, not in "
          + precision.get().key());
    }
    return on(Device.CPU);
  }
}
