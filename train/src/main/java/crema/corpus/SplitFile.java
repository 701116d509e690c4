package crema.corpus;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The file of a split, in one frame of Zstandard, and what is in it. For one thread. */
final class SplitFile implements Closeable {
  private static final int BUFFER = 1 << 16;
  /** Twice as fast as the default, for a tenth more bytes. */
  private static final int LEVEL = 1;

  private final Path path;
  private final FileChannel channel;
  private final OutputStream out;
  private final long[] rows;
  private final Map<String, Long> languages = new TreeMap<>();

  SplitFile(Path path, int classes) throws IOException {
    this.path = path;
    channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
    out = new BufferedOutputStream(
        new ZstdOutputStreamNoFinalizer(Channels.newOutputStream(channel), LEVEL).setChecksum(true), BUFFER);
    rows = new long[classes];
  }

  /** Adds a row that lacks its end. */
  void add(byte[] line, byte[] end, int label, @Nullable String language) throws IOException {
    out.write(line);
    out.write(end);
    rows[label]++;
    if (language != null) {
      languages.merge(language, 1L, Long::sum);
    }
  }

  Path path() {
    return path;
  }

  /** Rows by class, those without rows included. */
  Map<String, Long> rows(List<String> classes) {
    var counts = new LinkedHashMap<String, Long>();
    for (int i = 0; i < rows.length; i++) {
      counts.put(classes.get(i), rows[i]);
    }
    return counts;
  }

  /** Rows by language. */
  Map<String, Long> languages() {
    return languages;
  }

  /** Writes all to the disk. */
  void finish() throws IOException {
    out.flush();
    // Closing the stream ends the frame and closes the channel: what the disk has of it is forced by who moves the file.
    out.close();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
