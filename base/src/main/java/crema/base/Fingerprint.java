package crema.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A SHA-256 over a sequence of values, each framed by its length so that no two sequences run into each other. */
public final class Fingerprint {
  private final MessageDigest digest = sha256();

  public Fingerprint(String purpose) {
    add(purpose);
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  public Fingerprint add(@Nullable String value) {
    if (value == null) {
      return add(-1);
    }
    var bytes = value.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    digest.update(bytes);
    return this;
  }

  public Fingerprint add(Collection<String> values) {
    add(values.size());
    values.forEach(this::add);
    return this;
  }

  public Fingerprint add(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      digest.update((byte) (value >>> shift));
    }
    return this;
  }

  public byte[] bytes() {
    return digest.digest();
  }

  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }
}
