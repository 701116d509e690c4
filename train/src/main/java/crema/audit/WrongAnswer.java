package crema.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that a model answers otherwise than its labels say.
 *
 * @param row with the labels that it has
 * @param answered the labels that the model gives
 * @param probability of the answer: of several labels, the least
 * @param ofTruth the probability of the row's own labels: of several, the least
 * @param group how far off the answer is
 * @param suggested the labels that the row should have, if those that it has are probably wrong; else those that it has
 * @param nearest rows of the training with the most similar text, the most similar first; empty where there is none
 */
public record WrongAnswer(AuditRow row, List<String> answered, double probability, double ofTruth, Group group,
    List<String> suggested, List<NearRow> nearest) {
  /** How far off an answer is. */
  public enum Group {
    /** The label of the row is probably wrong, by confident learning. */
    MISLABELLED("Probably mislabelled rows",
        "The model is surer of its answer than of the label, as sure as it is of rows that have "
            + "this label."),
    /** The answer is beside the truth. */
    NEAR("Near misses", "In a tree, a sibling of the truth, or a node above or below it; else the truth is the second "
        + "choice, or one of several labels is right."),
    /** The answer is neither near nor far off. */
    OTHER("Others", "Neither near nor far off."),
    /** The answer has nothing to do with the truth. */
    GROSS("Gross errors",
        "In a tree, another first step; else at least three labels are more probable than the truth, or "
            + "none of several is right.");

    private final String title;
    private final String note;

    Group(String title, String note) {
      this.title = title;
      this.note = note;
    }

    /** For people. */
    public String title() {
      return title;
    }

    /** What is in it, for people. */
    public String note() {
      return note;
    }
  }

  /**
   * A row of the training.
   *
   * @param row the row
   * @param similarity the cosine of the terms of both texts
   */
  public record NearRow(AuditRow row, double similarity) {}

  /** Copies the lists. */
  public WrongAnswer {
    answered = List.copyOf(answered);
    suggested = List.copyOf(suggested);
    nearest = List.copyOf(nearest);
  }

  /** The same with rows beside it. */
  WrongAnswer withNearest(List<NearRow> rows) {
    return new WrongAnswer(row, answered, probability, ofTruth, group, suggested, rows);
  }

  /** A label that the row has and the answer has not; null if there is none. */
  public @Nullable String missed() {
    return row.row().labels().stream().filter(label -> !answered.contains(label)).findFirst().orElse(null);
  }

  /** A label that the answer has and the row has not; null if there is none. */
  public @Nullable String added() {
    return answered.stream().filter(label -> !row.row().labels().contains(label)).findFirst().orElse(null);
  }
}
