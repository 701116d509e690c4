package crema.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Examples in a file that is mapped into memory. All numbers are little-endian:
 *
 * <pre>
 *   0  8 bytes  magic "CremaTok"
 *   8  int      version
 *  12  int      tokens of the longest example
 *  16  32 bytes fingerprint of the recipe
 *  48  long     examples
 *  56  long     tokens
 *  64  long     ints: tokens and labels
 *  72  long     bytes of metadata
 *  80  long     bytes of file names
 *  88  int      CRC-32C of everything after the header
 *  92  int      CRC-32C of the header before this
 *  96  ints     for each example its ids, then its labels
 *      index    for each example: long, where its ints end, counted from the first; long, where its metadata end; int,
 *               how many of its ints are labels
 *      metadata for each example: long, its line; int, the number of its file; int, the bytes of its group; int, the
 *               bytes of its language; double, its weight; int, the bytes of where its picture is; group, language and
 *               picture in UTF-8, -1 bytes where there is none
 *      files    the names of all files: int, bytes; UTF-8
 * </pre>
 *
 * <p>A file is trusted only if its length, both checksums and all its ends are right; otherwise it is written anew.
 */
final class TokenCache implements TokenDataset {
  static final byte[] MAGIC = {'C', 'r', 'e', 'm', 'a', 'T', 'o', 'k'};
  static final int VERSION = 4;
  static final int HEADER_BYTES = 96;
  /** The length of a text that is null. */
  static final int ABSENT = -1;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int CHECKSUM = 88;
  private static final int HEADER_CHECKSUM = 92;
  private static final int INDEX_BYTES = 20;
  private static final int META_BYTES = 32;
  /** Where the weight is in an example's metadata. */
  private static final int WEIGHT = 20;
  /** Where the length of its picture's location is. */
  private static final int PICTURE = 28;
  private static final int CHECKSUM_CHUNK = 1 << 20;

  private final Arena arena;
  private final MemorySegment ints;
  private final MemorySegment index;
  private final MemorySegment metadata;
  private final List<String> files;
  private final int size;
  private final long tokens;
  private final int longest;

  private TokenCache(Arena arena, MemorySegment file, Sections sections) {
    this.arena = arena;
    size = Math.toIntExact(file.get(LONG, 48));
    tokens = file.get(LONG, 56);
    longest = file.get(INT, 12);
    ints = sections.ints;
    index = sections.index;
    metadata = sections.metadata;
    files = sections.files();
  }

  static TokenDataset open(Path path, TokenRecipe recipe, ProblemListener listener) {
    var fingerprint = recipe.fingerprint();
    try {
      if (Files.exists(path)) {
        var cache = map(path, fingerprint);
        if (cache != null) {
          return cache;
        }
      }
      TokenCacheWriter.write(path, recipe, fingerprint, listener);
      var cache = map(path, fingerprint);
      if (cache == null) {
        throw new DataException(path + " is damaged right after it was written; is the disk sound?");
      }
      return cache;
    } catch (IOException e) {
      throw new DataException("the token cache " + path + " cannot be written or read: " + e.getMessage(), e);
    }
  }

