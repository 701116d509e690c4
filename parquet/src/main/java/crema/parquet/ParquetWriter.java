package crema.parquet;

import crema.data.TableColumn;
import crema.data.TableWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a Parquet file: groups of rows, of each column one page with plain values, compressed with gzip, which every
 * reader knows; then the metadata (parquet.thrift of the format's specification). A group of rows is held in memory.
 */
final class ParquetWriter implements TableWriter {
  /** Numbers of encodings. */
  static final int PLAIN = 0;
  static final int RLE = 3;

  private static final int GZIP = 2;
  private static final int ROWS_OF_A_GROUP = 1 << 16;
  private static final int BYTES_OF_A_GROUP = 1 << 24;

  /** Numbers of what a schema says. */
  private static final class Schema {
    static final int DOUBLE = 5;
    static final int BYTE_ARRAY = 6;
    static final int REQUIRED = 0;
    static final int OPTIONAL = 1;
    static final int REPEATED = 2;
    static final int UTF8 = 0;
    static final int LIST = 3;
  }

  private final OutputStream out;
  private final List<TableColumn> columns;
  private final List<ThriftWriter.Fields> groups = new ArrayList<>();
  private List<ColumnPage> pages;
  private int rowsOfGroup;
  private long rows;
  private long position;

  ParquetWriter(OutputStream out, List<TableColumn> columns) throws IOException {
    this.out = out;
    this.columns = List.copyOf(columns);
    pages = columns.stream().map(ColumnPage::new).toList();
    append(Parquet.MAGIC);
  }

  private void append(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  @Override
  public void write(List<@Nullable Object> cells) throws IOException {
    int bytes = 0;
    for (int i = 0; i < columns.size(); i++) {
      pages.get(i).add(cells.get(i));
      bytes += pages.get(i).bytes();
    }
    rowsOfGroup++;
    if (rowsOfGroup == ROWS_OF_A_GROUP || bytes > BYTES_OF_A_GROUP) {
      endGroup();
    }
  }

  private void endGroup() throws IOException {
    var chunks = new ArrayList<ThriftWriter.Fields>();
    long begin = position;
    for (int i = 0; i < columns.size(); i++) {
      ColumnPage.Stored page = pages.get(i).stored();
      TableColumn column = columns.get(i);
      long at = position;
      append(page.header());
      append(page.body());
      chunks.add(chunk -> chunk.i64(2, at).struct(3, data -> data.i32(1, type(column)).i32s(2, PLAIN, RLE)
          .texts(3, ColumnPage.isList(column) ? List.of(column.name(), "list", "element") : List.of(column.name()))
          .i32(4, GZIP).i64(5, page.count()).i64(6, page.header().length + (long) page.uncompressed())
          .i64(7, page.length()).i64(9, at)));
    }
    long bytes = position - begin;
    int count = rowsOfGroup;
    groups.add(group -> group.structs(1, chunks).i64(2, bytes).i64(3, count));
    rows += count;
    rowsOfGroup = 0;
    pages = columns.stream().map(ColumnPage::new).toList();
  }

  private static int type(TableColumn column) {
    return switch (column.kind()) {
      case TEXT, TEXTS -> Schema.BYTE_ARRAY;
      case NUMBER, NUMBERS -> Schema.DOUBLE;
    };
  }

  /** The elements of the schema for a column. */
  private static List<ThriftWriter.Fields> elements(TableColumn column) {
    if (!ColumnPage.isList(column)) {
      return List.of(value(column, column.name(), Schema.OPTIONAL));
    }
    return List.of(
        list -> list.i32(3, Schema.REQUIRED).text(4, column.name()).i32(5, 1).i32(6, Schema.LIST)
            .struct(10, kind -> kind.struct(3, _ -> {})),
        items -> items.i32(3, Schema.REPEATED).text(4, "list").i32(5, 1),
        value(column, "element", Schema.REQUIRED));
  }

  private static ThriftWriter.Fields value(TableColumn column, String name, int repetition) {
    return value -> {
      value.i32(1, type(column)).i32(3, repetition).text(4, name);
      if (type(column) == Schema.BYTE_ARRAY) {
        value.i32(6, Schema.UTF8).struct(10, kind -> kind.struct(1, _ -> {}));
      }
    };
  }

  @Override
  public void close() throws IOException {
    if (rowsOfGroup > 0) {
      endGroup();
    }
    var schema = new ArrayList<ThriftWriter.Fields>();
    schema.add(root -> root.text(4, "schema").i32(5, columns.size()));
    columns.forEach(column -> schema.addAll(elements(column)));
    byte[] metadata = ThriftWriter.bytes(file -> file.i32(1, 1).structs(2, schema).i64(3, rows).structs(4, groups)
        .text(6, "Crema"));
    append(metadata);
    append(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(metadata.length).array());
    append(Parquet.MAGIC);
    out.flush();
  }
}
