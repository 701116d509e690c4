package crema.corpus;

import crema.base.Fingerprint;
import crema.base.UserError;
import crema.data.BoundedInflation;
import crema.data.ZipArchive;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A zip archive of data, whose members are read as streams and never written to files of their names. Members that are
 * compressed themselves are inflated twice.
 */
final class DataArchive implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final Path path;
  private final ZipFile zip;
  private final List<Member> members;

  /**
   * A file in the archive.
   *
   * @param size in the archive, in bytes
   */
  record Member(String name, long size, ZipEntry entry) {
    /** The name in lower case without a suffix of compression. */
    String plainName() {
      String lower = name.toLowerCase(Locale.ROOT);
      return lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
    }

    boolean isJson() {
      return plainName().endsWith(".json") || plainName().endsWith(".jsonl");
    }

    boolean isTable() {
      return plainName().endsWith(".tsv") || plainName().endsWith(".csv");
    }
  }

  private DataArchive(Path path, ZipFile zip, List<Member> members) {
    this.path = path;
    this.zip = zip;
    this.members = members;
  }

  /**
   * Opens an archive.
   *
   * @throws UserError if it is none, is cut off, or has a member whose name leads out of a folder
   */
  static DataArchive open(Path path) throws IOException {
    List<String> names = new ZipArchive(path, path.toString()).files();
    var zip = new ZipFile(path.toFile());
    List<Member> members = names.stream().distinct().sorted().map(zip::getEntry)
        .map(entry -> new Member(entry.getName(), entry.getCompressedSize(), entry)).toList();
    return new DataArchive(path, zip, members);
  }

  /** All members, by their names. */
  List<Member> members() {
    return members;
  }

  /** Those of a kind. */
  List<Member> members(Predicate<Member> kind) {
    return members.stream().filter(kind).toList();
  }

  /** The archive's file. */
  Path path() {
    return path;
  }

  /** Adds what tells this archive from others: names, sizes and checksums of its members. */
  void addTo(Fingerprint fingerprint) {
    members.forEach(member -> fingerprint.add(member.name).add(member.size).add(member.entry.getCrc()));
  }

  /**
   * Reads a member, inflated.
   *
   * @throws UserError on reading, when it inflates to far more than any text does
   */
  InputStream open(Member member) throws IOException {
    InputStream stored = zip.getInputStream(member.entry);
    try {
      InputStream plain = member.name.toLowerCase(Locale.ROOT).endsWith(".gz") ? new GZIPInputStream(stored, BUFFER)
          : stored;
      return new BoundedInflation(plain, member.size, path + ": " + member.name);
    } catch (IOException e) {
      stored.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
