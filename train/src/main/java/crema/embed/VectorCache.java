package crema.embed;

import crema.base.AtomicFile;
import crema.base.Sha256;
import crema.base.WholeBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of texts on disk, those of one model in one folder, which has the fingerprint of all that they depend on as
 * its name. A text is found by the first 128 bits of its SHA-256.
 *
 * <p>The folder has files that are written once: what several processes find out goes to files of their own. A file that
 * is cut off or damaged is skipped; its texts are computed again. Small files are joined when there is something to
 * write, so that there are few.
 */
final class VectorCache implements AutoCloseable {
  private static final String SUFFIX = ".vectors";
  private static final long MAGIC = 0x4352454d41564543L;
  private static final int VERSION = 1;
  private static final int HEADER = 32;
  private static final int KEY = 2 * Long.BYTES;

  /** Files of more vectors are not joined with others. */
  private static final int LARGE = 1 << 16;

  private static final int MAX_SIZE = 1 << 20;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path folder;
  private final Arena arena = Arena.ofShared();
  private final List<Stored> files = new ArrayList<>();
  private final Map<Key, Place> places = new HashMap<>();
  private int size;

  /** The text of a vector, as a hash. */
  record Key(long high, long low) {
    static Key of(String text) {
      return of(new Sha256().add(text));
    }

