package crema.data;

import com.github.luben.zstd.ZstdInputStream;
import crema.base.NameList;
import crema.base.OptionalLibrary;
import crema.base.Sha256;
import crema.base.UserError;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of data, plain or compressed with gzip or Zstandard, or in a zip archive.
 *
 * <p>{@code offers.zip!/may.csv} names a file in an archive, and {@code offers.xlsx!/May} a part of a file whose format has
 * {@linkplain FileFormat#hasParts parts}. Its first bytes say how it is compressed, whatever it is called; but a name that ends in {@code .gz} or
 * {@code .zst} promises, and a file that breaks the promise is refused.
 */
public final class DataFile {
  private static final int BUFFER = 1 << 16;
  private static final int HEAD = 64;
  /** How a file begins that Git LFS keeps elsewhere. */
  private static final String POINTER = "version https://git-lfs.github.com/spec/";
  private static final Pattern ADDRESS = Pattern.compile("[a-z][a-z0-9+]+:/");
  private static final int[] GZIP = {0x1f, 0x8b};
  private static final int[] XZ = {0xfd, '7', 'z', 'X', 'Z', 0};
  private static final int[] ZSTD = {0x28, 0xb5, 0x2f, 0xfd};
  private static final int[] PARQUET = {'P', 'A', 'R', '1'};
  private static final int[] ZIP = {'P', 'K', 3, 4};
  /** Extensions of workbooks of Excel. */
  private static final Pattern WORKBOOK = Pattern.compile("xlsx|xlsm");
  private static final Charset UTF_32BE = Charset.forName("UTF-32BE");
  private static final Charset UTF_32LE = Charset.forName("UTF-32LE");

  private final String name;
  private final Opener opener;
  private final @Nullable Charset encoding;
  private final Place place;
  /** The file on disk that has the bytes as they are stored, and no others; null where there is none. */
  private final @Nullable Path path;
  private final @Nullable String part;

  /** Apart, as the class that has it is verified with the library, which may not be there. */
  private static final class Zstandard {
    static InputStream decompressed(InputStream stored) throws IOException {
      return new ZstdInputStream(stored);
    }
  }

  /** Opens the bytes as they are stored. */
  @FunctionalInterface
  private interface Opener {
    InputStream open() throws IOException;
  }

  /** Where else than in a plain file the bytes are. */
  private enum Place {
    /** They can be read again. */
    REPEATABLE,
    /** They come once, as those of a pipe. */
    ONCE
  }

  private DataFile(String name, Opener opener, @Nullable Charset encoding, Place place, @Nullable Path path,
      @Nullable String part) {
    this.name = name;
    this.opener = opener;
    this.encoding = encoding;
    this.place = place;
    this.path = path;
    this.part = part;
  }

  /** A file on disk, its text in UTF-8, or in UTF-16 or UTF-32 if a byte order mark says so. */
  public static DataFile of(Path path) {
    return of(path, null);
  }

  /**
   * A file on disk.
   *
   * @param encoding of its text; null for UTF-8, or UTF-16 or UTF-32 if a byte order mark says so
   */
  public static DataFile of(Path path, @Nullable Charset encoding) {
    ZipArchive.Named named = ZipArchive.find(path.toString());
    if (named != null && !Files.exists(path) || named != null && named.entry() == null) {
      ZipArchive archive = named.archive();
      String entry = named.entry() == null ? archive.single() : named.isPattern() ? one(named) : named.entry();
      int part = partOf(entry);
      String file = part < 0 ? entry : entry.substring(0, part);
      return new DataFile(archive.nameOf(entry), () -> archive.open(file), encoding, Place.REPEATABLE, null,
          part < 0 ? null : entry.substring(part + ZipArchive.SEPARATOR.length()));
    }
    String name = path.toString();
    int part = Files.exists(path) ? -1 : partOf(name);
    Path file = part < 0 ? path : Path.of(name.substring(0, part));
    return new DataFile(name, () -> {
      requireFile(file);
      return Files.newInputStream(file);
    }, encoding, Files.isRegularFile(file) ? Place.REPEATABLE : Place.ONCE, file,
        part < 0 ? null : name.substring(part + ZipArchive.SEPARATOR.length()));
  }

  /** Bytes that are at hand, such as those that a stream begins with. */
  public static DataFile of(String name, byte[] bytes) {
    byte[] own = bytes.clone();
    return new DataFile(name, () -> new ByteArrayInputStream(own), null, Place.REPEATABLE, null, null);
  }

  /** Whether bytes begin something that is no text as it stands: compressed, or in a format that is read whole. */
  public static boolean isStored(byte[] head) {
    return startsWith(head, GZIP) || startsWith(head, ZSTD) || startsWith(head, XZ) || isBzip2(head)
        || startsWith(head, PARQUET) || startsWith(head, ZIP);
  }

  /** Where in a name that of a part begins, of a file whose format has parts; -1 if it names none. */
  private static int partOf(String name) {
    int end = name.replace('\\', '/').indexOf(ZipArchive.SEPARATOR);
    if (end < 0) {
      return -1;
    }
    String extension = name.substring(name.lastIndexOf('.', end) + 1, end).toLowerCase(Locale.ROOT);
    boolean hasParts = WORKBOOK.matcher(extension).matches()
        || FileFormat.all().stream().anyMatch(format -> format.hasParts() && format.extensions().contains(extension));
    return hasParts ? end : -1;
  }

  private static String one(ZipArchive.Named pattern) {
    List<String> matching = pattern.archive().matching(String.valueOf(pattern.entry()));
    if (matching.size() > 1) {
      throw new DataException(pattern.archive().nameOf(String.valueOf(pattern.entry())) + " means " + matching.size()
          + " files, where one is expected: " + NameList.of(matching));
    }
    return matching.getFirst();
  }

  /**
   * The files that a name means, by their names: a pattern within a zip archive, such as {@code offers.zip!/*.csv}, all that
   * match it, in the order of their names, and everything else itself.
   *
   * @throws DataException if the archive cannot be read, or has none
   */
  public static List<String> matching(String name) {
    ZipArchive.Named named = ZipArchive.find(name);
    return named == null || !named.isPattern() ? List.of(name)
        : named.archive().matching(String.valueOf(named.entry())).stream().map(named.archive()::nameOf).toList();
  }

  /**
   * Everything that a pipe or a device has to say, kept in a file that is deleted when the program ends: what is to be
   * looked at before it is read must be read twice.
   *
   * @param encoding as in {@link #of(Path, Charset)}
   * @throws DataException if it cannot be read
   */
  public static DataFile spooled(Path path, @Nullable Charset encoding) {
    requireFile(path);
    try (InputStream in = Files.newInputStream(path)) {
      return spooled(path.toString(), in, encoding);
    } catch (IOException e) {
      throw new DataException(path + ": cannot be read: " + reason(e), e);
    }
  }

  /**
   * Everything that a stream has to say, kept likewise.
   *
   * @param name for messages
   * @param encoding as in {@link #of(Path, Charset)}
   * @throws DataException if it cannot be read
   */
  public static DataFile spooled(String name, InputStream in, @Nullable Charset encoding) {
    try {
      Path spool = Files.createTempFile("crema-", ".spool");
      spool.toFile().deleteOnExit();
      Files.copy(in, spool, StandardCopyOption.REPLACE_EXISTING);
      return new DataFile(name, () -> Files.newInputStream(spool), encoding, Place.REPEATABLE, spool,
          null);
    } catch (IOException e) {
      throw new DataException(name + ": cannot be read: " + reason(e), e);
    }
  }

  /** The same file, its text in another encoding. */
  public DataFile withEncoding(@Nullable Charset other) {
    return new DataFile(name, opener, other, place, path, part);
  }

  /** The part of the file that is meant, such as a sheet of a workbook; null for the first, or the whole. */
  public @Nullable String part() {
    return part;
  }

  /**
   * Fails unless there is such a file, so that a wrong name is told before anything is read.
   *
   * @throws DataException where there is nothing, or a directory
   */
  public static void requireFile(Path path) {
    if (path.toString().isEmpty()) {
      throw new DataException("the name of a file is empty: name one");
    }
    ZipArchive.Named named = Files.exists(path) ? null : ZipArchive.find(path.toString());
    if (named != null && named.entry() != null && !named.isPattern()) {
      int part = partOf(named.entry());
      named.archive().require(part < 0 ? named.entry() : named.entry().substring(0, part));
      return;
    }
    int part = Files.exists(path) ? -1 : partOf(path.toString());
    if (part >= 0) {
      requireFile(Path.of(path.toString().substring(0, part)));
      return;
    }
    if (Files.isDirectory(path)) {
      throw new DataException(path + " is a directory, not a file" + firstFile(path));
    }
    if (!Files.exists(path)) {
      throw new DataException(ADDRESS.matcher(path.toString()).lookingAt()
          ? path + " is an address, not a file: download it first"
          : path.toString().equals("-") ? "- is the standard input, which can be read only once: write it to a file"
              : path + " does not exist");
    }
  }

  /** What to name in place of a directory; empty if it has no file. */
  private static String firstFile(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().findFirst()
          .map(file -> ": name its files, with commas between them, such as " + file).orElse("");
    } catch (IOException e) {
      // The directory itself is what is wrong.
      return "";
    }
  }

  /** A resource that lies next to a class on the class path. */
  static DataFile resource(Class<?> owner, String path) {
    return new DataFile(path, () -> {
      var stream = owner.getResourceAsStream(path);
      if (stream == null) {
        throw new DataException("the resource " + path + " is missing from this build");
      }
      return stream;
    }, null, Place.REPEATABLE, null, null);
  }

  /** Whether it can be read more than once, as a pipe cannot. */
  public boolean isRepeatable() {
    return place == Place.REPEATABLE;
  }

  /** The name for messages. */
  public String name() {
    return name;
  }

  /** The name in lower case without a part and a suffix for compression, from which the format is detected. */
  public String plainName() {
    String whole =
        part == null ? name : name.substring(0, name.length() - part.length() - ZipArchive.SEPARATOR.length());
    var lower = whole.toLowerCase(Locale.ROOT);
    for (var suffix : new String[] {".gz", ".zst"}) {
      if (lower.endsWith(suffix)) {
        return lower.substring(0, lower.length() - suffix.length());
      }
    }
    return lower;
  }

  /**
   * Opens the bytes, decompressed.
   *
   * @throws DataException if the file is missing, a directory, empty, or not compressed as its name says
   */
  public InputStream openBytes() {
    @Nullable InputStream stored = null;
    try {
      stored = new BufferedInputStream(opener.open(), BUFFER);
      return decompressed(stored);
    } catch (IOException e) {
      closeAfter(e, stored);
      throw unreadable(e, 0);
    } catch (UserError e) {
      closeAfter(e, stored);
      throw e;
    }
  }

  /** The first bytes, decompressed and without a byte order mark; fewer than 64 if the file has no more. */
  byte[] head() {
    try (var bytes = openBytes()) {
      byte[] head = bytes.readNBytes(HEAD);
      if (startsWith(head, PARQUET) || startsWith(head, ZIP)) {
        return head;
      }
    } catch (IOException e) {
      throw unreadable(e, 0);
    }
    try (var text = open()) {
      return text.readNBytes(HEAD);
    } catch (IOException e) {
      throw unreadable(e, 0);
    }
  }

  /**
   * Opens the text in UTF-8, decompressed and without a byte order mark. The stream supports {@code mark}.
   *
   * @throws DataException if the file is missing, a directory, empty, or not compressed as its name says
   */
  public InputStream open() {
    var text = new BufferedInputStream(openBytes(), BUFFER);
    try {
      refuseBinary(peek(text, ZIP.length));
      Charset written = encoding(text);
      return written.equals(StandardCharsets.UTF_8) ? text
          : new BufferedInputStream(new TranscodedStream(text, written), BUFFER);
    } catch (IOException e) {
      closeAfter(e, text);
      throw unreadable(e, 0);
    } catch (UserError e) {
      closeAfter(e, text);
      throw e;
    }
  }

  /**
   * Does something with the bytes, decompressed, in a plain file, for formats that are not read from the first byte to the
   * last: the file itself, or what is unpacked of it into another one, which is deleted as soon as possible.
   *
   * @throws DataException as {@link #openBytes}
   */
  public PlainFile openPlain() {
    try (InputStream stored = openBytes()) {
      if (path != null && Files.isRegularFile(path) && !isCompressed(path)) {
        return new PlainFile(path, false);
      }
      Path spool = Files.createTempFile("crema-", ".spool");
      spool.toFile().deleteOnExit();
      try {
        Files.copy(stored, spool, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(spool);
        throw e;
      }
      return new PlainFile(spool, true);
    } catch (IOException e) {
      throw unreadable(e, 0);
    }
  }

  /**
   * The SHA-256 of the file as it is stored, in hexadecimal: what {@code sha256sum} prints.
   *
   * @throws DataException if the file cannot be read
   */
  public String sha256() {
    try (var stored = opener.open()) {
      return new Sha256().add(stored).hex();
    } catch (IOException e) {
      throw unreadable(e, 0);
    }
  }

  /** The exception for a failure to read on after some lines. */
  DataException unreadable(IOException e, long linesRead) {
    var where = linesRead == 0 ? name : name + ", after line " + linesRead;
    if (e instanceof EOFException || String.valueOf(e.getMessage()).contains("Truncated")) {
      return new DataException(where + ": the compressed file ends too early; it is truncated, copy it again", e);
    }
    return new DataException(where + ": cannot be read: " + reason(e), e);
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Whether the digits of pi stand where a block begins: titles may begin as the file does. */
  private static boolean isBzip2(byte[] head) {
    return startsWith(head, 'B', 'Z', 'h') && head.length >= 10
        && startsWith(Arrays.copyOfRange(head, 4, 10), 0x31, 0x41, 0x59, 0x26, 0x53, 0x59);
  }

  private static boolean isCompressed(Path path) throws IOException {
    try (InputStream stored = Files.newInputStream(path)) {
      byte[] head = stored.readNBytes(ZSTD.length);
      return startsWith(head, GZIP) || startsWith(head, ZSTD);
    }
  }

  private InputStream decompressed(InputStream stored) throws IOException {
    var head = peek(stored, POINTER.length());
    if (head.length == 0) {
      throw new DataException(name + " is empty");
    }
    boolean gzip = startsWith(head, GZIP);
    boolean zstd = startsWith(head, ZSTD);
    var lower = name.toLowerCase(Locale.ROOT);
    if ((lower.endsWith(".gz") && !gzip) || (lower.endsWith(".zst") && !zstd)) {
      throw new DataException(name + " is not compressed as its name says: it starts with the bytes "
          + HexFormat.ofDelimiter(" ").formatHex(head, 0, Math.min(head.length, 4)));
    }
    refuseOther(head);
    if (gzip) {
      return new GZIPInputStream(stored, BUFFER);
    }
    if (zstd) {
      OptionalLibrary.ZSTD.require("reading " + name);
      return Zstandard.decompressed(stored);
    }
    return stored;
  }

  /** Names what people have and Crema does not read, and what to do about it. */
  private void refuseOther(byte[] head) {
    String lower = name.toLowerCase(Locale.ROOT);
    String advice = new String(head, StandardCharsets.US_ASCII).equals(POINTER)
        ? "is a pointer of Git LFS and not the file itself: get that with 'git lfs pull'"
        : startsWith(head, XZ) ? "is compressed with xz: unpack it with 'xz -dk'"
            : isBzip2(head) || startsWith(head, 'B', 'Z', 'h') && lower.endsWith(".bz2")
                ? "is compressed with bzip2: unpack it with 'bzip2 -dk'"
                : startsWith(head, 0xd0, 0xcf, 0x11, 0xe0)
                    ? "is a workbook of an old Excel, or one with a password: save it without as .xlsx, or as CSV"
                    : startsWith(head, '%', 'P', 'D', 'F') ? "is a PDF, not a table"
                        : startsWith(head, 0x80) && (lower.endsWith(".pkl") || lower.endsWith(".pickle"))
                            ? "is a pickle of Python's: write it as CSV or JSON lines" : "";
    if (!advice.isEmpty()) {
      throw new DataException(name + " " + advice);
    }
  }

  /** Names what is no text, though it may be read by another format than that of text. */
  private void refuseBinary(byte[] head) {
    if (startsWith(head, PARQUET)) {
      OptionalLibrary.PARQUET.require("reading " + name + ", a Parquet file,");
      throw new DataException(name + " is a Parquet file: give its name the extension .parquet, or say --input-format "
          + "parquet");
    }
    if (startsWith(head, ZIP)) {
      String plain = plainName();
      if (WORKBOOK.matcher(plain.substring(plain.lastIndexOf('.') + 1)).matches()) {
        OptionalLibrary.EXCEL.require("reading " + name + ", a workbook of Excel,");
      }
      throw new DataException(name + (plain.endsWith(".ods") || plain.endsWith(".xlsb")
          ? " is a spreadsheet of another format than .xlsx: save it as that, or as CSV"
          : " is a zip archive: give its name the extension .zip, or .xlsx if it is a workbook"));
    }
  }

  /** The encoding that is known, or that the file says; its byte order mark is skipped. */
  private Charset encoding(InputStream text) throws IOException {
    var head = peek(text, 4);
    if (head.length == 0) {
      throw new DataException(name + " is empty");
    }
    if (startsWith(head, 0xef, 0xbb, 0xbf)) {
      // Files that were put together, or saved by several programs, can have more than one.
      do {
        text.skipNBytes(3);
      } while (startsWith(peek(text, 3), 0xef, 0xbb, 0xbf));
      return encoding == null ? StandardCharsets.UTF_8 : encoding;
    }
    if (startsWith(head, 0xff, 0xfe, 0, 0) || startsWith(head, 0, 0, 0xfe, 0xff)) {
      text.skipNBytes(4);
      return head[0] == 0 ? UTF_32BE : UTF_32LE;
    }
    if (startsWith(head, 0xff, 0xfe) || startsWith(head, 0xfe, 0xff)) {
      text.skipNBytes(2);
      return head[0] == (byte) 0xff ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
    }
    if (encoding == null && head.length >= 2 && (head[0] == 0 || head[1] == 0)) {
      boolean isWide = head.length == 4 && (head[0] == 0 && head[1] == 0 && head[2] == 0
          || head[1] == 0 && head[2] == 0 && head[3] == 0);
      if (isWide || head[0] != head[1]) {
        throw new DataException(name + " is UTF-" + (isWide ? 32 : 16) + " without a byte order mark: read it with "
            + "--encoding UTF-" + (isWide ? 32 : 16) + (head[0] == 0 ? "BE" : "LE"));
      }
    }
    return encoding == null ? StandardCharsets.UTF_8 : encoding;
  }

  private static byte[] peek(InputStream stream, int count) throws IOException {
    stream.mark(count);
    var head = stream.readNBytes(count);
    stream.reset();
    return head;
  }

  private static boolean startsWith(byte[] head, int... expected) {
    if (head.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((head[i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static void closeAfter(Exception failure, @Nullable InputStream stream) {
    try {
      if (stream != null) {
        stream.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
