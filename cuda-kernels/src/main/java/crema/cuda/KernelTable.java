package crema.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * {@code kernels.tsv}: what {@code build-kernels.sh} built.
 *
 * @param rows a row for each kernel and target
 */
record KernelTable(List<Row> rows) {
  private static final int COLUMNS = 9;
  private static final int HASH_BYTES = 8;

  /**
   * A kernel as it was compiled for a target.
   *
   * @param file its file's name
   * @param target such as {@code sm_80}
   * @param entry its name
   * @param parameters types of PTX, such as {@code u64} and, for a structure, {@code b8[128]}
   * @param registers of a thread
   * @param sharedBytes static shared memory of a block
   * @param spilledBytes of registers that did not fit
   * @param sources the hash of the file and what it includes
   * @param ptx the hash of the PTX
   */
  record Row(String file, String target, String entry, List<String> parameters, int registers, int sharedBytes,
      int spilledBytes, String sources, String ptx) {}

  /** The table that ships with the kernels. */
  static KernelTable load() {
    try (InputStream resource = KernelTable.class.getResourceAsStream("kernels.tsv")) {
      if (resource == null) {
        return new KernelTable(List.of());
      }
      var rows = new ArrayList<Row>();
      new String(resource.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1)
          .forEach(line -> rows.add(row(line.split("\t", -1))));
      return new KernelTable(rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(String[] cells) {
    if (cells.length != COLUMNS) {
      throw new IllegalStateException(
          "a row of kernels.tsv has " + cells.length + " columns: " + String.join(" ", cells));
    }
    List<String> parameters = cells[3].isEmpty() ? List.of() : List.of(cells[3].split(" "));
    return new Row(cells[0], cells[1], cells[2], parameters, Integer.parseInt(cells[4]), Integer.parseInt(cells[5]),
        Integer.parseInt(cells[6]), cells[7], cells[8]);
  }

  /** The rows of a file's kernels by their names; none if the table was not written with this PTX. */
  Map<String, Row> rowsOf(String file, String target, byte[] image) {
    String hash = hash(image);
    var found = new HashMap<String, Row>();
    for (Row row : rows) {
      if (row.file.equals(file) && row.target.equals(target) && row.ptx.equals(hash)) {
        found.put(row.entry, row);
      }
    }
    return found;
  }

  /** The hash that stands in the table. */
  static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
