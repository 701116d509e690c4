package crema.cuda.driver;

/** Compiled kernels that were loaded into a device. */
public interface LoadedModule {
  /**
   * A kernel.
   *
   * @param entry its name
   * @param sharedBytes the most dynamic shared memory that it will be launched with
   * @throws CudaException if there is none, or the device has less shared memory
   */
  Kernel kernel(String entry, int sharedBytes);
}