  /** Maps a file, or returns null if it is stale or damaged. */
  private static @Nullable TokenCache map(Path path, byte[] fingerprint) throws IOException {
    var arena = Arena.ofShared();
    TokenCache cache = null;
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      var file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      Sections sections = isHeaderSound(file, fingerprint) ? Sections.of(file) : null;
      if (sections != null && sections.areSound()) {
        cache = new TokenCache(arena, file, sections);
      }
      return cache;
    } finally {
      if (cache == null) {
        arena.close();
      }
    }
  }

  /** Whether a file begins as a cache of this version that was made by the given recipe, and is as it was written. */
  private static boolean isHeaderSound(MemorySegment file, byte[] fingerprint) {
    return file.byteSize() >= HEADER_BYTES
        && file.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) < 0
        && file.get(INT, 8) == VERSION
        && checksum(file.asSlice(0, HEADER_CHECKSUM)) == file.get(INT, HEADER_CHECKSUM)
        && file.asSlice(16, fingerprint.length).mismatch(MemorySegment.ofArray(fingerprint)) < 0
        && checksum(file.asSlice(HEADER_BYTES)) == file.get(INT, CHECKSUM);
  }

  /** What follows the header. */
  private record Sections(MemorySegment ints, MemorySegment index, MemorySegment metadata, MemorySegment names) {
    /** The sections of a file, or null if their lengths do not add up to the file's. */
    static @Nullable Sections of(MemorySegment file) {
      long examples = file.get(LONG, 48);
      long[] lengths = {file.get(LONG, 64), examples, file.get(LONG, 72), file.get(LONG, 80)};
      int[] units = {Integer.BYTES, INDEX_BYTES, 1, 1};
      var parts = new MemorySegment[lengths.length];
      long start = HEADER_BYTES;
      for (int i = 0; i < parts.length; i++) {
        if (lengths[i] < 0 || lengths[i] > (file.byteSize() - start) / units[i]) {
          return null;
        }
        parts[i] = file.asSlice(start, lengths[i] * units[i]);
        start += parts[i].byteSize();
      }
      return examples <= Integer.MAX_VALUE && start == file.byteSize()
          ? new Sections(parts[0], parts[1], parts[2], parts[3])
          : null;
    }

    /** Whether the ends of all examples ascend to those of the sections, and their metadata are within them. */
    boolean areSound() {
      long start = 0;
      long metaStart = 0;
      int fileCount = files().size();
      for (long at = 0; at < index.byteSize(); at += INDEX_BYTES) {
        long end = index.get(LONG, at);
        long metaEnd = index.get(LONG, at + Long.BYTES);
        int labels = index.get(INT, at + 2 * Long.BYTES);
        if (labels < 0 || end - start <= labels || end - start > Integer.MAX_VALUE
            || end > ints.byteSize() / Integer.BYTES
            || metaEnd - metaStart < META_BYTES || metaEnd > metadata.byteSize()
            || !isMetaSound(metadata.asSlice(metaStart, metaEnd - metaStart), fileCount)) {
          return false;
        }
        start = end;
        metaStart = metaEnd;
      }
      return start == ints.byteSize() / Integer.BYTES && metaStart == metadata.byteSize();
    }

    private static boolean isMetaSound(MemorySegment meta, int files) {
      int file = meta.get(INT, 8);
      int group = meta.get(INT, 12);
      int language = meta.get(INT, 16);
      int picture = meta.get(INT, PICTURE);
      double weight = meta.get(DOUBLE, WEIGHT);
      return weight > 0 && weight < Double.POSITIVE_INFINITY && file >= 0 && file < files && group >= ABSENT
          && language >= ABSENT && picture >= ABSENT
          && META_BYTES + (long) Math.max(group, 0) + Math.max(language, 0) + Math.max(picture, 0) == meta.byteSize();
    }

    /** The names of the files; those that are cut off are left out. */
    List<String> files() {
      var files = new ArrayList<String>();
      for (long at = 0; at <= names.byteSize() - Integer.BYTES;) {
        int length = names.get(INT, at);
        at += Integer.BYTES;
        if (length < 0 || length > names.byteSize() - at) {
          break;
        }
        files.add(Objects.requireNonNull(text(names, at, length)));
        at += length;
      }
      return files;
    }
  }

  /** A text of so many bytes; null where it is {@link #ABSENT}. */
  private static @Nullable String text(MemorySegment segment, long from, int bytes) {
    return bytes == ABSENT ? null
        : new String(segment.asSlice(from, bytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** CRC-32C, by pieces because a buffer holds at most 2 GiB. */
  static int checksum(MemorySegment segment) {
    var crc = new CRC32C();
    for (long from = 0; from < segment.byteSize(); from += CHECKSUM_CHUNK) {
      crc.update(segment.asSlice(from, Math.min(CHECKSUM_CHUNK, segment.byteSize() - from)).asByteBuffer());
    }
    return (int) crc.getValue();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long tokens() {
    return tokens;
  }

  @Override
  public int longest() {
    return longest;
  }

  @Override
  public int length(int example) {
    return (int) (end(example) - end(example - 1)) - labelCount(example);
  }

  @Override
  public int copyIds(int example, int[] target, int offset) {
    int length = length(example);
    MemorySegment.copy(ints, INT, end(example - 1) * Integer.BYTES, target, offset, length);
    return length;
  }

  @Override
  public int labelCount(int example) {
    return index.get(INT, (long) example * INDEX_BYTES + 2 * Long.BYTES);
  }

  @Override
  public int label(int example, int n) {
    int count = labelCount(example);
    if (n < 0 || n >= count) {
      throw new IndexOutOfBoundsException(n);
    }
    return ints.get(INT, (end(example) - count + n) * Integer.BYTES);
  }

  @Override
  public RowMeta meta(int example) {
    long start = metaStart(example);
    int group = metadata.get(INT, start + 12);
    int language = metadata.get(INT, start + 16);
    int picture = metadata.get(INT, start + PICTURE);
    long ofGroup = start + META_BYTES;
    long ofLanguage = ofGroup + Math.max(group, 0);
    return new RowMeta(
        text(metadata, ofGroup, group),
        text(metadata, ofLanguage, language),
        files.get(metadata.get(INT, start + 8)),
        metadata.get(LONG, start), List.of(), metadata.get(DOUBLE, start + WEIGHT),
        text(metadata, ofLanguage + Math.max(language, 0), picture));
  }

  @Override
  public double weight(int example) {
    return metadata.get(DOUBLE, metaStart(example) + WEIGHT);
  }

  private long metaStart(int example) {
    return example == 0 ? 0 : index.get(LONG, (example - 1L) * INDEX_BYTES + Long.BYTES);
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  private long end(int example) {
    return example < 0 ? 0 : index.get(LONG, (long) example * INDEX_BYTES);
  }
}
