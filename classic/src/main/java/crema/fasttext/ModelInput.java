package crema.fasttext;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/** Reads a little-endian model file, and refuses to make room for more than is left of it. */
final class ModelInput {
  private static final int BUFFER = 1 << 20;

  private final ReadableByteChannel channel;
  private final String name;
  private final ByteBuffer buffer;
  private final long length;
  private long position;

  /**
   * Reads from a channel.
   *
   * @param name for messages
   * @param length the bytes that the channel has from here
   */
  ModelInput(ReadableByteChannel channel, String name, long length) {
    this.channel = channel;
    this.name = name;
    this.length = length;
    int size = (int) Math.clamp(length, 8, BUFFER);
    buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  }

  /** The error that the file is not as it should be. */
  IOException malformed(String problem) {
    return new IOException(name + " is not a valid fastText model: " + problem + " (byte " + position + ")");
  }

  long remaining() {
    return length - position;
  }

  /**
   * Checks that an array which the file says follows can still be in it.
   *
   * @return {@code count} as an array's length
   */
  int room(long count, long elementBytes, String what) throws IOException {
    if (count < 0 || count > Integer.MAX_VALUE - 8 || count > remaining() / elementBytes) {
      throw malformed("it declares " + count + " " + what + ", but only " + remaining() + " bytes follow");
    }
    return (int) count;
  }

  private void need(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    if (remaining() < bytes) {
      throw malformed("it ends too early");
    }
    buffer.compact();
    while (buffer.position() < bytes) {
      if (channel.read(buffer) < 0) {
        throw malformed("it ends too early");
      }
    }
    buffer.flip();
  }

  byte readByte() throws IOException {
    need(1);
    position++;
    return buffer.get();
  }

  boolean readBoolean(String what) throws IOException {
    byte value = readByte();
    if (value != 0 && value != 1) {
      throw malformed("the flag '" + what + "' is " + value);
    }
    return value == 1;
  }

  int readInt() throws IOException {
    need(4);
    position += 4;
    return buffer.getInt();
  }

  long readLong() throws IOException {
    need(8);
    position += 8;
    return buffer.getLong();
  }

  double readDouble() throws IOException {
    need(8);
    position += 8;
    return buffer.getDouble();
  }

  void readFloats(float[] target) throws IOException {
    int done = 0;
    while (done < target.length) {
      need(4);
      int count = Math.min(target.length - done, buffer.remaining() / 4);
      buffer.asFloatBuffer().get(target, done, count);
      buffer.position(buffer.position() + 4 * count);
      position += 4L * count;
      done += count;
    }
  }

  void readBytes(byte[] target) throws IOException {
    int done = 0;
    while (done < target.length) {
      need(1);
      int count = Math.min(target.length - done, buffer.remaining());
      buffer.get(target, done, count);
      position += count;
      done += count;
    }
  }
}
