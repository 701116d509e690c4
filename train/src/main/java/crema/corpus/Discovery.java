package crema.corpus;

import crema.base.UserError;
import crema.base.json.Json;
import crema.data.DataFile;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Explores a file whose content is not known: an archive with its members, JSON, or a table. All is read as a stream once,
 * and memory is bounded for any number of rows, fields and values.
 */
public final class Discovery {
  private static final int MOST_DEPTH = 6;
  private static final int MOST_ELEMENTS = 20;
  private static final int MOST_LABELS = 100;
  private static final int LONGEST_NUMBER = 40;
  private static final int DETECTED_CHARACTERS = 300;
  /** Names of fields that hold labels, the likeliest first. */
  private static final List<String> LABELS = List.of("label", "labels", "category", "class", "target", "topic");
  private static final Set<String> LANGUAGES = Set.of("language", "lang", "inlanguage", "locale");
  private static final String CLUSTER = "cluster_id";

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
  public record Options(@Nullable String label, long rows, int languageEvery) {}

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
  private final Map<String, TopCounts> languagesOf = new TreeMap<>();
  private final TopCounts labels = new TopCounts();
  private final TopCounts languages = new TopCounts();
  private final ObjectScanner form = new ObjectScanner(List.of());
  /** Made for the first row whose language is to be detected. */
  private @Nullable RowLanguages detector;
  private @Nullable ClusterClasses classes;
  private @Nullable String labelField;
  private long detected;
  private long seen;

