package crema.nn.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Writes TensorFlow bundles for tests: an index with one block, in which each key shares what it can. */
final class BundleWriter {
  private BundleWriter() {}

  /** A {@code BundleEntryProto} of floats. */
  static byte[] entry(long offset, long size, long... extents) {
    var shape = new ProtobufWriter();
    for (long extent : extents) {
      shape.message(2, new ProtobufWriter().number(1, extent));
    }
    return new ProtobufWriter().number(1, 1).message(2, shape).number(4, offset).number(5, size).toBytes();
  }

  static void write(Path index, Map<String, byte[]> entries, byte[] data) throws IOException {
    var all = new TreeMap<>(entries);
    all.put("", new ProtobufWriter().number(1, 1).toBytes());
    var table = new ByteArrayOutputStream();
    byte[] block = handle(table, block(all));
    byte[] meta = handle(table, block(new TreeMap<>()));
    byte[] indexBlock = handle(table, block(new TreeMap<>(Map.of("~", block))));
    var footer = new ByteArrayOutputStream();
    footer.writeBytes(meta);
    footer.writeBytes(indexBlock);
    footer.writeBytes(new byte[40 - footer.size()]);
    footer.writeBytes(TensorFlowReader.MAGIC.getBytes(StandardCharsets.ISO_8859_1));
    table.writeBytes(footer.toByteArray());
    Files.write(index, table.toByteArray());
    String name = index.getFileName().toString();
    Files.write(index.resolveSibling(name.substring(0, name.length() - ".index".length()) + ".data-00000-of-00001"),
        data);
  }

  /** Adds a block, and returns where it is. */
  private static byte[] handle(ByteArrayOutputStream table, byte[] block) {
    var handle = new ByteArrayOutputStream();
    ProtobufWriter.varint(handle, table.size());
    ProtobufWriter.varint(handle, block.length);
    table.writeBytes(block);
    table.writeBytes(new byte[5]);
    return handle.toByteArray();
  }

  private static byte[] block(TreeMap<String, byte[]> entries) {
    var block = new ByteArrayOutputStream();
    byte[] before = {};
    for (var entry : entries.entrySet()) {
      byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
      int shared = 0;
      while (shared < Math.min(key.length, before.length) && key[shared] == before[shared]) {
        shared++;
      }
      ProtobufWriter.varint(block, shared);
      ProtobufWriter.varint(block, key.length - shared);
      ProtobufWriter.varint(block, entry.getValue().length);
      block.write(key, shared, key.length - shared);
      block.writeBytes(entry.getValue());
      before = key;
    }
    block.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0).putInt(1).array());
    return block.toByteArray();
  }
}
