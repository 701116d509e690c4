package crema.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes structs in the compact protocol of Thrift, field by field in ascending order. */
final class ThriftWriter {
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;
  private static final int SHORT_LIST = 15;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Writes the fields of a struct. */
  @FunctionalInterface
  interface Fields {
    /** Writes them. */
    void write(Struct struct);
  }

  /** A struct that is being written. */
  final class Struct {
    private int last;

    private void head(int field, int type) {
      int difference = field - last;
      // A larger difference would be written out; no struct of Parquet that is written here has one.
      assert difference > 0 && difference < SHORT_LIST;
      out.write(difference << 4 | type);
      last = field;
    }

    Struct i32(int field, int value) {
      head(field, I32);
      varint(zigzag(value));
      return this;
    }

    Struct i64(int field, long value) {
      head(field, I64);
      varint(zigzag(value));
      return this;
    }

    Struct text(int field, String value) {
      head(field, BINARY);
      binary(value);
      return this;
    }

    Struct struct(int field, Fields fields) {
      head(field, STRUCT);
      write(fields);
      return this;
    }

    Struct structs(int field, Iterable<Fields> items) {
      int count = 0;
      for (Fields _ : items) {
        count++;
      }
      listHead(field, count, STRUCT);
      items.forEach(ThriftWriter.this::write);
      return this;
    }

    Struct texts(int field, Iterable<String> items) {
      int count = 0;
      for (String _ : items) {
        count++;
      }
      listHead(field, count, BINARY);
      items.forEach(ThriftWriter.this::binary);
      return this;
    }

    Struct i32s(int field, int... items) {
      listHead(field, items.length, I32);
      for (int item : items) {
        varint(zigzag(item));
      }
      return this;
    }

    private void listHead(int field, int count, int type) {
      head(field, LIST);
      if (count < SHORT_LIST) {
        out.write(count << 4 | type);
      } else {
        out.write(SHORT_LIST << 4 | type);
        varint(count);
      }
    }
  }

  /** A struct as bytes. */
  static byte[] bytes(Fields fields) {
    var writer = new ThriftWriter();
    writer.write(fields);
    return writer.out.toByteArray();
  }

  private void write(Fields fields) {
    fields.write(new Struct());
    out.write(0);
  }

  private void binary(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    varint(bytes.length);
    out.writeBytes(bytes);
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
