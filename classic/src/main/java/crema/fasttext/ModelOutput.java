package crema.fasttext;

import crema.base.WholeBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Writes a little-endian model file. */
final class ModelOutput {
  private final WritableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);

  ModelOutput(WritableByteChannel channel) {
    this.channel = channel;
  }

  private void need(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  /** Hands everything to the channel. */
  void flush() throws IOException {
    buffer.flip();
    WholeBuffer.write(channel, buffer);
    buffer.clear();
  }

  void writeByte(int value) throws IOException {
    need(1);
    buffer.put((byte) value);
  }

  void writeBoolean(boolean value) throws IOException {
    writeByte(value ? 1 : 0);
  }

  void writeInt(int value) throws IOException {
    need(4);
    buffer.putInt(value);
  }

  void writeLong(long value) throws IOException {
    need(8);
    buffer.putLong(value);
  }

  void writeDouble(double value) throws IOException {
    need(8);
    buffer.putDouble(value);
  }

  void writeFloats(float[] source) throws IOException {
    int done = 0;
    while (done < source.length) {
      need(4);
      int count = Math.min(source.length - done, buffer.remaining() / 4);
      buffer.asFloatBuffer().put(source, done, count);
      buffer.position(buffer.position() + 4 * count);
      done += count;
    }
  }

  void writeBytes(byte[] source, int from, int to) throws IOException {
    int done = from;
    while (done < to) {
      need(1);
      int count = Math.min(to - done, buffer.remaining());
      buffer.put(source, done, count);
      done += count;
    }
  }
}
