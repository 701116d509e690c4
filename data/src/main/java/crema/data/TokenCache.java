package crema.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
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
 *  64  long     ints in the body: tokens and labels
 *  72  int      CRC-32C of everything after the header
 *  76  int      CRC-32C of the header before this
 *  80  ints     for each example its ids, then its labels
 *      12 bytes for each example: long, where its ints end, counted from the first; int, how many of them are labels
 * </pre>
 *
 * <p>A file is trusted only if its length, both checksums and all its ends are right; otherwise it is written anew.
 */
final class TokenCache implements TokenDataset {
  static final byte[] MAGIC = {'C', 'r', 'e', 'm', 'a', 'T', 'o', 'k'};
  static final int VERSION = 1;
  static final int HEADER_BYTES = 80;
  static final int HEADER_CHECKSUM = 76;
  static final int INDEX_BYTES = 12;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int CHECKSUM_CHUNK = 1 << 20;

  private final Arena arena;
  private final MemorySegment ints;
  private final MemorySegment index;
  private final int size;
  private final long tokens;
  private final int longest;

  private TokenCache(Arena arena, MemorySegment file) {
    this.arena = arena;
    size = Math.toIntExact(file.get(LONG, 48));
    tokens = file.get(LONG, 56);
    longest = file.get(INT, 12);
    long bodyBytes = file.get(LONG, 64) * Integer.BYTES;
    ints = file.asSlice(HEADER_BYTES, bodyBytes);
    index = file.asSlice(HEADER_BYTES + bodyBytes);
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
      if (isTrusted(file, fingerprint)) {
        cache = new TokenCache(arena, file);
      }
      return cache;
    } finally {
      if (cache == null) {
        arena.close();
      }
    }
  }

  /** Whether a file is a cache of this version, made by the given recipe, and whole. */
  private static boolean isTrusted(MemorySegment file, byte[] fingerprint) {
    if (file.byteSize() < HEADER_BYTES
        || file.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) >= 0
        || file.get(INT, 8) != VERSION
        || checksum(file.asSlice(0, HEADER_CHECKSUM)) != file.get(INT, HEADER_CHECKSUM)
        || file.asSlice(16, fingerprint.length).mismatch(MemorySegment.ofArray(fingerprint)) >= 0) {
      return false;
    }
    long examples = file.get(LONG, 48);
    long bodyInts = file.get(LONG, 64);
    return examples >= 0 && examples <= Integer.MAX_VALUE && bodyInts >= 0
        && bodyInts <= file.byteSize() / Integer.BYTES
        && HEADER_BYTES + bodyInts * Integer.BYTES + examples * INDEX_BYTES == file.byteSize()
        && checksum(file.asSlice(HEADER_BYTES)) == file.get(INT, 72)
        && endsAscend(file.asSlice(HEADER_BYTES + bodyInts * Integer.BYTES), bodyInts);
  }

  private static boolean endsAscend(MemorySegment index, long bodyInts) {
    long start = 0;
    for (long at = 0; at < index.byteSize(); at += INDEX_BYTES) {
      long end = index.get(LONG, at);
      int labels = index.get(INT, at + Long.BYTES);
      if (labels < 0 || end - start <= labels || end - start > Integer.MAX_VALUE || end > bodyInts) {
        return false;
      }
      start = end;
    }
    return start == bodyInts;
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
    return index.get(INT, (long) example * INDEX_BYTES + Long.BYTES);
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
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  private long end(int example) {
    return example < 0 ? 0 : index.get(LONG, (long) example * INDEX_BYTES);
  }
}
