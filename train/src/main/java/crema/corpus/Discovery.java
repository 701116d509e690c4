package crema.corpus;

import crema.base.UserError;
import crema.data.DataFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Explores a file whose content is not known: an archive with its members, JSON, or a table. All is read as a stream once,
 * and memory is bounded for any number of rows, fields and values.
 */
public final class Discovery {
  private static final int MOST_LABELS = 100;

  /** Watches. */
  @FunctionalInterface
  public interface Progress {
    /** So many bytes of the file are read. */
    void read(long done, long all);
  }

  /**
   * What to look for.
   *
   * @param label the field that holds the label; null to choose one by its name
   * @param rows how many rows of each member to read; 0 for all
   * @param languageEvery the language of every so many rows is detected, where no field says it; 0 for none
   */
  public record Options(@Nullable String label, long rows, int languageEvery) {
    /** Whether so many rows of a member are all that are to be read. */
    boolean isEnough(long read) {
      return rows > 0 && read >= rows;
    }
  }

  /**
   * A file in an archive, or the file itself.
   *
   * @param bytes its size as it is stored
   * @param schema the name of what its rows are, or why it was not read
   * @param rows how many were read
   */
  public record Member(String name, long bytes, String schema, long rows) {}

  private final Path file;
  private final Options options;
  private final Progress progress;
  private final List<Member> members = new ArrayList<>();
  private final Map<String, SchemaCounts> schemas = new LinkedHashMap<>();
  private final RowTally tally;

  private Discovery(Path file, Options options, Progress progress) {
    this.file = file;
    this.options = options;
    this.progress = progress;
    tally = new RowTally(options.languageEvery);
  }

  /**
   * Explores a file.
   *
   * @throws UserError if it cannot be read
   */
  public static Discovery of(Path file, Options options, Progress progress) throws IOException {
    var discovery = new Discovery(file, options, progress);
    try (RowTally _ = discovery.tally) {
      discovery.read();
    }
    return discovery;
  }

  private void read() throws IOException {
    if (!isZip()) {
      try (InputStream in = DataFile.of(file).openBytes()) {
        read(plainName(file.toString()), file.toString(), Files.size(file), in);
      }
      progress.read(1, 1);
      return;
    }
    try (DataArchive archive = DataArchive.open(file)) {
      long all = archive.members().stream().mapToLong(DataArchive.Member::size).sum();
      long done = 0;
      // Tables first: one of them may give classes to the rows of the others.
      for (DataArchive.Member member : archive.members(DataArchive.Member::isTable)) {
        readMember(archive, member);
        done += member.size();
      }
      tally.label(classes(archive));
      for (DataArchive.Member member : archive.members(each -> !each.isTable())) {
        if (member.isJson()) {
          readMember(archive, member);
        } else {
          members.add(new Member(member.name(), member.size(), "not read: no JSON and no table", 0));
        }
        done += member.size();
        progress.read(done, all);
      }
    }
  }

  private boolean isZip() throws IOException {
    DataFile.requireFile(file);
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(4), new byte[] {'P', 'K', 3, 4})
          && !file.toString().toLowerCase(Locale.ROOT).endsWith(".xlsx");
    }
  }

  private static String plainName(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zst)$", "");
  }

  /** The table of clusters, if there is one, with the classes that it was found to have. */
  private @Nullable ClusterClasses classes(DataArchive archive) throws IOException {
    Optional<ClusterTable> table = ClusterTable.lookFor(archive, null);
    if (table.isEmpty()) {
      return null;
    }
    List<String> names = schemas.values().stream().filter(schema -> schema.fields().size() == 2)
        .map(schema -> List.copyOf(schema.fields().values()).getLast().values())
        .filter(values -> values.others() == 0 && values.distinct() <= MOST_LABELS)
        .findFirst().map(values -> values.top(MOST_LABELS).stream().map(TopCounts.Entry::value).toList())
        .orElse(LspcClasses.SIX);
    try {
      return table.get().read(names);
    } catch (UserError e) {
      // A table of something else.
      return null;
    }
  }

  private void readMember(DataArchive archive, DataArchive.Member member) throws IOException {
    try (InputStream in = archive.open(member)) {
      read(member.plainName(), member.name(), member.size(), in);
    } catch (IOException e) {
      members.add(new Member(member.name(), member.size(), "damaged: "
          + (e.getMessage() == null ? "it ends too early" : e.getMessage()), 0));
    }
  }

  private void read(String plainName, String name, long size, InputStream stored) throws IOException {
    var in = new BufferedInputStream(stored, 1 << 16);
    in.mark(1 << 12);
    String head = new String(in.readNBytes(1 << 11), StandardCharsets.UTF_8).stripLeading();
    in.reset();
    boolean isTable = plainName.endsWith(".tsv") || plainName.endsWith(".csv") || plainName.endsWith(".txt");
    SchemaCounts schema;
    long before;
    if (!isTable && (head.startsWith("{") || head.startsWith("["))) {
      schema = schemas.computeIfAbsent("JSON", SchemaCounts::new);
      before = schema.rows();
      var json = new JsonDiscovery(options, schema, tally);
      if (head.startsWith("[")) {
        json.array(in);
      } else {
        json.lines(in);
      }
    } else {
      int end = head.indexOf('\n');
      var form = TableDiscovery.Form.of((end < 0 ? head : head.substring(0, end)).stripTrailing(),
          plainName.endsWith(".tsv"));
      schema = schemas.computeIfAbsent(form.describe(), SchemaCounts::new);
      before = schema.rows();
      new TableDiscovery(options, form, schema, tally).read(in);
    }
    members.add(new Member(name, size, schema.name(), schema.rows() - before));
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** Its members; itself if it is no archive. */
  public List<Member> members() {
    return members;
  }

  /** What forms its rows have. */
  public List<SchemaCounts> schemas() {
    return List.copyOf(schemas.values());
  }

  /** Rows by label: that of a field, or the class of their cluster by a table of the archive. */
  public TopCounts labels() {
    return tally.labels();
  }

  /** Where labels come from, or null if there are none. */
  public @Nullable String labelSource() {
    return tally.labelField() != null ? "the field " + tally.labelField()
        : tally.labels().distinct() > 0 ? "the table of clusters, by " + DiscoveredRow.CLUSTER : null;
  }

  /** Rows by language. */
  public TopCounts languages() {
    return tally.languages();
  }

  /** Rows by label, and of each by language. */
  public Map<String, TopCounts> languagesByLabel() {
    return tally.languagesByLabel();
  }

  /** Of how many rows the language was detected, as no field says it. */
  public long detected() {
    return tally.detected();
  }
}
