package crema.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A hub that cannot be reached, breaks off, or asks to come back later. What is wrong may be right a moment later. */
final class NetworkFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Duration wait;

  /** What went wrong with a connection, in one line. */
  NetworkFailure(String message, Throwable cause) {
    super(message, cause);
    wait = null;
  }

  /**
   * An answer that asks for patience.
   *
   * @param wait how long the hub asks to wait, if it says so
   */
  NetworkFailure(String message, @Nullable Duration wait) {
    super(message);
    this.wait = wait;
  }

  /** How long the hub asks to wait, if it says so. */
  Optional<Duration> requestedWait() {
    return Optional.ofNullable(wait);
  }
}
