package crema.tensor;

/**
 * What an application chooses about a backend.
 *
 * @param threads how many threads compute, the caller's included; results do not depend on it
 * @param precision in what a device computes that has a choice
 */
public record BackendOptions(int threads, Precision precision) {
  /** Checks that there is at least one thread. */
  public BackendOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
  }

  /** So many threads, all in {@link Precision#FP32}. */
  public BackendOptions(int threads) {
    this(threads, Precision.FP32);
  }

  /** One thread a processor. */
  public static BackendOptions defaults() {
    return new BackendOptions(Runtime.getRuntime().availableProcessors());
  }
}
