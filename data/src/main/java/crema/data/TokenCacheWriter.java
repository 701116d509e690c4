package crema.data;

import crema.base.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Writes a {@link TokenCache} as rows stream by, in constant memory: the ints go into a temporary file, the index into
 * another, which is appended at the end. The file gets its name only when it is complete.
 */
final class TokenCacheWriter implements TokenRecipe.Sink {
  private static final int BUFFER = 1 << 18;

  private final FileChannel body;
  private final FileChannel index;
  private final ByteBuffer bodyBuffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer indexBuffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C checksum = new CRC32C();
  private long examples;
  private long tokens;
  private long ints;
  private int longest;

  private TokenCacheWriter(FileChannel body, FileChannel index) throws IOException {
    this.body = body;
    this.index = index;
    body.position(TokenCache.HEADER_BYTES);
  }

  static void write(Path path, TokenRecipe recipe, byte[] fingerprint, ProblemListener listener) throws IOException {
    var target = path.toAbsolutePath();
    var folder = target.getParent() == null ? target : target.getParent();
    Files.createDirectories(folder);
    AtomicFile.write(target, body -> {
      try (var index = FileChannel.open(Files.createTempFile(folder, target.getFileName().toString(), ".index.tmp"),
          StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
        var writer = new TokenCacheWriter(body, index);
        recipe.encode(writer, listener);
        writer.finish(fingerprint);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    });
  }

  @Override
  public void add(int[] ids, int length, int[] labels) {
    try {
      for (int i = 0; i < length; i++) {
        putInt(ids[i]);
      }
      for (int label : labels) {
        putInt(label);
      }
      ints += length + labels.length;
      if (indexBuffer.remaining() < TokenCache.INDEX_BYTES) {
        flush(indexBuffer, index);
      }
      indexBuffer.putLong(ints).putInt(labels.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    examples++;
    tokens += length;
    longest = Math.max(longest, length);
  }

  private void putInt(int value) throws IOException {
    if (!bodyBuffer.hasRemaining()) {
      flushBody();
    }
    bodyBuffer.putInt(value);
  }

  private void flushBody() throws IOException {
    checksum.update(bodyBuffer.duplicate().flip());
    flush(bodyBuffer, body);
  }

  private static void flush(ByteBuffer buffer, FileChannel channel) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  private void finish(byte[] fingerprint) throws IOException {
    flushBody();
    flush(indexBuffer, index);
    index.position(0);
    while (index.read(bodyBuffer) >= 0) {
      flushBody();
    }
    body.position(0);
    flush(header(fingerprint).position(TokenCache.HEADER_BYTES), body);
  }

  private ByteBuffer header(byte[] fingerprint) {
    var header = ByteBuffer.allocate(TokenCache.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN)
        .put(TokenCache.MAGIC)
        .putInt(TokenCache.VERSION)
        .putInt(longest)
        .put(fingerprint)
        .putLong(examples)
        .putLong(tokens)
        .putLong(ints)
        .putInt((int) checksum.getValue());
    var headerChecksum = new CRC32C();
    headerChecksum.update(header.duplicate().flip());
    return header.putInt((int) headerChecksum.getValue());
  }
}
