package crema.cuda.driver;

/**
 * What is known of a GPU.
 *
 * @param name the product
 * @param capability its compute capability
 * @param memoryBytes its memory
 * @param multiprocessors how many it has
 * @param sharedBytes the most shared memory that a block may ask for
 * @param driverVersion the newest version of CUDA that the driver supports, as {@code 1000 · major + 10 · minor}
 */
public record DeviceFacts(String name, Capability capability, long memoryBytes, int multiprocessors, int sharedBytes,
    int driverVersion) {}