  private Discovery(Path file, Options options, Progress progress) {
    this.file = file;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Explores a file.
   *
   * @throws UserError if it cannot be read
   */
  public static Discovery of(Path file, Options options, Progress progress) throws IOException {
    var discovery = new Discovery(file, options, progress);
    try {
      discovery.read();
    } finally {
      if (discovery.detector != null) {
        discovery.detector.close();
      }
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
      classes = classes(archive);
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
      if (head.startsWith("[")) {
        array(schema, in);
      } else {
        lines(schema, in);
      }
    } else {
      int end = head.indexOf('\n');
      String first = (end < 0 ? head : head.substring(0, end)).stripTrailing();
      char separator = plainName.endsWith(".tsv") ? '\t' : separator(first);
      List<String> cells = List.of(first.split(Pattern.quote(String.valueOf(separator)), -1));
      boolean hasHeader = cells.stream().noneMatch(cell -> cell.isBlank() || cell.strip().matches("[-+.,\\d]+"))
          && cells.stream().distinct().count() == cells.size();
      schema = schemas.computeIfAbsent("table " + (hasHeader ? String.join(", ", cells)
          : "of " + cells.size() + " columns without names"), SchemaCounts::new);
      before = schema.rows();
      table(schema, in, separator, hasHeader);
    }
    members.add(new Member(name, size, schema.name(), schema.rows() - before));
  }

  private static char separator(String line) {
    char best = ',';
    long most = 0;
    for (char candidate : new char[] {',', '\t', ';', '|'}) {
      long count = line.chars().filter(c -> c == candidate).count();
      if (count > most) {
        best = candidate;
        most = count;
      }
    }
    return best;
  }

  private boolean isEnough(long rows) {
    return options.rows > 0 && rows >= options.rows;
  }

  private void lines(SchemaCounts schema, InputStream in) throws IOException {
    long rows = 0;
    // Not closed, as it is the caller's.
    var blocks = new LineBlocks(in);
    var block = new LineBlocks.Block();
    while (blocks.next(block)) {
      for (int i = 0; i < block.longLines(); i++) {
        schema.addBad();
      }
      for (int from = 0; from < block.length();) {
        int to = ByteWords.lineFeed(block.bytes(), from, block.length());
        if (to > from + 1) {
          if (isEnough(rows++)) {
            return;
          }
          line(schema, block.bytes(), from, to);
        }
        from = to + 1;
      }
    }
  }

  private void line(SchemaCounts schema, byte[] bytes, int from, int to) {
    if (form.scan(bytes, from, to, () -> true) != null) {
      // Looked at first, as what is counted of a line that breaks off cannot be taken back.
      schema.addBad();
      return;
    }
    try (JsonParser parser = Json.parser(new ByteArrayInputStream(bytes, from, to - from))) {
      var row = new RowLook();
      parser.nextToken();
      value(schema, parser, "", 0, row);
      schema.addRow();
      look(row);
    } catch (JacksonException e) {
      schema.addBad();
    }
  }

  private void array(SchemaCounts schema, InputStream in) {
    long rows = 0;
    try (JsonParser parser = Json.parser(in)) {
      parser.nextToken();
      while (parser.nextToken() != null && parser.currentToken() != JsonToken.END_ARRAY && !isEnough(rows++)) {
        var row = new RowLook();
        value(schema, parser, "", 0, row);
        schema.addRow();
        look(row);
      }
    } catch (JacksonException e) {
      schema.addBad();
    }
  }

  /** What is needed of a row beside its fields. */
  private static final class RowLook {
    private final StringBuilder text = new StringBuilder();
    private @Nullable String label;
    private int labelRank = Integer.MAX_VALUE;
    private @Nullable String language;
    private long cluster = ClusterNumber.NONE;
  }

  /** Counts the value at a parser's token, and leaves the parser at its last. */
  private void value(SchemaCounts schema, JsonParser parser, String path, int depth, RowLook row) {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        if (depth > 0) {
          schema.field(path).add(FieldCounts.Type.OBJECT);
        }
        if (depth == MOST_DEPTH) {
          parser.skipChildren();
          return;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          value(schema, parser, path.isEmpty() ? name : path + "." + name, depth + 1, row);
        }
      }
      case START_ARRAY -> {
        schema.field(path).add(FieldCounts.Type.ARRAY);
        if (depth == MOST_DEPTH) {
          parser.skipChildren();
          return;
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
          if (i < MOST_ELEMENTS) {
            value(schema, parser, path + "[]", depth + 1, row);
          } else {
            parser.skipChildren();
          }
        }
      }
      case VALUE_STRING -> scalar(schema, path, FieldCounts.Type.TEXT, parser.getString(), row);
      case VALUE_NUMBER_INT -> scalar(schema, path, FieldCounts.Type.WHOLE_NUMBER, parser.getString(), row);
      case VALUE_NUMBER_FLOAT -> scalar(schema, path, FieldCounts.Type.NUMBER, parser.getString(), row);
      case VALUE_TRUE, VALUE_FALSE -> scalar(schema, path, FieldCounts.Type.BOOLEAN, parser.getString(), row);
      case null, default -> schema.field(path).add(FieldCounts.Type.NULL, "");
    }
  }

  private void scalar(SchemaCounts schema, String path, FieldCounts.Type type, String text, RowLook row) {
    schema.field(path).add(type, text);
    String name = path.toLowerCase(Locale.ROOT);
    if (name.equals(CLUSTER)) {
      byte[] digits = text.getBytes(StandardCharsets.UTF_8);
      row.cluster = ClusterNumber.of(digits, 0, digits.length);
    } else if (LANGUAGES.contains(name)) {
      row.language = text.strip();
    }
    int rank = options.label == null ? LABELS.indexOf(name) : path.equals(options.label) ? 0 : -1;
    if (rank >= 0 && rank < row.labelRank && !text.isBlank()) {
      row.label = text.strip();
      row.labelRank = rank;
      labelField = path;
    } else if (type == FieldCounts.Type.TEXT && text.indexOf(' ') > 0 && row.text.length() < DETECTED_CHARACTERS) {
      row.text.append(text).append(' ');
    }
  }

  /** Counts a row by its label and language. */
  private void look(RowLook row) {
    String label = row.label;
    if (label == null && classes != null && row.cluster != ClusterNumber.NONE) {
      int place = classes.place(row.cluster);
      label = place < 0 ? null : classes.classes().get(classes.label(place));
    }
    if (label != null) {
      labels.add(label);
    }
    String language = row.language;
    if (language == null && options.languageEvery > 0 && seen % options.languageEvery == 0 && !row.text.isEmpty()) {
      if (detector == null) {
        detector = new RowLanguages();
      }
      language = detector.of(row.text.toString());
      detected++;
    }
    seen++;
    if (language != null) {
      languages.add(language);
      String key = label == null ? "(no label)" : label;
      if (languagesOf.size() < MOST_LABELS || languagesOf.containsKey(key)) {
        languagesOf.computeIfAbsent(key, _ -> new TopCounts()).add(language);
      }
    }
  }

  private void table(SchemaCounts schema, InputStream in, char separator, boolean hasHeader) throws IOException {
    try {
      Iterator<List<String>> records = separator == '\t' ? plainRecords(in) : quotedRecords(in, separator);
      List<String> names = hasHeader && records.hasNext() ? records.next() : List.of();
      for (long rows = 0; records.hasNext() && !isEnough(rows); rows++) {
        List<String> cells = records.next();
        if (hasHeader && cells.size() != names.size()) {
          schema.addBad();
          continue;
        }
        var row = new RowLook();
        for (int i = 0; i < cells.size(); i++) {
          String cell = cells.get(i);
          scalar(schema, hasHeader ? names.get(i) : "column " + (i + 1), type(cell), cell, row);
        }
        schema.addRow();
        look(row);
      }
    } catch (CsvParseException e) {
      schema.addBad();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static FieldCounts.Type type(String cell) {
    String text = cell.strip();
    if (text.isEmpty()) {
      return FieldCounts.Type.NULL;
    }
    char first = text.charAt(0);
    if (text.length() > LONGEST_NUMBER) {
      return FieldCounts.Type.TEXT;
    }
    if (first == '-' || first == '.' || first >= '0' && first <= '9') {
      return text.matches("-?\\d{1,18}") ? FieldCounts.Type.WHOLE_NUMBER
          : text.matches("-?\\d*\\.?\\d+([eE][-+]?\\d+)?") ? FieldCounts.Type.NUMBER : FieldCounts.Type.TEXT;
    }
    return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false") ? FieldCounts.Type.BOOLEAN
        : FieldCounts.Type.TEXT;
  }

  private static Iterator<List<String>> quotedRecords(InputStream in, char separator) {
    Iterator<CsvRecord> records = CsvReader.builder().fieldSeparator(separator).skipEmptyLines(true)
        .maxBufferSize(LineBlocks.MAX_LINE).ofCsvRecord(new InputStreamReader(in, StandardCharsets.UTF_8)).iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public List<String> next() {
        return records.next().getFields();
      }
    };
  }

  /** Lines of fields with tabs between them. */
  private static Iterator<List<String>> plainRecords(InputStream in) {
    return new Iterator<>() {
      private final LineBlocks blocks = new LineBlocks(in);
      private final LineBlocks.Block block = new LineBlocks.Block();
      private int from;

      @Override
      public boolean hasNext() {
        try {
          while (from >= block.length() || block.bytes()[from] == '\n') {
            if (from < block.length()) {
              from++;
            } else if (blocks.next(block)) {
              from = 0;
            } else {
              return false;
            }
          }
          return true;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public List<String> next() {
        int to = ByteWords.lineFeed(block.bytes(), from, block.length());
        String line = new String(block.bytes(), from, to - from, StandardCharsets.UTF_8);
        from = to + 1;
        return List.of((line.endsWith("\r") ? line.substring(0, line.length() - 1) : line).split("\t", -1));
      }
    };
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
    return labels;
  }

  /** Where labels come from, or null if there are none. */
  public @Nullable String labelSource() {
    return labelField != null ? "the field " + labelField
        : labels.distinct() > 0 ? "the table of clusters, by " + CLUSTER : null;
  }

  /** Rows by language. */
  public TopCounts languages() {
    return languages;
  }

  /** Rows by label, and of each by language. */
  public Map<String, TopCounts> languagesByLabel() {
    return languagesOf;
  }

  /** Of how many rows the language was detected, as no field says it. */
  public long detected() {
    return detected;
  }
}
