package crema.hub;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;

/** How often something is tried again: a bounded number of times in a row, after pauses that double. */
final class Patience {
  private static final int MAX_FAILURES = 4;

  /** A hub that asks for a longer pause is not waited for. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  private final Duration first;
  private final HubListener listener;
  private Duration pause;
  private int failures;
  private boolean hasProgressed;
  private long furthest;

  Patience(Duration first, HubListener listener) {
    this.first = first;
    this.listener = listener;
    pause = first;
  }

  /**
   * Bytes came in. If there were never so many, what fails next fails for the first time; who only ever begins anew makes no
   * progress.
   *
   * @param done how many bytes there are now
   */
  void reached(long done) {
    hasProgressed = true;
    if (done > furthest) {
      furthest = done;
      failures = 0;
      pause = first;
    }
  }

  /**
   * Waits before the next attempt.
   *
   * @throws NetworkFailure {@code why}, when there is none
   */
  void failed(NetworkFailure why) throws NetworkFailure, InterruptedException {
    failures++;
    Duration wait = why.requestedWait().orElse(pause);
    // Without a network there is nothing to wait for; one that was there comes back.
    boolean isHopeless = isUnreachable(why) && !hasProgressed;
    if (isHopeless || failures == MAX_FAILURES || wait.compareTo(LONGEST_PAUSE) > 0) {
      throw why;
    }
    listener.warning(String.valueOf(why.getMessage()) + "; trying again in " + Math.max(1, wait.toSeconds()) + " s");
    Thread.sleep(wait);
    pause = pause.multipliedBy(2);
  }

  /** Whether no connection came about. */
  static boolean isUnreachable(Throwable why) {
    for (Throwable cause = why; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof UnknownHostException
          || cause instanceof HttpConnectTimeoutException) {
        return true;
      }
    }
    return false;
  }
}
