package crema.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Buffers that are written whole: a channel may take a part at a time. */
public final class WholeBuffer {
  private WholeBuffer() {}

  /** Writes what remains of a buffer, all of it. */
  public static void write(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
