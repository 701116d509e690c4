package crema.nn.io;

import crema.nn.InvalidWeightsException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a sorted table of LevelDB (https://github.com/google/leveldb/blob/main/doc/table_format.md), uncompressed: a
 * footer that says where the index is, whose values say where the blocks are; keys of a block share prefixes.
 */
final class LevelDbTable {
  private static final int FOOTER_BYTES = 48;
  /** A byte that says how a block is compressed, and a checksum. */
  private static final int TRAILER_BYTES = 5;
  private static final int MOST_ENTRIES = 1 << 18;
  private static final int LONGEST_KEY = 1 << 12;
  /** A key may share all but a byte with the one before, so a small table may have large keys. */
  private static final long MOST_KEY_BYTES = 1L << 24;
  private static final int MAX_VARINT = 10;

  private final MemorySegment table;
  private final Map<String, MemorySegment> entries = new LinkedHashMap<>();
  private int count;
  private long keyBytes;

  private LevelDbTable(MemorySegment table) {
    this.table = table;
  }

  /** The values by key, views of the table's bytes. */
  static Map<String, MemorySegment> read(MemorySegment table) {
    if (table.byteSize() < FOOTER_BYTES) {
      throw new InvalidWeightsException("it has " + table.byteSize() + " bytes, too few for an index");
    }
    var reader = new LevelDbTable(table);
    var footer = new Cursor(table.asSlice(table.byteSize() - FOOTER_BYTES));
    footer.varint();
    footer.varint();
    MemorySegment index = reader.block(footer.varint(), footer.varint());
    reader.readBlock(index, (key, handle) -> {
      var cursor = new Cursor(handle);
      reader.readBlock(reader.block(cursor.varint(), cursor.varint()),
          (name, value) -> reader.entries.put(new String(name, StandardCharsets.UTF_8), value));
    });
    return reader.entries;
  }

  @FunctionalInterface
  private interface Visitor {
    void visit(byte[] key, MemorySegment value);
  }

  private MemorySegment block(long offset, long size) {
    if (offset < 0 || size < Integer.BYTES || size > table.byteSize() - TRAILER_BYTES
        || offset > table.byteSize() - TRAILER_BYTES - size) {
      throw new InvalidWeightsException("it has a block of " + size + " bytes at " + offset + ", which is outside");
    }
    byte compression = table.get(ValueLayout.JAVA_BYTE, offset + size);
    if (compression != 0) {
      throw new InvalidWeightsException("it is compressed, which is not supported");
    }
    return table.asSlice(offset, size);
  }

  private void readBlock(MemorySegment block, Visitor visitor) {
    long restarts = block.get(StoredType.INT, block.byteSize() - Integer.BYTES) & 0xffffffffL;
    long end = block.byteSize() - Integer.BYTES - restarts * Integer.BYTES;
    if (end < 0) {
      throw new InvalidWeightsException("it has a block with " + restarts + " restarts, more than fit");
    }
    var cursor = new Cursor(block.asSlice(0, end));
    byte[] key = {};
    while (cursor.hasNext()) {
      if (++count > MOST_ENTRIES) {
        throw new InvalidWeightsException("it has more than " + MOST_ENTRIES + " entries");
      }
      long shared = cursor.varint();
      long unshared = cursor.varint();
      long valueBytes = cursor.varint();
      if (shared < 0 || shared > key.length || unshared < 0 || unshared > LONGEST_KEY - shared) {
        throw new InvalidWeightsException("it has a key of " + shared + " and " + unshared + " bytes");
      }
      keyBytes += shared + unshared;
      if (keyBytes > MOST_KEY_BYTES) {
        throw new InvalidWeightsException("its keys have more than " + MOST_KEY_BYTES + " bytes");
      }
      byte[] rest = cursor.take(unshared).toArray(ValueLayout.JAVA_BYTE);
      key = Arrays.copyOf(key, (int) (shared + unshared));
      System.arraycopy(rest, 0, key, (int) shared, rest.length);
      visitor.visit(key.clone(), cursor.take(valueBytes));
    }
  }

  /** Reads numbers and bytes one after the other. */
  private static final class Cursor {
    private final MemorySegment bytes;
    private long position;

    Cursor(MemorySegment bytes) {
      this.bytes = bytes;
    }

    boolean hasNext() {
      return position < bytes.byteSize();
    }

    MemorySegment take(long length) {
      if (length < 0 || length > bytes.byteSize() - position) {
        throw new InvalidWeightsException("it has an entry that ends outside its block");
      }
      MemorySegment taken = bytes.asSlice(position, length);
      position += length;
      return taken;
    }

    long varint() {
      long value = 0;
      for (int i = 0; i < MAX_VARINT; i++) {
        byte next = take(1).get(ValueLayout.JAVA_BYTE, 0);
        value |= (long) (next & 0x7f) << (7 * i);
        if (next >= 0) {
          return value;
        }
      }
      throw new InvalidWeightsException("it has a number of more than " + MAX_VARINT + " bytes");
    }
  }
}
