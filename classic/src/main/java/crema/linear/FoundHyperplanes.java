package crema.linear;

import crema.base.Journal;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The hyperplanes that a training has found so far, kept in a {@link Journal}.
 *
 * <p>A record: the label, whether the tolerance was reached (a byte), the intercept, a bit a feature that says whether its
 * weight is another than 0, and those weights. The weights are those of the model, as floats.
 */
final class FoundHyperplanes implements Closeable {
  /** Larger hyperplanes do not fit a record and are found again. */
  private static final long MOST_BYTES = 1L << 30;

  private final Journal journal;
  private final int features;

  private FoundHyperplanes(Journal journal, int features) {
    this.journal = journal;
    this.features = features;
  }

  /** Receives a hyperplane that was found before. */
  @FunctionalInterface
  interface Receiver {
    /** Takes it; the weights, {@code [features]}, are overwritten by the next one. */
    void accept(int label, boolean converged, float intercept, float[] weights);
  }

  /**
   * Those of a file.
   *
   * @param identity a digest of what they depend on
   */
  static FoundHyperplanes open(Path file, String identity, int features, int labels, Receiver found,
      Consumer<String> warnings) {
    var weights = new float[features];
    return new FoundHyperplanes(
        Journal.open(file, identity, record -> read(record, labels, weights, found), warnings), features);
  }

  private static void read(byte[] record, int labels, float[] weights, Receiver found) {
    ByteBuffer in = ByteBuffer.wrap(record);
    int bits = bitBytes(weights.length);
    int head = Integer.BYTES + 1 + Float.BYTES;
    if (record.length < head + bits) {
      throw new IllegalArgumentException("the record is too short");
    }
    int label = in.getInt();
    boolean converged = in.get() != 0;
    float intercept = in.getFloat();
    in.position(head + bits);
    for (int feature = 0; feature < weights.length; feature++) {
      boolean isUsed = (record[head + (feature >> 3)] >> (feature & 7) & 1) != 0;
      if (isUsed && in.remaining() < Float.BYTES || label < 0 || label >= labels) {
        throw new IllegalArgumentException("the record is damaged");
      }
      weights[feature] = isUsed ? in.getFloat() : 0;
    }
    found.accept(label, converged, intercept, weights);
  }

  private static int bitBytes(int features) {
    return (features >> 3) + 1;
  }

  /** Keeps a hyperplane; {@code weights} are {@code [features]}. */
  void add(int label, boolean converged, float intercept, float[] weights) {
    int used = 0;
    for (float weight : weights) {
      if (isUsed(weight)) {
        used++;
      }
    }
    int head = Integer.BYTES + 1 + Float.BYTES;
    long size = head + bitBytes(features) + (long) used * Float.BYTES;
    if (size > MOST_BYTES) {
      return;
    }
    ByteBuffer out = ByteBuffer.allocate((int) size).putInt(label).put((byte) (converged ? 1 : 0)).putFloat(intercept);
    byte[] bytes = out.array();
    out.position(head + bitBytes(features));
    for (int feature = 0; feature < features; feature++) {
      if (isUsed(weights[feature])) {
        bytes[head + (feature >> 3)] |= (byte) (1 << (feature & 7));
        out.putFloat(weights[feature]);
      }
    }
    journal.append(bytes);
  }

  /** Whether a weight has other bits than 0; -0 does. */
  private static boolean isUsed(float weight) {
    return Float.floatToRawIntBits(weight) != 0;
  }

  @Override
  public void close() {
    journal.close();
  }
}
