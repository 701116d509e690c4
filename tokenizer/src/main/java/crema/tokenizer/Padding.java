package crema.tokenizer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How texts of a batch are made equally long. Crema's models take packed batches and need none; this is for whoever
 * feeds another engine.
 *
 * @param length how long all become at least; null for the longest of the batch
 * @param direction on which side tokens are added
 * @param multiple what a length is rounded up to a multiple of; 0 or 1 for none
 * @param id the id of the token that is added
 * @param typeId the type id of the tokens that are added
 * @param token the token that is added
 */
public record Padding(@Nullable Integer length, Truncation.Direction direction, int multiple, int id, int typeId,
    String token) {

  /** Checks the values. */
  public Padding {
    if (length != null && length < 0 || multiple < 0) {
      throw new IllegalArgumentException("length is " + length + " and multiple " + multiple
          + "; both must be at least 0");
    }
  }

  /** Returns how long the texts of a batch become. */
  public int lengthOf(List<Encoding> batch) {
    var target = length != null ? length : batch.stream().mapToInt(Encoding::size).max().orElse(0);
    return multiple > 1 && target % multiple != 0 ? Math.addExact(target, multiple - target % multiple) : target;
  }

  /** Returns the ids of a text, padded to {@code length} where they are fewer. */
  public int[] pad(int[] ids, int length) {
    return padded(ids, length, id);
  }

  /** Returns the type ids of a text, padded to {@code length} where they are fewer. */
  public int[] padTypeIds(int[] typeIds, int length) {
    return padded(typeIds, length, typeId);
  }

  /** Returns the mask of a text: 1 for each of its {@code size} tokens, 0 for those that pad it to {@code length}. */
  public int[] mask(int size, int length) {
    var ones = new int[size];
    Arrays.fill(ones, 1);
    return padded(ones, length, 0);
  }

  private int[] padded(int[] values, int length, int value) {
    if (values.length >= length) {
      return values.clone();
    }
    var padded = new int[length];
    Arrays.fill(padded, value);
    System.arraycopy(
        values, 0, padded, direction == Truncation.Direction.LEFT ? length - values.length : 0, values.length);
    return padded;
  }
}
