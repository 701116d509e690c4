package crema.base;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The SHA-256 (FIPS 180-4) of bytes in the order they are added. Only their sequence counts, not where one addition
 * ends and the next begins: for values that must not run into each other there is {@link Fingerprint}.
 */
public final class Sha256 {
  private static final int BUFFER = 1 << 16;

  private final MessageDigest digest;

  /** The digest of nothing yet. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The digest of a file's bytes in hexadecimal: what {@code sha256sum} prints. */
  public static String ofFile(Path file) throws IOException {
    try (var bytes = Files.newInputStream(file)) {
      return new Sha256().add(bytes).hex();
    }
  }

  /** The digest of lines of text in UTF-8, each with a line feed, in hexadecimal. */
  public static String ofLines(List<String> lines) {
    var sha256 = new Sha256();
    lines.forEach(line -> sha256.add(line).add("\n"));
    return sha256.hex();
  }

  /** Adds bytes. */
  public Sha256 add(byte... bytes) {
    digest.update(bytes);
    return this;
  }

  /** Adds the first bytes of an array. */
  public Sha256 add(byte[] bytes, int length) {
    digest.update(bytes, 0, length);
    return this;
  }

  /** Adds a text in UTF-8. */
  public Sha256 add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds all bytes of a stream, which stays open. */
  public Sha256 add(InputStream bytes) throws IOException {
    var buffer = new byte[BUFFER];
    for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
      digest.update(buffer, 0, n);
    }
    return this;
  }

  /** The 32 bytes of the digest, which is then that of nothing again. */
  public byte[] bytes() {
    return digest.digest();
  }

  /** The digest in hexadecimal; afterwards it is that of nothing again. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }
}
