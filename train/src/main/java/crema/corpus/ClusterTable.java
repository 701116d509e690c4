package crema.corpus;

import crema.base.Fingerprint;
import crema.base.Sha256;
import crema.base.UserError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where the classes of clusters are read from: a file that is named, a member of the archive, or a file beside it. Lines are
 * a cluster, a tab and its class, with or without a header; or JSON objects with {@code cluster_id} and the class, as Web
 * Data Commons publishes them.
 */
final class ClusterTable {
  private static final List<String> BESIDE = List.of(SampleArchive.MAP, SampleArchive.MAP + ".gz");
  private static final List<String> KEYS =
      List.of("cluster_id", "predicted_CategoryLabel_majority_voted", "category", "label");

  /** More lines than these that are no entries: it is another file. */
  private static final int BAD_LINES = 1000;

  private final String name;
  private final DataArchive archive;
  private final DataArchive.@Nullable Member member;
  private final @Nullable Path file;

  private ClusterTable(String name, DataArchive archive, DataArchive.@Nullable Member member, @Nullable Path file) {
    this.name = name;
    this.archive = archive;
    this.member = member;
    this.file = file;
  }

  /**
   * Finds the table of an archive.
   *
   * @param given a file with it; null to look for it in the archive, and then beside it
   * @throws UserError if there is none
   */
  static ClusterTable find(DataArchive archive, @Nullable Path given) {
    return lookFor(archive, given)
        .orElseThrow(() -> new UserError(archive.path() + " has no table of clusters (a .tsv), "
            + "and there is no " + SampleArchive.MAP
            + " beside it: name one with --map, lines of a cluster, a tab and its class"));
  }

  /** As {@link #find}, without demanding one. */
  static Optional<ClusterTable> lookFor(DataArchive archive, @Nullable Path given) {
    if (given != null) {
      if (!Files.isRegularFile(given)) {
        throw new UserError(given + (Files.exists(given) ? " is no file" : " does not exist"));
      }
      return Optional.of(new ClusterTable(given.toString(), archive, null, given));
    }
    Optional<DataArchive.Member> inside = archive.members(member -> member.plainName().endsWith(".tsv")).stream()
        .min(Comparator.comparing(member -> !member.plainName().contains("map")));
    if (inside.isPresent()) {
      return Optional.of(new ClusterTable(archive.path() + ": " + inside.get().name(), archive, inside.get(), null));
    }
    return BESIDE.stream().map(name -> archive.path().toAbsolutePath().resolveSibling(name))
        .filter(Files::isRegularFile)
        .findFirst().map(path -> new ClusterTable(path.toString(), archive, null, path));
  }

  /** The name for messages. */
  String name() {
    return name;
  }

  /** The member of the archive that it is, or null. */
  DataArchive.@Nullable Member member() {
    return member;
  }

  /** Adds what tells this table from others. */
  void addTo(Fingerprint fingerprint) throws IOException {
    // A member is known by the archive.
    fingerprint.add(file == null ? "" : Sha256.ofFile(file));
  }

  /** Reads the table. */
  ClusterClasses read(List<String> classes) throws IOException {
    var table = new ClusterClasses(classes);
    var scanner = new ObjectScanner(KEYS);
    try (var blocks = new LineBlocks(open())) {
      var block = new LineBlocks.Block();
      long lines = 0;
      while (blocks.next(block)) {
        for (int from = 0; from < block.length();) {
          int to = ByteWords.lineFeed(block.bytes(), from, block.length());
          boolean isEntry = to > from && block.bytes()[from] == '{' ? addObject(table, scanner, block.bytes(), from, to)
              : addLine(table, block.bytes(), from, to);
          // The first line may be a header.
          if (!isEntry && lines > 0 && to > from) {
            table.addBadLine();
          }
          lines++;
          from = to + 1;
        }
        if (table.badLines() > BAD_LINES && table.badLines() > lines / 2) {
          break;
        }
      }
    } catch (IOException e) {
      throw new UserError(name + " cannot be read: " + e.getMessage(), e);
    }
    if (table.size() == 0) {
      throw new UserError(name + " has no cluster of the classes " + String.join(", ", classes)
          + (table.others().isEmpty()
              ? ": its lines must be a cluster, a tab and a class"
              : ", but of " + String.join(", ", table.others().keySet().stream().limit(10).toList())
                  + ": name some with --classes"));
    }
    return table;
  }

  private InputStream open() throws IOException {
    if (member != null) {
      return archive.open(member);
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(Objects.requireNonNull(file)), 1 << 16);
    in.mark(2);
    boolean isGzip = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return isGzip ? new GZIPInputStream(in, 1 << 16) : in;
  }

  private static boolean addLine(ClusterClasses table, byte[] bytes, int from, int to) {
    int tab = from;
    while (tab < to && bytes[tab] != '\t') {
      tab++;
    }
    long cluster = ClusterNumber.of(bytes, from, tab);
    if (tab == to || cluster == ClusterNumber.NONE) {
      return false;
    }
    int end = tab + 1;
    while (end < to && bytes[end] != '\t') {
      end++;
    }
    table.put(cluster, bytes, tab + 1, end);
    return true;
  }

  private static boolean addObject(ClusterClasses table, ObjectScanner scanner, byte[] bytes, int from, int to) {
    if (scanner.scan(bytes, from, to, () -> true) != null || scanner.kind(0) == ObjectScanner.Kind.MISSING) {
      return false;
    }
    long cluster = ClusterNumber.of(bytes, scanner.from(0), scanner.to(0));
    for (int key = 1; key < KEYS.size(); key++) {
      if (cluster != ClusterNumber.NONE && scanner.kind(key) == ObjectScanner.Kind.PLAIN) {
        table.put(cluster, bytes, scanner.from(key), scanner.to(key));
        return true;
      }
    }
    return false;
  }
}
