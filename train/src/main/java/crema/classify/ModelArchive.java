package crema.classify;

import crema.base.AtomicFile;
import crema.base.ByteSource;
import crema.base.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A model in one file: a zip archive whose entries are stored as they are, so that weights can be used where they lie.
 *
 * <p>An archive is untrusted. Nothing is unpacked; all that its directory says is checked against the file's own length
 * before anything is read, an entry's checksum when the entry is. Archives end below 4 GiB and have at most 65,535
 * entries (no ZIP64), and no comment.
 */
public final class ModelArchive implements AutoCloseable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int LOCAL_MARK = 0x04034b50;
  private static final int CENTRAL_MARK = 0x02014b50;
  private static final int END_MARK = 0x06054b50;
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int END_BYTES = 22;
  /** The flag of an encrypted entry, and that of an entry whose size follows it. */
  private static final int UNREADABLE_FLAGS = 1 | 1 << 3;

  /** How a model of fastText's own program begins. */
  private static final int FASTTEXT_MARK = 793_712_314;

  private static final int CHUNK = 1 << 20;

  private final String name;
  private final Arena arena;
  private final MemorySegment zip;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Where an entry is and what it must sum up to. */
  private record Entry(long offset, long size, int checksum) {}

  private ModelArchive(String name, Arena arena, MemorySegment zip) {
    this.name = name;
    this.arena = arena;
    this.zip = zip;
  }

  /**
   * Opens an archive. Until it is {@linkplain #close closed} it is mapped into memory.
   *
   * @throws UserError when it is not an archive of a model or is damaged
   */
  public static ModelArchive open(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return open(file.toString(), arena, ByteSource.of(file).map(arena));
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Reads an archive into memory outside of the heap, until it is {@linkplain #close closed}.
   *
   * @param name for messages
   * @param in is read to its end
   * @throws UserError when it is not an archive of a model or is damaged
   */
  public static ModelArchive read(String name, InputStream in) throws IOException {
    var chunk = new byte[CHUNK];
    Arena arena = Arena.ofShared();
    try {
      MemorySegment bytes = arena.allocate(CHUNK);
      long size = 0;
      for (int count = in.readNBytes(chunk, 0, CHUNK); count > 0; count = in.readNBytes(chunk, 0, CHUNK)) {
        if (size + count > bytes.byteSize()) {
          Arena larger = Arena.ofShared();
          MemorySegment grown = larger.allocate(2 * bytes.byteSize()).copyFrom(bytes);
          arena.close();
          arena = larger;
          bytes = grown;
        }
        MemorySegment.copy(chunk, 0, bytes, ValueLayout.JAVA_BYTE, size, count);
        size += count;
      }
      return open(name, arena, bytes.asSlice(0, size));
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Checks an archive, which closes the arena from now on. */
  private static ModelArchive open(String name, Arena arena, MemorySegment zip) {
    var archive = new ModelArchive(name, arena, zip);
    archive.readDirectory();
    return archive;
  }

  private UserError damaged(String what) {
    return new UserError(name + " is not the archive of a model, or not whole: " + what
        + "; copy it again, or write it with: crema pack MODEL");
  }

  private void readDirectory() {
    if (zip.byteSize() >= Integer.BYTES && zip.get(INT, 0) == FASTTEXT_MARK) {
      throw new UserError(name + " is a model of fastText's own: use it with crema fasttext, for instance: "
          + "crema fasttext predict " + name + " -");
    }
    if (zip.byteSize() < Integer.BYTES || zip.get(INT, 0) != LOCAL_MARK) {
      throw new UserError(
          name + " is a file, but not the archive of a model: give the directory of a trained model, or "
              + "what crema pack wrote");
    }
    long end = zip.byteSize() - END_BYTES;
    if (end < 0 || zip.get(INT, end) != END_MARK) {
      throw damaged("it does not end as one");
    }
    int count = unsigned(end + 10);
    long size = Integer.toUnsignedLong(zip.get(INT, end + 12));
    long start = Integer.toUnsignedLong(zip.get(INT, end + 16));
    if (start + size != end || size < (long) count * CENTRAL_BYTES) {
      throw damaged("its directory is not where it should be");
    }
    long at = start;
    // Each entry begins after the one before it: none can be in two places.
    long free = 0;
    for (int i = 0; i < count; i++) {
      if (at + CENTRAL_BYTES > end || zip.get(INT, at) != CENTRAL_MARK) {
        throw damaged("its directory is damaged");
      }
      int nameBytes = unsigned(at + 28);
      long next = at + CENTRAL_BYTES + nameBytes + unsigned(at + 30) + unsigned(at + 32);
      if (next > end) {
        throw damaged("its directory is damaged");
      }
      String entry = entryName(at + CENTRAL_BYTES, nameBytes);
      long bytes = Integer.toUnsignedLong(zip.get(INT, at + 24));
      if (unsigned(at + 10) != 0 || (unsigned(at + 8) & UNREADABLE_FLAGS) != 0
          || bytes != Integer.toUnsignedLong(zip.get(INT, at + 20))) {
        throw damaged(entry + " is compressed or encrypted, and entries must be stored as they are");
      }
      long local = Integer.toUnsignedLong(zip.get(INT, at + 42));
      long data = data(entry, local, nameBytes);
      if (local < free || data + bytes > start) {
        throw damaged(entry + " is said to be where it cannot be");
      }
      free = data + bytes;
      if (entry.endsWith("/")) {
        if (bytes != 0) {
          throw damaged("the folder " + entry + " has bytes");
        }
      } else if (entries.put(entry, new Entry(data, bytes, zip.get(INT, at + 16))) != null) {
        throw damaged(entry + " is in it twice");
      }
      at = next;
    }
    if (at != end) {
      throw damaged("its directory is damaged");
    }
  }

  /** Where the bytes of an entry begin, after its own header. */
  private long data(String entry, long local, int nameBytes) {
    if (local + LOCAL_BYTES + nameBytes > zip.byteSize() || zip.get(INT, local) != LOCAL_MARK
        || unsigned(local + 26) != nameBytes || !entryName(local + LOCAL_BYTES, nameBytes).equals(entry)) {
      throw damaged(entry + " is said to be where it is not");
    }
    return local + LOCAL_BYTES + nameBytes + unsigned(local + 28);
  }

  /** A name that stays below the archive, wherever that is unpacked. */
  private String entryName(long at, int bytes) {
    String entry;
    try {
      entry = StandardCharsets.UTF_8.newDecoder().decode(zip.asSlice(at, bytes).asByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw damaged("a name in it is not UTF-8");
    }
    List<String> parts = List.of((entry.endsWith("/") ? entry.substring(0, entry.length() - 1) : entry).split("/", -1));
    boolean escapes = entry.chars().anyMatch(c -> c == '\\' || c == ':' || Character.isISOControl(c))
        || parts.stream().anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    if (escapes) {
      throw damaged("it has an entry of the name '" + entry.replaceAll("\\p{Cntrl}", "?") + "'");
    }
    return entry;
  }

  private int unsigned(long at) {
    return Short.toUnsignedInt(zip.get(SHORT, at));
  }

  /** The model. */
  public ModelSource root() {
    return new Folder(this, "");
  }

  /** Releases the memory; what was read from the archive must not be used any more. */
  @Override
  public void close() {
    arena.close();
  }

  /**
   * A folder of an archive.
   *
   * @param prefix of the names of its entries, empty or ending with a slash
   */
  record Folder(ModelArchive archive, String prefix) implements ModelSource {
    @Override
    public String name() {
      return prefix.isEmpty() ? archive.name : archive.name + "!/" + prefix.substring(0, prefix.length() - 1);
    }

    @Override
    public boolean holds(String file) {
      String entry = prefix + file;
      return archive.entries.containsKey(entry)
          || archive.entries.keySet().stream().anyMatch(each -> each.startsWith(entry + "/"));
    }

    @Override
    public ByteSource bytes(String file) {
      String full = archive.name + "!/" + prefix + file;
      Entry entry = archive.entries.get(prefix + file);
      if (entry == null) {
        throw ModelSource.missing(full);
      }
      MemorySegment bytes = archive.zip.asSlice(entry.offset, entry.size);
      var checksum = new CRC32();
      for (long at = 0; at < entry.size; at += CHUNK) {
        checksum.update(bytes.asSlice(at, Math.min(CHUNK, entry.size - at)).asByteBuffer());
      }
      if ((int) checksum.getValue() != entry.checksum) {
        throw new UserError(full + " is damaged: its checksum is wrong; copy the archive again");
      }
      return ByteSource.of(full, bytes);
    }

    @Override
    public List<String> files() {
      return archive.entries.keySet().stream().filter(entry -> entry.startsWith(prefix))
          .map(entry -> entry.substring(prefix.length())).sorted().toList();
    }

    @Override
    public ModelSource outer() {
      int end = prefix.lastIndexOf('/', prefix.length() - 2);
      return new Folder(archive, prefix.substring(0, end + 1));
    }

    @Override
    public ModelSource folder(String folder) {
      return new Folder(archive, prefix + folder + "/");
    }
  }

  /**
   * Writes the model of a directory to an archive: what prediction, evaluation and {@code crema info} need. The same
   * model gives the same bytes.
   *
   * @param directory a whole model
   * @param file created or replaced
   * @throws UserError when there is no whole model, or it is too large
   */
  public static void write(ModelDirectory directory, Path file) throws IOException {
    Map<String, Path> files = files(directory, "");
    AtomicFile.write(file, channel -> {
      var zip = new StoredZip(Channels.newOutputStream(channel), file.toString());
      for (var entry : files.entrySet()) {
        zip.add(entry.getKey(), entry.getValue());
      }
      zip.finish();
    });
  }

  private static Map<String, Path> files(ModelDirectory directory, String prefix) throws IOException {
    var files = new LinkedHashMap<String, Path>();
    for (String name : new String[] {ModelSource.CONFIG, ModelSource.LABELS, ModelSource.TARGET, ModelSource.PROVENANCE,
        ModelSource.TRAINING, ModelSource.METRICS}) {
      if (directory.holds(name)) {
        files.put(prefix + name, directory.file(name));
      }
    }
    ModelFamily family = ModelFamily.of(directory);
    for (String name : family.files()) {
      addTree(directory.file(name), prefix + name, files);
    }
    for (String name : family.optionalFiles()) {
      if (directory.holds(name)) {
        addTree(directory.file(name), prefix + name, files);
      }
    }
    return files;
  }

  private static void addTree(Path path, String name, Map<String, Path> files) throws IOException {
    if (!Files.isDirectory(path)) {
      files.put(name, path);
      return;
    }
    var directory = new ModelDirectory(path);
    // A pretrained encoder has a config.json too.
    if (directory.holdsModel() && directory.holds(ModelSource.LABELS)) {
      files.putAll(files(directory, name + "/"));
      return;
    }
    try (var children = Files.list(path)) {
      for (Path child : children.sorted().toList()) {
        addTree(child, name + "/" + child.getFileName(), files);
      }
    }
  }
}
