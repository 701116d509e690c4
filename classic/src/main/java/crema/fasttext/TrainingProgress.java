package crema.fasttext;

import java.time.Duration;

/**
 * How far a training run is.
 *
 * @param fraction of the run that is done, from 0 to 1
 * @param step the batches done
 * @param lr the current learning rate
 * @param loss the mean loss of an example since the last report; NaN if there was none
 * @param wordsPerSecond of all threads, since the run started or was resumed
 * @param elapsed since then
 */
public record TrainingProgress(
    double fraction, long step, double lr, double loss, double wordsPerSecond, Duration elapsed) {

  /** How long the rest will take at this speed. */
  public Duration remaining(double fractionAtStart) {
    double done = fraction - fractionAtStart;
    return done <= 0 ? Duration.ZERO : Duration.ofMillis((long) (elapsed.toMillis() * (1 - fraction) / done));
  }
}
