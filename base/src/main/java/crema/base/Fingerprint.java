package crema.base;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A {@link Sha256} over a sequence of values, each framed by its length so that no two run into each other. */
public final class Fingerprint {
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

  /** The fingerprint's 32 bytes. */
  public byte[] bytes() {
    return sha256.bytes();
  }

  /** The fingerprint in hexadecimal. */
  public String hex() {
    return sha256.hex();
  }
}
