package crema.linear;

import crema.base.Sha256;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A digest of the texts, targets and settings of a training: its results are of use where the digest is the same. */
final class ContentDigest {
  private static final int BUFFER = 1 << 16;

  private final Sha256 digest = new Sha256();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  ContentDigest add(String text) {
    add(text.length());
    text.chars().forEach(this::add);
    return this;
  }

  ContentDigest add(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  ContentDigest add(double value) {
    room(Double.BYTES).putDouble(value);
    return this;
  }

  ContentDigest add(int[] values) {
    add(values.length);
    for (int value : values) {
      add(value);
    }
    return this;
  }

  ContentDigest add(float[] values) {
    add(values.length);
    for (float value : values) {
      room(Float.BYTES).putFloat(value);
    }
    return this;
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  private void flush() {
    digest.add(Arrays.copyOf(buffer.array(), buffer.position()));
    buffer.clear();
  }

  String hex() {
    flush();
    return digest.hex();
  }
}
