package crema.data;

import crema.base.AtomicFile;
import crema.base.WholeBuffer;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@link TokenCache} as rows stream by, in constant memory: the ints go into the file, the index and the
 * metadata into temporary ones, which are appended at the end. The file gets its name only when it is complete.
 */
final class TokenCacheWriter implements TokenRecipe.Sink {
  private final Section body;
  private final Section index;
  private final Section metadata;
  private final Map<String, Integer> files = new LinkedHashMap<>();
  private long examples;
  private long tokens;
  private int longest;

  private TokenCacheWriter(Section body, Section index, Section metadata) {
    this.body = body;
    this.index = index;
    this.metadata = metadata;
  }

  static void write(Path path, TokenRecipe recipe, byte[] fingerprint, ProblemListener listener) throws IOException {
    Path target = path.toAbsolutePath();
    Files.createDirectories(target.getParent());
    AtomicFile.write(target, file -> {
      file.position(TokenCache.HEADER_BYTES);
      try (var index = Section.temporary(target, "index"); var metadata = Section.temporary(target, "rows")) {
        var writer = new TokenCacheWriter(new Section(file), index, metadata);
        recipe.encode(writer, listener);
        writer.finish(file, fingerprint);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    });
  }

  @Override
  public void add(int[] ids, int length, int[] labels, RowMeta meta) {
    try {
      for (int i = 0; i < length; i++) {
        body.putInt(ids[i]);
      }
      for (int label : labels) {
        body.putInt(label);
      }
      byte @Nullable [] group = utf8(meta.group());
      byte @Nullable [] language = utf8(meta.language());
      byte @Nullable [] picture = utf8(meta.picture());
      metadata.putLong(meta.line());
      metadata.putInt(files.computeIfAbsent(meta.file(), _ -> files.size()));
      metadata.putInt(group == null ? TokenCache.ABSENT : group.length);
      metadata.putInt(language == null ? TokenCache.ABSENT : language.length);
      metadata.putLong(Double.doubleToRawLongBits(meta.weight()));
      metadata.putInt(picture == null ? TokenCache.ABSENT : picture.length);
      metadata.put(group);
      metadata.put(language);
      metadata.put(picture);
      index.putLong(body.bytes / Integer.BYTES);
      index.putLong(metadata.bytes);
      index.putInt(labels.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    examples++;
    tokens += length;
    longest = Math.max(longest, length);
  }

  private static byte @Nullable [] utf8(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private void finish(FileChannel file, byte[] fingerprint) throws IOException {
    long ints = body.bytes / Integer.BYTES;
    body.append(index);
    body.append(metadata);
    long before = body.bytes;
    for (String name : files.keySet()) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      body.putInt(bytes.length);
      body.put(bytes);
    }
    body.flush();
    ByteBuffer header = ByteBuffer.allocate(TokenCache.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN)
        .put(TokenCache.MAGIC)
        .putInt(TokenCache.VERSION)
        .putInt(longest)
        .put(fingerprint)
        .putLong(examples)
        .putLong(tokens)
        .putLong(ints)
        .putLong(metadata.bytes)
        .putLong(body.bytes - before)
        .putInt((int) body.checksum.getValue());
    var checksum = new CRC32C();
    checksum.update(header.duplicate().flip());
    header.putInt((int) checksum.getValue()).flip();
    file.position(0);
    WholeBuffer.write(file, header);
  }

  /** Bytes that are appended to a file through a buffer. */
  private static final class Section implements Closeable {
    private static final int BUFFER = 1 << 18;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private long bytes;

    Section(FileChannel channel) {
      this.channel = channel;
    }

    /** A section in a file beside another that is gone when it is closed. */
    static Section temporary(Path target, String name) throws IOException {
      Path file = Files.createTempFile(target.getParent(), target.getFileName().toString(), "." + name + ".tmp");
      return new Section(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE));
    }

    void putInt(int value) throws IOException {
      room(Integer.BYTES).putInt(value);
    }

    void putLong(long value) throws IOException {
      room(Long.BYTES).putLong(value);
    }

    void put(byte @Nullable [] value) throws IOException {
      for (int from = 0; value != null && from < value.length; from += BUFFER) {
        int count = Math.min(BUFFER, value.length - from);
        room(count).put(value, from, count);
      }
    }

    /** Appends all of another section. */
    void append(Section other) throws IOException {
      other.flush();
      other.channel.position(0);
      flush();
      while (other.channel.read(buffer) >= 0) {
        flush();
      }
      bytes += other.bytes;
    }

    private ByteBuffer room(int count) throws IOException {
      if (buffer.remaining() < count) {
        flush();
      }
      bytes += count;
      return buffer;
    }

    void flush() throws IOException {
      buffer.flip();
      checksum.update(buffer.duplicate());
      WholeBuffer.write(channel, buffer);
      buffer.clear();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
