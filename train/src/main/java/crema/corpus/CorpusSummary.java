package crema.corpus;

import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.report.Numbers;
import crema.report.TerminalStyle;
import crema.report.TextTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What a corpus was built from and what is in it.
 *
 * @param identity a digest of the archive, the table and the choices
 * @param classes the classes
 * @param lines how many lines the members have
 * @param bytes how many bytes
 * @param others offers whose cluster has no wanted class
 * @param rejected lines that became no row, by why
 * @param offers offers of the classes
 * @param duplicates how many of them have the text of another one
 * @param contradictions texts that stand in several classes; each is in that of its cluster with the smallest number
 * @param damaged names of members that end too early
 * @param clusters clusters of the table that have a class
 * @param contradicted clusters to which the table gives several of the classes, and which are left out
 * @param otherClasses how many lines of the table have other classes, by class
 * @param tableFaults lines of the table that are no entry
 * @param splits rows by split and class
 * @param clustersOf clusters by split
 * @param languages rows by split and language; empty where languages are not known
 * @param files the length of each file
 */
public record CorpusSummary(
    String identity,
    List<String> classes,
    long lines,
    long bytes,
    long others,
    Map<RowFaultKind, Long> rejected,
    long offers,
    long duplicates,
    long contradictions,
    List<String> damaged,
    long clusters,
    long contradicted,
    Map<String, Long> otherClasses,
    long tableFaults,
    Map<String, Map<String, Long>> splits,
    Map<String, Long> clustersOf,
    Map<String, Map<String, Long>> languages,
    Map<String, Long> files) {
  /** The file with the summary. */
  public static final String FILE = "summary.json";

  private static final int SHOWN = 12;

  /** The rows of a split. */
  public long rows(String split) {
    return sum(splits.getOrDefault(split, Map.of()));
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** As JSON. */
  ObjectNode toJson() {
    var json = new ObjectNode().put("identity", identity).put("lines", lines).put("bytes", bytes)
        .put("other_offers", others).put("offers", offers).put("duplicates", duplicates)
        .put("contradictions", contradictions);
    ObjectNode rejects = json.putObject("rejected");
    rejected.forEach((fault, count) -> rejects.put(fault.key(), count));
    var names = json.putArray("damaged_members");
    damaged.forEach(names::add);
    json.put("clusters", clusters).put("contradicted_clusters", contradicted).put("table_faults", tableFaults);
    put(json.putObject("other_classes"), otherClasses);
    put(json.putObject("clusters_by_split"), clustersOf);
    nested(json.putObject("rows"), splits);
    nested(json.putObject("languages"), languages);
    put(json.putObject("files"), files);
    return json;
  }

  private static void put(ObjectNode object, Map<String, Long> counts) {
    counts.forEach((name, count) -> object.put(name, count));
  }

  private static void nested(ObjectNode object, Map<String, Map<String, Long>> counts) {
    counts.forEach((name, inner) -> put(object.putObject(name), inner));
  }

  /** The identity of what stands in a folder, if that is whole. */
  static Optional<String> built(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = Json.parse(Files.readString(file, StandardCharsets.UTF_8));
      for (Map.Entry<String, JsonNode> entry : json.path("files").properties()) {
        Path part = folder.resolve(entry.getKey());
        if (!Files.isRegularFile(part) || Files.size(part) != entry.getValue().asLong(-1)) {
          return Optional.empty();
        }
      }
      return Optional.of(json.path("identity").asString());
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  /** Tables for a terminal. */
  public String terminal(TerminalStyle style) {
    var out = new StringBuilder();
    out.append(String.format(Locale.ROOT,
        "%s lines, %s MB; %s offers of the %d classes, %s of others or of none\n", Numbers.count(lines),
        Numbers.count(bytes / 1_000_000), Numbers.count(offers), classes.size(), Numbers.count(others)));
    out.append(String.format(Locale.ROOT,
        "%s offers have the text of another and are dropped; %s texts stand in several classes\n",
        Numbers.count(duplicates), Numbers.count(contradictions)));
    rejected.forEach((fault, count) -> {
      if (count > 0) {
        out.append(String.format(Locale.ROOT, "Rejected: %s lines, %s\n", Numbers.count(count), fault.description()));
      }
    });
    damaged.forEach(name -> out.append("Damaged: ").append(name).append(", read up to where it ends\n"));
    if (contradicted > 0) {
      out.append(String.format(Locale.ROOT,
          "Left out: %s clusters to which the table gives several classes\n", Numbers.count(contradicted)));
    }
    if (tableFaults > 0) {
      out.append(String.format(Locale.ROOT,
          "Left out: %s lines of the table that are no entry\n", Numbers.count(tableFaults)));
    }
    if (!otherClasses.isEmpty()) {
      out.append("Other classes of the table, left out: ").append(shown(otherClasses)).append('\n');
    }
    out.append('\n').append(table(style));
    languages.forEach((split, counts) -> out.append(String.format(Locale.ROOT,
        "\nLanguages of %s: %s", split, shown(counts))));
    return languages.isEmpty() ? out.toString() : out.append('\n').toString();
  }

  private String table(TerminalStyle style) {
    var columns = new ArrayList<TextTable.Column>();
    columns.add(new TextTable.Text("Class"));
    splits.keySet().forEach(split -> columns.add(new TextTable.Number(split)));
    var table = new TextTable(columns.toArray(TextTable.Column[]::new));
    for (String name : classes) {
      row(table, name, split -> splits.getOrDefault(split, Map.of()).getOrDefault(name, 0L));
    }
    row(table, "rows", this::rows);
    row(table, "clusters", split -> clustersOf.getOrDefault(split, 0L));
    return table.render(style);
  }

  private void row(TextTable table, String name, ToLongFunction<String> count) {
    var cells = new ArrayList<String>();
    cells.add(name);
    splits.keySet().forEach(split -> cells.add(Numbers.count(count.applyAsLong(split))));
    table.row(cells.toArray(String[]::new));
  }

  private static String shown(Map<String, Long> counts) {
    List<Map.Entry<String, Long>> sorted = new TreeMap<>(counts).entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed()).toList();
    var parts = new ArrayList<>(sorted.stream().limit(SHOWN)
        .map(entry -> entry.getKey() + " " + Numbers.count(entry.getValue())).toList());
    if (sorted.size() > SHOWN) {
      parts.add((sorted.size() - SHOWN) + " more");
    }
    return String.join(", ", parts);
  }
}
