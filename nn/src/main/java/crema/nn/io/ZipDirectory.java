package crema.nn.io;

import crema.nn.InvalidWeightsException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of a zip archive in memory, as views: those that PyTorch writes are not compressed, so tensors are used
 * where they lie. With the 64-bit extension; a compressed entry, and one that shares bytes with another, is refused.
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_BYTES = 22;
  private static final int END_64_BYTES = 56;
  private static final int LOCATOR_64_BYTES = 20;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final long UNSIGNED = 0xffffffffL;
  private static final int MOST_ENTRIES = 1 << 18;

  private final MemorySegment zip;
  private final List<Extent> extents = new ArrayList<>();

  private record Extent(String name, long begin, long end) {}

  private ZipDirectory(MemorySegment zip) {
    this.zip = zip;
  }

  /** The bytes of each entry, by name, in the archive's order. */
  static Map<String, MemorySegment> of(MemorySegment zip) {
    return new ZipDirectory(zip).read();
  }

  private Map<String, MemorySegment> read() {
    long end = end();
    long count = unsignedShort(end + 10);
    long size = unsignedInt(end + 12);
    long at = unsignedInt(end + 16);
    if ((count == 0xffff || size == UNSIGNED || at == UNSIGNED) && end >= LOCATOR_64_BYTES
        && integer(end - LOCATOR_64_BYTES) == LOCATOR_64) {
      long end64 = longAt(end - LOCATOR_64_BYTES + 8);
      requireInside(end64, END_64_BYTES);
      if (integer(end64) != END_64) {
        throw new InvalidWeightsException("its directory is damaged");
      }
      count = longAt(end64 + 32);
      size = longAt(end64 + 40);
      at = longAt(end64 + 48);
    }
    requireInside(at, size);
    if (count < 0 || count > MOST_ENTRIES || count * CENTRAL_BYTES > size) {
      throw new InvalidWeightsException("it is said to have " + Long.toUnsignedString(count) + " entries");
    }
    var entries = new LinkedHashMap<String, MemorySegment>();
    long position = at;
    for (long i = 0; i < count; i++) {
      requireInside(position, CENTRAL_BYTES);
      if (integer(position) != CENTRAL) {
        throw new InvalidWeightsException("its directory is damaged");
      }
      position = readEntry(position, entries);
    }
    requireApart();
    return entries;
  }

  private long end() {
    for (long at = zip.byteSize() - END_BYTES; at >= Math.max(0, zip.byteSize() - END_BYTES - LONGEST_COMMENT); at--) {
      if (integer(at) == END) {
        return at;
      }
    }
    throw new InvalidWeightsException("it has no directory: it was not downloaded whole");
  }

  private long readEntry(long at, Map<String, MemorySegment> entries) {
    int method = unsignedShort(at + 10);
    long stored = unsignedInt(at + 20);
    long size = unsignedInt(at + 24);
    int nameBytes = unsignedShort(at + 28);
    int extraBytes = unsignedShort(at + 30);
    int commentBytes = unsignedShort(at + 32);
    long header = unsignedInt(at + 42);
    long next = at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
    requireInside(at, next - at);
    String name = new String(zip.asSlice(at + CENTRAL_BYTES, nameBytes).toArray(ValueLayout.JAVA_BYTE),
        StandardCharsets.UTF_8);
    // The extension has those of the three numbers that 32 bits cannot hold, in this order.
    long extra = extended(at + CENTRAL_BYTES + nameBytes, extraBytes);
    if (size == UNSIGNED) {
      size = extension(extra, name);
      extra += Long.BYTES;
    }
    if (stored == UNSIGNED) {
      stored = extension(extra, name);
      extra += Long.BYTES;
    }
    if (header == UNSIGNED) {
      header = extension(extra, name);
    }
    if (name.endsWith("/")) {
      return next;
    }
    if (method != 0 || stored != size) {
      throw new InvalidWeightsException("its entry " + name + " is compressed, which PyTorch does not do");
    }
    requireInside(header, LOCAL_BYTES);
    if (integer(header) != LOCAL) {
      throw new InvalidWeightsException("its entry " + name + " is not where the directory says");
    }
    long begin = header + LOCAL_BYTES + unsignedShort(header + 26) + unsignedShort(header + 28);
    requireInside(begin, size);
    extents.add(new Extent(name, header, begin + size));
    if (entries.put(name, zip.asSlice(begin, size)) != null) {
      throw new InvalidWeightsException("it has two entries " + name);
    }
    return next;
  }

  /** Where the content of the 64-bit extension is, or -1. */
  private long extended(long at, int bytes) {
    long end = at + bytes;
    for (long field = at; field + 4 <= end;) {
      int length = unsignedShort(field + 2);
      if (unsignedShort(field) == 1 && field + 4 + length <= end) {
        return field + 4;
      }
      field += 4 + length;
    }
    return -1;
  }

  private long extension(long at, String name) {
    if (at < 0) {
      throw new InvalidWeightsException("its entry " + name + " lacks its size");
    }
    requireInside(at, Long.BYTES);
    return longAt(at);
  }

  private void requireApart() {
    extents.sort(Comparator.comparingLong(Extent::begin));
    for (int i = 1; i < extents.size(); i++) {
      if (extents.get(i).begin < extents.get(i - 1).end) {
        throw new InvalidWeightsException("its entries " + extents.get(i - 1).name + " and " + extents.get(i).name
            + " overlap");
      }
    }
  }

  private void requireInside(long at, long size) {
    if (at < 0 || size < 0 || size > zip.byteSize() - at) {
      throw new InvalidWeightsException("its directory points outside the file: it was not downloaded whole");
    }
  }

  private int integer(long at) {
    return zip.get(StoredType.INT, at);
  }

  private long unsignedInt(long at) {
    return integer(at) & UNSIGNED;
  }

  private int unsignedShort(long at) {
    return zip.get(StoredType.SHORT, at) & 0xffff;
  }

  private long longAt(long at) {
    return zip.get(StoredType.LONG, at);
  }
}
