package crema.run;

import crema.base.NearestName;
import crema.base.UserError;
import crema.data.Columns;
import crema.data.DataFile;
import crema.data.FileRows;
import crema.data.ProblemListener;
import crema.settings.Settings;
import crema.task.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * From which labels of an older model each label of a run comes: its own, those that were merged into it, or the one that
 * it was split from; from none where it is new.
 *
 * @param older the labels of the model, by number
 * @param newer those of the run
 * @param sources for each label of the run the numbers of those it comes from, ascending
 */
public record LabelMapping(List<String> older, List<String> newer, List<int[]> sources) {
  private static final String OLD = "old";
  private static final String NEW = "new";
  private static final int SHOWN = 10;

  /** Copies the lists. */
  public LabelMapping {
    older = List.copyOf(older);
    newer = List.copyOf(newer);
    sources = List.copyOf(sources);
  }

  /**
   * The labels of a run that starts from a model.
   *
   * @param settings of the run, which name the model and perhaps a map
   * @param older what the model predicts
   * @param newer what the run is to predict
   * @throws UserError if the targets differ, the map names labels that there are not, or old labels are left over
   */
  public static LabelMapping of(Settings settings, Target older, Target newer) {
    Path from = StartSettings.from(settings).orElseThrow();
    if (older.kind() != newer.kind()) {
      throw StartSettings.otherTarget(from, older.kind(), newer.kind());
    }
    List<String> oldNames = older.labels().names();
    List<String> newNames = newer.labels().names();
    var map = new LinkedHashMap<String, Set<String>>();
    settings.find(StartSettings.LABEL_MAP).ifPresent(file -> map.putAll(read(file, oldNames, newNames, from)));
    var sources = new ArrayList<List<Integer>>();
    newNames.forEach(_ -> sources.add(new ArrayList<>()));
    var left = new ArrayList<String>();
    for (int label = 0; label < oldNames.size(); label++) {
      String name = oldNames.get(label);
      Set<String> targets = map.getOrDefault(name, newNames.contains(name) ? Set.of(name) : null);
      if (targets == null) {
        left.add(name);
        targets = Set.of();
      }
      for (String target : targets) {
        sources.get(newer.labels().indexOf(target)).add(label);
      }
    }
    // What is above an answer in a taxonomy goes where its answers go.
    Set<String> answers = new LinkedHashSet<>(IntStream.of(older.candidates()).mapToObj(oldNames::get).toList());
    left.removeIf(name -> !answers.contains(name));
    if (!left.isEmpty()) {
      throw new UserError(String.format(Locale.ROOT,
          "no training row has %,d %s of %s: %s%s; say what became of %s in a --label-map with the ", left.size(),
          left.size() == 1 ? "label" : "labels", from,
          String.join(", ", left.subList(0, Math.min(SHOWN, left.size()))),
          left.size() > SHOWN ? String.format(Locale.ROOT, " and %,d more", left.size() - SHOWN) : "",
          left.size() == 1 ? "it" : "them")
          + "columns old and new; new is empty for a label that is gone");
    }
    if (sources.stream().allMatch(List::isEmpty)) {
      throw new UserError("none of the labels of the training rows comes from one of " + from
          + ": train anew, or say with --label-map which do");
    }
    return new LabelMapping(oldNames, newNames,
        sources.stream().map(all -> all.stream().mapToInt(Integer::intValue).toArray()).toList());
  }

  private static Map<String, Set<String>> read(String file, List<String> oldNames, List<String> newNames, Path from) {
    DataFile.requireFile(Path.of(file));
    var map = new LinkedHashMap<String, Set<String>>();
    FileRows.of(Path.of(file), Columns.text(OLD).withKept(List.of(NEW))).forEach(ProblemListener.STRICT, row -> {
      String old = row.text().strip();
      String now = row.meta().kept().getFirst().isNull() ? "" : row.meta().kept().getFirst().asString().strip();
      if (!oldNames.contains(old)) {
        throw new UserError(row.meta().location() + ": " + from + " has no label '" + old + "'"
            + NearestName.suggestion(old, oldNames));
      }
      if (!now.isEmpty() && !newNames.contains(now)) {
        throw new UserError(row.meta().location() + ": no training row has the label '" + now + "'"
            + NearestName.suggestion(now, newNames));
      }
      Set<String> all = map.computeIfAbsent(old, _ -> new LinkedHashSet<>());
      if (!now.isEmpty()) {
        all.add(now);
      }
    });
    return map;
  }

  /** Whether every label of the model keeps its name, and none is gone. */
  public boolean isGrowth() {
    return IntStream.range(0, sources.size()).allMatch(label -> sources.get(label).length == 0
        || sources.get(label).length == 1 && older.get(sources.get(label)[0]).equals(newer.get(label)))
        && older.stream().allMatch(newer::contains);
  }

  /** In a line, for people. */
  public String describe() {
    int[] counts = new int[4];
    for (int label = 0; label < sources.size(); label++) {
      int[] from = sources.get(label);
      counts[from.length == 0 ? 3 : from.length > 1 ? 2 : older.get(from[0]).equals(newer.get(label)) ? 0 : 1]++;
    }
    return String.format(Locale.ROOT,
        "%,d labels as they were, %,d under another name or split off, %,d merged of several, %,d new",
        counts[0], counts[1], counts[2], counts[3]);
  }

  /**
   * Rows of numbers, one a label, as they are to start: the mean of those that each label comes from.
   *
   * @param rows of the model, {@code [older labels][]}
   * @param fresh of labels that are new, {@code [labels][]}
   */
  public float[][] rows(float[][] rows, float[][] fresh) {
    var mapped = new float[sources.size()][];
    for (int label = 0; label < mapped.length; label++) {
      int[] from = sources.get(label);
      mapped[label] = fresh[label].clone();
      for (int i = 0; from.length > 0 && i < mapped[label].length; i++) {
        double sum = 0;
        for (int source : from) {
          sum += rows[source][i];
        }
        mapped[label][i] = (float) (sum / from.length);
      }
    }
    return mapped;
  }
}
