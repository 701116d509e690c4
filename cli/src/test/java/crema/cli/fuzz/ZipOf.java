package crema.cli.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Archives of what lies in folders, whole whatever the files hold. */
final class ZipOf {
  /** The same files make the same archive. */
  private static final LocalDateTime TIME = LocalDateTime.of(2020, 1, 1, 0, 0);

  private ZipOf() {}

  /**
   * The archive of a folder, beside it. What is called {@code .gz} there is compressed: the folder has it as it is.
   *
   * @param extension of its name
   */
  static Path folder(Path folder, String extension) throws IOException {
    return write(folder.resolveSibling(folder.getFileName() + "." + extension), Corpus.files(folder));
  }

  /** An archive of files by their names. */
  static Path write(Path archive, Map<String, byte[]> files) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.setLevel(Deflater.BEST_SPEED);
      for (var file : files.entrySet()) {
        var entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(file.getKey().endsWith(".gz") ? gzipped(file.getValue()) : file.getValue());
      }
    }
    return archive;
  }

  /** Bytes compressed with gzip. */
  static byte[] gzipped(byte[] plain) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }
}
