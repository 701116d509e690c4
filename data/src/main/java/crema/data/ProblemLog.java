package crema.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Counts problems by kind and keeps the first few of each as examples. Not safe for use by several threads. */
public final class ProblemLog implements ProblemListener {
  private final int examplesPerFault;
  private final Map<RowFault, Long> counts = new EnumMap<>(RowFault.class);
  private final Map<RowFault, List<RowProblem>> examples = new EnumMap<>(RowFault.class);
  private final Set<String> notes = new LinkedHashSet<>();
  private final Map<String, Set<String>> absent = new LinkedHashMap<>();
  private long rows;

  /** Keeps up to three examples of each kind. */
  public ProblemLog() {
    this(3);
  }

  /** Keeps up to the given number of examples of each kind. */
  public ProblemLog(int examplesPerFault) {
    this.examplesPerFault = examplesPerFault;
  }

  @Override
  public void problem(RowProblem problem) {
    counts.merge(problem.fault(), 1L, Long::sum);
    var kept = examples.computeIfAbsent(problem.fault(), fault -> new ArrayList<>());
    if (kept.size() < examplesPerFault) {
      kept.add(problem);
    }
  }

  /** This log, but that the first problem ends the reading as with {@link ProblemListener#STRICT}. */
  public ProblemListener strict() {
    ProblemLog log = this;
    return new ProblemListener() {
      @Override
      public void problem(RowProblem problem) {
        STRICT.problem(problem);
        log.problem(problem);
      }

      @Override
      public void row() {
        log.row();
      }

      @Override
      public void note(String note) {
        log.note(note);
      }

      @Override
      public void absent(String file, String path, String message) {
        log.absent(file, path, message);
      }
    };
  }

  @Override
  public void row() {
    rows++;
  }

  @Override
  public void note(String note) {
    notes.add(note);
  }

  @Override
  public void absent(String file, String path, String message) {
    absent.computeIfAbsent(message, _ -> new LinkedHashSet<>()).add(file);
  }

  /**
   * Refuses a recipe with a path on which no row of some files has a value.
   *
   * @param files how many were read
   * @throws DataException if there is such a path, which the report then does not name
   */
  public void requireFields(int files) {
    for (var entry : absent.entrySet()) {
      if (entry.getValue().size() >= files) {
        absent.remove(entry.getKey());
        throw new DataException(String.join(", ", entry.getValue()) + ": " + entry.getKey());
      }
    }
  }

  /**
   * Where the rows of this pass went.
   *
   * @param usedFor how many were used, by what for
   */
  public RowAccount account(Map<String, Long> usedFor) {
    var leftOut = new EnumMap<RowFault, Long>(RowFault.class);
    counts.forEach((fault, count) -> {
      if (fault.leavesRowOut()) {
        leftOut.put(fault, count);
      }
    });
    return new RowAccount(rows, usedFor, leftOut);
  }

  /** The number of problems of all kinds. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The number of problems of each kind that occurred. */
  public Map<RowFault, Long> counts() {
    return Collections.unmodifiableMap(counts);
  }

  /** The first problems of a kind, in the order of the file. */
  public List<RowProblem> examples(RowFault fault) {
    return List.copyOf(examples.getOrDefault(fault, List.of()));
  }

  /**
   * Lines for the user: what was concluded of files, then for each kind of problem its count and its examples, indented;
   * empty if there is nothing to say.
   */
  public List<String> report() {
    var lines = new ArrayList<>(notes);
    absent.forEach((message, files) -> lines.add(String.join(", ", files) + ": " + message));
    counts.forEach((fault, count) -> {
      lines.add(String.format(Locale.ROOT, "%,d %s: %s", count, count == 1 ? "row" : "rows", fault));
      for (var problem : examples(fault)) {
        lines.add("  " + problem.where() + ": " + problem.detail());
      }
      if (fault == RowFault.BAD_QUOTING) {
        lines.add("  where quotes are characters like others, say so with --quote none");
      }
      if (fault == RowFault.INVALID_UTF8) {
        lines.add("  a file in another encoding is read when that is said, for instance with --encoding windows-1252");
      }
    });
    return lines;
  }
}
