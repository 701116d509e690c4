package crema.parquet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a page announces.
 *
 * @param length of the header itself, in bytes
 * @param compressed the bytes of the page as they are stored
 * @param uncompressed the bytes of the page
 * @param values how many values it has, nulls included
 */
record PageHeader(int length, int compressed, int uncompressed, int values) {
  private static final int DEEPEST = 16;
  private static final int UNCOMPRESSED = 2;
  private static final int COMPRESSED = 3;
  /** The headers of data pages, dictionaries, and data pages of version 2, each with its values first. */
  private static final int DATA = 5;
  private static final int DICTIONARY = 7;
  private static final int DATA_2 = 8;

  private static final int MOST_VARINT_BITS = 63;

  /** Types of the compact protocol. */
  private static final class Type {
    static final int STOP = 0;
    static final int TRUE = 1;
    static final int FALSE = 2;
    static final int BYTE = 3;
    static final int I16 = 4;
    static final int I32 = 5;
    static final int I64 = 6;
    static final int DOUBLE = 7;
    static final int BINARY = 8;
    static final int LIST = 9;
    static final int SET = 10;
    static final int STRUCT = 12;
  }

  /** Reads a header; null where the bytes end before it, or are none. */
  static @Nullable PageHeader read(ByteBuffer bytes) {
    try {
      return new Parser(bytes).header();
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  private static final class Parser {
    private final ByteBuffer bytes;

    Parser(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    PageHeader header() {
      int compressed = -1;
      int uncompressed = -1;
      int values = 0;
      int field = 0;
      for (int head = next(); (head & 0xf) != Type.STOP; head = next()) {
        field = field(head, field);
        int type = head & 0xf;
        if (type == Type.I32 && field == UNCOMPRESSED) {
          uncompressed = integer();
        } else if (type == Type.I32 && field == COMPRESSED) {
          compressed = integer();
        } else if (type == Type.STRUCT && (field == DATA || field == DICTIONARY || field == DATA_2)) {
          values = valuesOfPage();
        } else {
          skip(type, 0);
        }
      }
      return new PageHeader(bytes.position(), compressed, uncompressed, values);
    }

    private int valuesOfPage() {
      int values = -1;
      int field = 0;
      for (int head = next(); (head & 0xf) != Type.STOP; head = next()) {
        field = field(head, field);
        if ((head & 0xf) == Type.I32 && field == 1) {
          values = integer();
        } else {
          skip(head & 0xf, 1);
        }
      }
      return values;
    }

    private int next() {
      return bytes.get() & 0xff;
    }

    /** The number of a field: a difference to the one before, or written out. */
    private int field(int head, int before) {
      int difference = head >> 4;
      return difference == 0 ? integer() : before + difference;
    }

    private long varint() {
      long value = 0;
      for (int shift = 0;; shift += 7) {
        int part = next();
        value |= (long) (part & 0x7f) << shift;
        if (part < 0x80) {
          return value;
        }
        if (shift >= MOST_VARINT_BITS) {
          throw new IllegalArgumentException("a number that does not end");
        }
      }
    }

    /** A signed number; what is no int is -1. */
    private int integer() {
      long zigzag = varint();
      long value = (zigzag >>> 1) ^ -(zigzag & 1);
      return value == (int) value ? (int) value : -1;
    }

    private void skip(int type, int depth) {
      if (depth > DEEPEST) {
        throw new IllegalArgumentException("too deep");
      }
      switch (type) {
        case Type.TRUE, Type.FALSE -> {}
        case Type.BYTE -> skipBytes(1);
        case Type.I16, Type.I32, Type.I64 -> varint();
        case Type.DOUBLE -> skipBytes(Double.BYTES);
        case Type.BINARY -> skipBytes(varint());
        case Type.LIST, Type.SET -> skipList(depth);
        case Type.STRUCT -> {
          for (int head = next(); (head & 0xf) != Type.STOP; head = next()) {
            field(head, 0);
            skip(head & 0xf, depth + 1);
          }
        }
        default -> throw new IllegalArgumentException("no type of a header's field: " + type);
      }
    }

    private void skipList(int depth) {
      int head = next();
      int type = head & 0xf;
      long count = head >> 4 == 0xf ? varint() : head >> 4;
      for (long i = 0; i < count; i++) {
        // In a list, a truth value has a byte.
        if (type == Type.TRUE || type == Type.FALSE) {
          skipBytes(1);
        } else {
          skip(type, depth + 1);
        }
      }
    }

    private void skipBytes(long count) {
      if (count < 0 || count > bytes.remaining()) {
        throw new BufferUnderflowException();
      }
      bytes.position(bytes.position() + (int) count);
    }
  }
}
