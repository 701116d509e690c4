package crema.classify;

import crema.base.UserError;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;

/**
 * Where a model computes, and with how many threads. Results do not depend on the threads.
 *
 * @param device the device of its tensors
 * @param threads how many threads compute, the caller's included
 */
public record ComputeOptions(Device device, int threads) {
  /** The CPU with all its processors. */
  public static final ComputeOptions DEFAULT =
      new ComputeOptions(Device.CPU, Runtime.getRuntime().availableProcessors());

  /** Checks the number of threads. */
  public ComputeOptions {
    if (threads < 1) {
      throw new UserError("threads must be at least 1, not " + threads);
    }
  }

  /** The CPU with so many threads. */
  public static ComputeOptions threads(int threads) {
    return new ComputeOptions(Device.CPU, threads);
  }

  /** The same with another number of threads. */
  public ComputeOptions withThreads(int number) {
    return new ComputeOptions(device, number);
  }

  /** The same on another device. */
  public ComputeOptions on(Device other) {
    return new ComputeOptions(other, threads);
  }

  /**
   * Opens the backend of the device; the caller closes it.
   *
   * @throws UserError when there is no such device; the message names those that were found
   */
  public Backend openBackend() {
    try {
      return Backend.open(device, new BackendOptions(threads));
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The number of threads of a model that does not compute with tensors.
   *
   * @param family of the model
   * @throws UserError when the device is not the CPU
   */
  public int threadsOfCpu(ModelFamily family) {
    if (!device.equals(Device.CPU)) {
      throw new UserError("models of the family " + family.key() + " compute on the device cpu only, not on '" + device
          + "'");
    }
    return threads;
  }
}
