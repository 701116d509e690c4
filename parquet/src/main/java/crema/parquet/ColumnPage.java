package crema.parquet;

import crema.data.TableColumn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a column that are written as one page: levels, which say where there is a value and where a list begins, in
 * runs, then the values one after the other.
 */
final class ColumnPage {
  private final TableColumn column;
  private final Levels repetition = new Levels();
  private final Levels definition = new Levels();
  private final ByteArrayOutputStream values = new ByteArrayOutputStream();
  private int count;

  ColumnPage(TableColumn column) {
    this.column = column;
  }

  /** Levels of 0 and 1 as runs: how often, then which. */
  private static final class Levels {
    private final ByteArrayOutputStream runs = new ByteArrayOutputStream();
    private int level;
    private int length;

    void add(int next) {
      if (next != level) {
        end();
        level = next;
      }
      length++;
    }

    private void end() {
      int left = length << 1;
      while (length > 0 && left > 0x7f) {
        runs.write(left & 0x7f | 0x80);
        left >>>= 7;
      }
      if (length > 0) {
        runs.write(left);
        runs.write(level);
      }
      length = 0;
    }

    void writeTo(ByteArrayOutputStream page) {
      end();
      page.writeBytes(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(runs.size()).array());
      page.writeBytes(runs.toByteArray());
    }
  }

  /** Whether the cells of a column are lists. */
  static boolean isList(TableColumn column) {
    return column.kind() == TableColumn.Kind.TEXTS || column.kind() == TableColumn.Kind.NUMBERS;
  }

  /** Appends a cell. */
  void add(@Nullable Object cell) {
    if (!isList(column)) {
      count++;
      definition.add(cell == null ? 0 : 1);
      if (cell != null) {
        value(cell);
      }
      return;
    }
    List<?> items = cell == null ? List.of() : (List<?>) cell;
    if (items.isEmpty()) {
      count++;
      repetition.add(0);
      definition.add(0);
    }
    for (int i = 0; i < items.size(); i++) {
      count++;
      repetition.add(i == 0 ? 0 : 1);
      definition.add(1);
      value(items.get(i));
    }
  }

  private void value(Object value) {
    if (value instanceof String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      values.writeBytes(
          ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
      values.writeBytes(bytes);
    } else {
      values.writeBytes(
          ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble((Double) value).array());
    }
  }

  /** How many bytes its values have. */
  int bytes() {
    return values.size();
  }

  /** A page as it is stored, and what its column's metadata say of it. */
  record Stored(byte[] header, byte[] body, int count, int uncompressed) {
    /** The bytes of the header and the page as it is stored. */
    long length() {
      return header.length + (long) body.length;
    }
  }

  /** Ends the page. */
  Stored stored() throws IOException {
    var page = new ByteArrayOutputStream();
    if (isList(column)) {
      repetition.writeTo(page);
    }
    definition.writeTo(page);
    values.writeTo(page);
    var body = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(body)) {
      page.writeTo(gzip);
    }
    byte[] header = ThriftWriter.bytes(fields -> fields.i32(1, 0).i32(2, page.size()).i32(3, body.size())
        .struct(5, data -> data.i32(1, count).i32(2, ParquetWriter.PLAIN).i32(3, ParquetWriter.RLE)
            .i32(4, ParquetWriter.RLE)));
    return new Stored(header, body.toByteArray(), count, page.size());
  }
}
