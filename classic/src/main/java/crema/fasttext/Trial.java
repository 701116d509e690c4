package crema.fasttext;

import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import crema.base.json.ObjectNode;
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

  /** A line of a log of trials. */
  ObjectNode toJson() {
    return new ObjectNode().put("number", number).put("epoch", epoch).put("lr", lr).put("dim", dim)
        .put("wordNgrams", wordNgrams).put("minn", minn).put("maxn", maxn).put("bucket", bucket).put("dsub", dsub)
        .set("score", JsonValues.toJson(score)).put("failure", failure).put("seconds", seconds);
  }

  /**
   * Reads a line of a log of trials.
   *
   * @throws JsonException when it is not one
   */
  static Trial ofJson(JsonNode json) {
    return new Trial(json.path("number").intValue(), json.path("epoch").intValue(), json.path("lr").doubleValue(),
        json.path("dim").intValue(), json.path("wordNgrams").intValue(), json.path("minn").intValue(),
        json.path("maxn").intValue(), json.path("bucket").intValue(), json.path("dsub").intValue(),
        json.path("score").isNumber() ? json.path("score").doubleValue() : null,
        json.path("failure").isString() ? json.path("failure").stringValue() : null,
        json.path("seconds").doubleValue());
  }

  /** A base configuration with this trial's hyper-parameters. */
  FastTextConfig apply(FastTextConfig base) {
    return base.toBuilder()
        .epoch(epoch).lr(lr).dim(dim).wordNgrams(wordNgrams).minn(minn).maxn(maxn).bucket(bucket).build();
  }
}
