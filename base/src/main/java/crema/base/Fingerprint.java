package crema.base;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** A {@link Sha256} over a sequence of values, each framed by its length so that no two run into each other. */
public final class Fingerprint {
  private static final int BUFFER = 1 << 16;

  private final Sha256 sha256 = new Sha256();

  /**
   * The fingerprint of a purpose alone.
   *
   * @param purpose what is identified: equal values with other purposes have other fingerprints
   */
  public Fingerprint(String purpose) {
    add(purpose);
  }

  /** Adds a text; null differs from every text. */
  public Fingerprint add(@Nullable String value) {
    if (value == null) {
      return add(-1);
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    sha256.add(bytes);
    return this;
  }

  /** Adds texts in their order. */
  public Fingerprint add(Collection<String> values) {
    add(values.size());
    values.forEach(this::add);
    return this;
  }

  /** Adds a number. */
  public Fingerprint add(long value) {
    sha256.add(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    return this;
  }

  /** Adds a number, by its bits. */
  public Fingerprint add(double value) {
    return add(Double.doubleToRawLongBits(value));
  }

  /** Adds numbers in their order. */
  public Fingerprint add(int[] values) {
    return add(values.length, Integer.BYTES, (buffer, i) -> buffer.putInt(values[i]));
  }

  /** Adds numbers in their order, by their bits. */
  public Fingerprint add(float[] values) {
    return add(values.length, Float.BYTES, (buffer, i) -> buffer.putInt(Float.floatToRawIntBits(values[i])));
  }

  /** Adds numbers in their order, by their bits. */
  public Fingerprint add(double[] values) {
    return add(values.length, Double.BYTES, (buffer, i) -> buffer.putLong(Double.doubleToRawLongBits(values[i])));
  }

  private Fingerprint add(int count, int size, ObjIntConsumer<ByteBuffer> put) {
    add(count);
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    for (int i = 0; i < count; i++) {
      put.accept(buffer, i);
      if (buffer.remaining() < size || i + 1 == count) {
        sha256.add(buffer.array(), buffer.position());
        buffer.clear();
      }
    }
    return this;
  }

  /** The fingerprint's 32 bytes. */
  public byte[] bytes() {
    return sha256.bytes();
  }

  /** The fingerprint in hexadecimal. */
  public String hex() {
    return sha256.hex();
  }
}
