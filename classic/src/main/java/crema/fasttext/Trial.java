package crema.fasttext;

import org.jspecify.annotations.Nullable;

/**
 * One try of an {@link Autotune} search.
 *
 * @param number from 1
 * @param epoch the passes over the data
 * @param lr the learning rate
 * @param dim the length of a vector
 * @param wordNgrams the longest word n-gram
 * @param minn the shortest character n-gram
 * @param maxn the longest
 * @param bucket the rows for n-grams
 * @param dsub the columns that share a byte if the model is quantized
 * @param score on the validation text; null if the try failed
 * @param failure why it failed; null if it did not
 * @param seconds what it took
 */
public record Trial(
    int number,
    int epoch,
    double lr,
    int dim,
    int wordNgrams,
    int minn,
    int maxn,
    int bucket,
    int dsub,
    @Nullable Double score,
    @Nullable String failure,
    double seconds) {

  Trial result(@Nullable Double newScore, @Nullable String newFailure, double newSeconds) {
    return new Trial(
        number, epoch, lr, dim, wordNgrams, minn, maxn, bucket, dsub, newScore, newFailure, newSeconds);
  }

  /** A base configuration with this trial's hyper-parameters. */
  FastTextConfig apply(FastTextConfig base) {
    return base.toBuilder()
        .epoch(epoch).lr(lr).dim(dim).wordNgrams(wordNgrams).minn(minn).maxn(maxn).bucket(bucket).build();
  }
}