    /** Of a text's tokens. */
    static Key of(int[] ids) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(ids.length, Integer.BYTES));
      bytes.asIntBuffer().put(ids);
      return of(new Sha256().add(bytes.array()));
    }

    private static Key of(Sha256 sum) {
      return of(sum.bytes());
    }

    /** Of something with a digest, whose first 16 bytes count. */
    static Key of(byte[] digest) {
      ByteBuffer hash = ByteBuffer.wrap(digest);
      return new Key(hash.getLong(), hash.getLong());
    }
  }

  /**
   * A vector with what is known of its text.
   *
   * @param vector {@code [size]}
   * @param isCut whether the text was longer than the model takes
   */
  @SuppressWarnings("ArrayRecordComponent") // carries a vector; entries are never compared
  record Entry(float[] vector, boolean isCut) {}

  /** A file: header, keys, whether each text was cut, vectors, checksum. */
  private record Stored(Path path, MemorySegment bytes, int count, int size) {
    static @Nullable Stored open(Path path, Arena arena) throws IOException {
      try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
        long length = channel.size();
        if (length < HEADER + Long.BYTES) {
          return null;
        }
        MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, length, arena);
        long count = bytes.get(LONG, 16);
        int size = bytes.get(INT, 12);
        if (bytes.get(LONG, 0) != MAGIC || bytes.get(INT, 8) != VERSION || size < 1 || size > MAX_SIZE || count < 0
            || count > length / KEY || length != length(count, size)
            || checksum(bytes.asSlice(0, length - Long.BYTES)) != bytes.get(LONG, length - Long.BYTES)) {
          return null;
        }
        return new Stored(path, bytes, (int) count, size);
      }
    }

    static long length(long count, int size) {
      return HEADER + count * (KEY + 1 + (long) size * Float.BYTES) + Long.BYTES;
    }

    private static long checksum(MemorySegment bytes) {
      var crc = new CRC32C();
      long step = 1 << 30;
      for (long at = 0; at < bytes.byteSize(); at += step) {
        crc.update(bytes.asSlice(at, Math.min(step, bytes.byteSize() - at)).asByteBuffer());
      }
      return crc.getValue();
    }

    Key key(int row) {
      long at = HEADER + (long) row * KEY;
      return new Key(bytes.get(LONG, at), bytes.get(LONG, at + Long.BYTES));
    }

    boolean isCut(int row) {
      return bytes.get(ValueLayout.JAVA_BYTE, HEADER + (long) count * KEY + row) != 0;
    }

    void copy(int row, float[] into, int at) {
      long from = HEADER + (long) count * (KEY + 1) + (long) row * size * Float.BYTES;
      MemorySegment.copy(bytes, FLOAT, from, into, at, size);
    }
  }

  private record Place(Stored file, int row) {}

  /** Opens the vectors of a model; the folder is made when there is something to write. */
  VectorCache(Path folder) throws IOException {
    this.folder = folder;
    if (Files.isDirectory(folder)) {
      var paths = new ArrayList<Path>();
      try (var found = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        found.forEach(paths::add);
      }
      paths.sort(Comparator.naturalOrder());
      for (Path path : paths) {
        add(path);
      }
    }
  }

  private void add(Path path) throws IOException {
    try {
      Stored file = Stored.open(path, arena);
      if (file != null && (size == 0 || size == file.size)) {
        size = file.size;
        files.add(file);
        for (int row = 0; row < file.count; row++) {
          places.put(file.key(row), new Place(file, row));
        }
      }
    } catch (FileSystemException e) {
      // Another process has joined it with others just now: its texts are computed again.
      return;
    }
  }

  /** The number of features of the vectors; empty if there is none yet. */
  OptionalInt size() {
    return size == 0 ? OptionalInt.empty() : OptionalInt.of(size);
  }

  /** Whether there is a vector of a text. */
  boolean contains(Key key) {
    return places.containsKey(key);
  }

  /**
   * Copies the vector of a text that {@linkplain #contains is there}.
   *
   * @param at where in {@code into}
   * @return whether the text was cut
   */
  boolean copy(Key key, float[] into, int at) {
    Place place = places.get(key);
    if (place == null) {
      throw new IllegalArgumentException("there is no vector of that text");
    }
    place.file.copy(place.row, into, at);
    return place.file.isCut(place.row);
  }

  /** Adds vectors, all of one size. */
  void add(Map<Key, Entry> entries) throws IOException {
    if (entries.isEmpty()) {
      return;
    }
    Files.createDirectories(folder);
    int features = entries.values().iterator().next().vector.length;
    List<Stored> joined = toJoin(entries.size());
    var all = new HashMap<Key, Entry>(entries);
    for (Stored file : joined) {
      for (int row = 0; row < file.count; row++) {
        var vector = new float[file.size];
        file.copy(row, vector, 0);
        all.putIfAbsent(file.key(row), new Entry(vector, file.isCut(row)));
      }
    }
    Path path = folder.resolve(String.format(Locale.ROOT, "%016x%s", ThreadLocalRandom.current().nextLong(), SUFFIX));
    AtomicFile.write(path, channel -> write(channel, all, features));
    files.removeAll(joined);
    add(path);
    for (Stored file : joined) {
      try {
        Files.deleteIfExists(file.path);
      } catch (FileSystemException e) {
        // Where a file that is mapped cannot be deleted it stays: what it has is there twice.
        continue;
      }
    }
  }

  /** The files that are no larger than what they are joined with, one after the other: so each is joined few times. */
  private List<Stored> toJoin(int added) {
    var joined = new ArrayList<Stored>();
    long count = added;
    for (Stored file : files.stream().sorted(Comparator.comparingInt(Stored::count)).toList()) {
      if (file.count > count || count + file.count > LARGE) {
        break;
      }
      joined.add(file);
      count += file.count;
    }
    return joined;
  }

  private static void write(FileChannel channel, Map<Key, Entry> entries, int size) throws IOException {
    long length = Stored.length(entries.size(), size);
    try (var buffer = Arena.ofConfined()) {
      MemorySegment bytes = buffer.allocate(length);
      bytes.set(LONG, 0, MAGIC);
      bytes.set(INT, 8, VERSION);
      bytes.set(INT, 12, size);
      bytes.set(LONG, 16, entries.size());
      long key = HEADER;
      long cut = HEADER + (long) entries.size() * KEY;
      long vector = cut + entries.size();
      for (var entry : entries.entrySet()) {
        bytes.set(LONG, key, entry.getKey().high);
        bytes.set(LONG, key + Long.BYTES, entry.getKey().low);
        bytes.set(ValueLayout.JAVA_BYTE, cut++, (byte) (entry.getValue().isCut ? 1 : 0));
        MemorySegment.copy(entry.getValue().vector, 0, bytes, FLOAT, vector, size);
        key += KEY;
        vector += (long) size * Float.BYTES;
      }
      bytes.set(LONG, length - Long.BYTES, Stored.checksum(bytes.asSlice(0, length - Long.BYTES)));
      long step = 1 << 30;
      for (long at = 0; at < length; at += step) {
        WholeBuffer.write(channel, bytes.asSlice(at, Math.min(step, length - at)).asByteBuffer());
      }
    }
  }

  @Override
  public void close() {
    files.clear();
    places.clear();
    arena.close();
  }
}
