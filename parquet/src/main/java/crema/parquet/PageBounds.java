package crema.parquet;

import crema.data.DataException;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.ColumnMetaData;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.RowGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;

/**
 * Checks what the headers of all pages announce before any page is unpacked: whoever reads a page makes room for that
 * first. The layout is that of parquet.thrift, in the compact protocol of Thrift.
 */
final class PageBounds {
  /** Headers are small but for statistics, of which writers cut long ones. */
  private static final int LONGEST_HEADER = 1 << 20;
  private static final int USUAL_HEADER = 1 << 10;
  /** Of the heap, what a page may take: several are on the way at a time. */
  private static final int PAGES_IN_HEAP = 8;
  /** Bytes of the heap for a value of a page. */
  private static final int BYTES_A_VALUE = 32;

  private static final Set<CompressionCodec> CODECS = Set.of(CompressionCodec.UNCOMPRESSED, CompressionCodec.SNAPPY,
      CompressionCodec.GZIP, CompressionCodec.ZSTD);

  private final String name;
  private final FileChannel file;
  private final long size;

  private PageBounds(String name, FileChannel file, long size) {
    this.name = name;
    this.file = file;
    this.size = size;
  }

  /**
   * Checks the pages of a file.
   *
   * @param name of the file, for messages
   * @throws DataException if a page lies outside of the file, or needs more memory than there is
   */
  static void check(Path path, String name, FileMetaData metadata) throws IOException {
    try (var file = FileChannel.open(path, StandardOpenOption.READ)) {
      var bounds = new PageBounds(name, file, file.size());
      for (RowGroup group : metadata.rowGroups()) {
        for (ColumnChunk chunk : group.columns()) {
          bounds.check(chunk.metaData());
        }
      }
    }
  }

  private void check(ColumnMetaData column) throws IOException {
    if (column.totalCompressedSize() == 0 || column.numValues() == 0) {
      // No row, no page.
      return;
    }
    if (!CODECS.contains(column.codec())) {
      throw new DataException(name + ": the column " + column.pathInSchema() + " is compressed with " + column.codec()
          + ", which is not read: write it with snappy, zstd or gzip");
    }
    long dictionary = column.dictionaryPageOffset() == null ? 0 : column.dictionaryPageOffset();
    // Some writers say 0 where there is no dictionary.
    long at = dictionary > 0 ? Math.min(dictionary, column.dataPageOffset()) : column.dataPageOffset();
    long length = column.totalCompressedSize();
    if (at < Parquet.MAGIC.length || length < 0 || length > size - at) {
      throw new DataException(name + " is damaged: the column " + column.pathInSchema()
          + " is said to be where the file has nothing");
    }
    for (long end = at + length; at < end;) {
      PageHeader header = header(at);
      if (header.compressed() < 0 || header.uncompressed() < 0 || header.values() < 0
          || header.compressed() > end - at - header.length()) {
        throw new DataException(name + " is damaged: a page of the column " + column.pathInSchema()
            + " goes on beyond its end");
      }
      requireMemory(header.uncompressed(), "bytes", PAGES_IN_HEAP);
      requireMemory(header.values(), "values", BYTES_A_VALUE);
      at += header.length() + header.compressed();
    }
  }

  private void requireMemory(long count, String unit, int share) {
    long heap = Runtime.getRuntime().maxMemory();
    if (count > heap / share) {
      throw new DataException(String.format(Locale.ROOT,
          "%s has a page of %,d %s, for which the memory of %,d MB is too small", name, count, unit, heap >> 20));
    }
  }

  private PageHeader header(long at) throws IOException {
    for (int room = USUAL_HEADER;; room = LONGEST_HEADER) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(room, size - at));
      while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) >= 0) {
        // Reads on.
      }
      bytes.flip();
      PageHeader header = PageHeader.read(bytes);
      if (header != null) {
        return header;
      }
      if (room == LONGEST_HEADER || bytes.limit() < room) {
        throw new DataException(name + " is damaged: there is no page where one should be");
      }
    }
  }
}
