package crema.tensor;

/**
 * How a packed batch is cut into sequences: sequence {@code i} is the tokens from {@code start(i)} to
 * {@code start(i + 1)}. There is no padding.
 */
public final class Sequences {
  private final int[] offsets;
  private final int longest;
  private final Tensor cuSeqlens;

  private Sequences(int[] offsets, int longest, Tensor cuSeqlens) {
    this.offsets = offsets;
    this.longest = longest;
    this.cuSeqlens = cuSeqlens;
  }

  /**
   * Describes a batch by its cumulative lengths.
   *
   * @param scope owns the copy on the device
   * @param cumulative {@code [sequences + 1]}: 0, then the end of each sequence
   * @throws IllegalArgumentException when the lengths do not start at 0 or a sequence is empty
   */
  public static Sequences of(Scope scope, int... cumulative) {
    if (cumulative.length == 0 || cumulative[0] != 0) {
      throw new IllegalArgumentException("cumulative lengths must start with 0");
    }
    int longest = 0;
    for (int i = 1; i < cumulative.length; i++) {
      int length = cumulative[i] - cumulative[i - 1];
      if (length <= 0) {
        throw new IllegalArgumentException("sequence " + (i - 1) + " of the batch has length " + length);
      }
      longest = Math.max(longest, length);
    }
    int[] copy = cumulative.clone();
    return new Sequences(copy, longest, scope.ints(copy, copy.length));
  }

  /**
   * The same with another {@link #longest}: for kernels to which it is a bound, so that they are launched alike for batches
   * whose longest sequences are nearly as long.
   *
   * @param bound no less than the longest
   */
  public Sequences withLongest(int bound) {
    return new Sequences(offsets, bound, cuSeqlens);
  }

  /** A bound of a length that lengths nearly as large share: a multiple of 16, from 128 on with four an octave. */
  public static int roundedUp(int length) {
    int step = Math.max(16, Integer.highestOneBit(length - 1) / 4);
    return Math.ceilDiv(length, step) * step;
  }

  /** The number of sequences. */
  public int count() {
    return offsets.length - 1;
  }

  /** The number of tokens of all sequences. */
  public int tokens() {
    return offsets[offsets.length - 1];
  }

  /** The length of the longest sequence. */
  public int longest() {
    return longest;
  }

  /** The first token of a sequence; {@code start(count())} is {@link #tokens()}. */
  public int start(int sequence) {
    return offsets[sequence];
  }

  /** The number of tokens of a sequence. */
  public int length(int sequence) {
    return offsets[sequence + 1] - offsets[sequence];
  }

  /** The cumulative lengths on the device: {@code I32 [count + 1]}. */
  public Tensor cuSeqlens() {
    return cuSeqlens;
  }
}
