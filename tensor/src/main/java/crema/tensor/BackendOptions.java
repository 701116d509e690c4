package crema.tensor;

/**
 * What an application chooses about a backend.
 *
 * @param threads how many threads compute, the caller's included; results do not depend on it
 */
public record BackendOptions(int threads) {
  /** Checks that there is at least one thread. */
  public BackendOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
  }

  /** One thread a processor. */
  public static BackendOptions defaults() {
    return new BackendOptions(Runtime.getRuntime().availableProcessors());
  }
}
