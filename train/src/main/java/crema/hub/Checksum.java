package crema.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The checksum by which a hub identifies a file: the SHA-256 of files in large-file storage, and of others the SHA-1
 * that git gives them, over {@code "blob LENGTH\0"} and the content.
 *
 * @param hex the digest in hexadecimal, in lower case; of 64 digits it is the first kind, of 40 the second
 */
record Checksum(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final int SHA_256_DIGITS = 64;
  private static final int BUFFER = 1 << 16;

  Checksum {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("'" + hex + "' is no checksum");
    }
  }

  /** The checksum in a text, such as an {@code ETag} in its quotes, if it is one. */
  static Optional<Checksum> find(String text) {
    String bare = text.strip().replaceFirst("^W/", "").replace("\"", "").toLowerCase(Locale.ROOT);
    return HEX.matcher(bare).matches() ? Optional.of(new Checksum(bare)) : Optional.empty();
  }

  /** Whether a file has it. */
  boolean matches(Path file) throws IOException {
    boolean isSha256 = hex.length() == SHA_256_DIGITS;
    MessageDigest digest = digest(isSha256 ? "SHA-256" : "SHA-1");
    if (!isSha256) {
      digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    try (InputStream bytes = Files.newInputStream(file)) {
      var buffer = new byte[BUFFER];
      for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest()).equals(hex);
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has " + algorithm, e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
