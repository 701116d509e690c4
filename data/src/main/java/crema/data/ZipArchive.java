package crema.data;

import crema.base.NameList;
import crema.base.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A zip archive of data files, which are read where they are: nothing is unpacked. {@code offers.zip!/2026/may.csv} names
 * one of them, {@code offers.zip!/*.csv} several, and the archive of a single file needs no more than its own name.
 *
 * <p>An archive is not trusted: one with a name that leads out of it is refused, and a file ends with an error where its
 * checksum is wrong, where it is cut off, and where it goes on far beyond what data of its size can be.
 *
 * <p>Formats that are archives themselves read their parts through this class too.
 */
public final class ZipArchive {
  /** Stands between the name of a file and that of a part of it. */
  static final String SEPARATOR = "!/";

  private static final String EXTENSION = ".zip";
  /** What programs put beside the files of their users. */
  private static final Pattern BYCATCH =
      Pattern.compile("__MACOSX/.*|(?:.*/)?(?:\\.DS_Store|Thumbs\\.db|desktop\\.ini)");
  /** Names that lead out of a folder in which they are unpacked, on some system. */
  private static final Pattern OUTSIDE = Pattern.compile("[/\\\\].*|[A-Za-z]:.*|(?:.*[/\\\\])?\\.\\.(?:[/\\\\].*)?",
      Pattern.DOTALL);

  private final Path path;
  private final String name;

  /** An archive that is called by its path. */
  ZipArchive(Path path) {
    this(path, path.toString());
  }

  /**
   * An archive.
   *
   * @param name what it is called in messages
   */
  public ZipArchive(Path path, String name) {
    this.path = path;
    this.name = name;
  }

  /**
   * A name with an archive in it.
   *
   * @param entry the name of a file in the archive, or a pattern; null if there is none
   */
  record Named(ZipArchive archive, @Nullable String entry) {
    /** Whether it may mean several files. */
    boolean isPattern() {
      return entry != null && (entry.indexOf('*') >= 0 || entry.indexOf('?') >= 0);
    }
  }

  /** What a name means in which there is an archive; null if there is none. */
  static @Nullable Named find(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    // Paths of Windows have their own separator, also where it is an archive's.
    int end = lower.replace('\\', '/').indexOf(EXTENSION + SEPARATOR);
    if (end >= 0) {
      int begin = end + EXTENSION.length() + SEPARATOR.length();
      return new Named(new ZipArchive(Path.of(name.substring(0, end + EXTENSION.length()))),
          name.substring(begin).replace('\\', '/'));
    }
    return lower.endsWith(EXTENSION) && Files.isRegularFile(Path.of(name))
        ? new Named(new ZipArchive(Path.of(name)), null) : null;
  }

  /** The name of a file in the archive, as it is given and told. */
  String nameOf(String entry) {
    return name + SEPARATOR + entry;
  }

  /**
   * The only file.
   *
   * @throws DataException if there are none or several
   */
  String single() {
    List<String> files = files();
    if (files.size() == 1) {
      return files.getFirst();
    }
    throw new DataException(files.isEmpty() ? name + " has no files"
        : name + " has " + files.size() + " files: name one, as in " + nameOf(files.getFirst())
            + ", or several, as in " + nameOf("*" + files.getFirst().replaceFirst(".*(\\.[^.]*)$", "$1")));
  }

  /**
   * The files whose names match a pattern, in the order of their names: {@code *} stands for any characters but a slash,
   * {@code **} for any, and {@code ?} for one.
   *
   * @throws DataException if there are none
   */
  List<String> matching(String pattern) {
    var regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      boolean isDouble = c == '*' && i + 1 < pattern.length() && pattern.charAt(i + 1) == '*';
      regex.append(isDouble ? ".*" : c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
      i += isDouble ? 1 : 0;
    }
    Pattern wanted = Pattern.compile(regex.toString(), Pattern.DOTALL);
    List<String> files = files();
    List<String> matching = files.stream().filter(file -> wanted.matcher(file).matches()).sorted().toList();
    if (matching.isEmpty()) {
      throw new DataException(name + " has no file that matches '" + pattern + "'. It has: " + NameList.of(files));
    }
    return matching;
  }

  /**
   * Fails unless there is a file of a name.
   *
   * @throws DataException with the names that there are
   */
  void require(String entry) {
    List<String> files = files();
    if (!files.contains(entry)) {
      String suggestion = NearestName.suggestion(entry, files);
      throw new DataException(name + " has no file '" + entry + "'" + (suggestion.isEmpty() ? "." : suggestion)
          + (files.isEmpty() ? "" : " It has: " + NameList.of(files)));
    }
  }

  /**
   * The names of the files, in the order of the archive.
   *
   * @throws DataException if it cannot be read, or has a name that leads out of it
   */
  public List<String> files() {
    try (ZipFile zip = open()) {
      List<String> names = zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName)
          .filter(file -> !BYCATCH.matcher(file).matches()).toList();
      names.stream().filter(file -> OUTSIDE.matcher(file).matches()).findFirst().ifPresent(outside -> {
        throw new DataException(name + " has a file whose name leads out of the archive, '" + outside
            + "': it is not to be trusted, and is not read");
      });
      return names;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private ZipFile open() throws IOException {
    DataFile.requireFile(path);
    return new ZipFile(path.toFile());
  }

  private DataException unreadable(IOException e) {
    return new DataException(name + (e instanceof ZipException
        ? " is no zip archive that can be read: it is truncated or damaged, copy it again (" + e.getMessage() + ")"
        : ": cannot be read: " + e.getMessage()), e);
  }

  /**
   * Opens a file.
   *
   * @throws DataException if the archive cannot be read, or has no such file
   */
  public InputStream open(String file) throws IOException {
    require(file);
    ZipFile zip;
    try {
      zip = open();
    } catch (ZipException e) {
      throw unreadable(e);
    }
    try {
      ZipEntry entry = Objects.requireNonNull(zip.getEntry(file));
      return new Entry(zip, entry, Math.min(entry.getCompressedSize(), Files.size(path)), nameOf(file));
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  /** The bytes of a file, which are counted and checked. */
  private static final class Entry extends BoundedInflation {
    private final ZipFile zip;
    private final ZipEntry entry;
    private final CRC32 checksum = new CRC32();

    Entry(ZipFile zip, ZipEntry entry, long stored, String name) throws IOException {
      super(zip.getInputStream(entry), stored, name);
      this.zip = zip;
      this.entry = entry;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      if (read > 0) {
        checksum.update(target, offset, read);
      } else if (read < 0 && (count() != entry.getSize() || checksum.getValue() != entry.getCrc())) {
        throw new IOException("it is not what was put into the archive (its checksum is wrong); copy that again");
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      zip.close();
    }
  }
}
