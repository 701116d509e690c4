package crema.run;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.data.ProblemListener;
import crema.data.Row;
import crema.data.RowFault;
import crema.data.RowProblem;
import crema.data.RowSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a classifier was asked about and whose pictures it could not read, or that have none. A row that is left with
 * nothing that the model reads is left out of what is measured; one with a text is answered by that. Each is reported.
 */
public final class UnreadPictures {
  private final boolean readsText;
  private final boolean readsPictures;
  private final ProblemListener listener;
  private final Set<Place> leftOut = new HashSet<>();
  private final Set<Place> dropped = new HashSet<>();

  /**
   * None yet.
   *
   * @param classifier that is asked
   * @param listener is told of each row
   */
  public UnreadPictures(Classifier classifier, ProblemListener listener) {
    readsText = classifier.readsText();
    readsPictures = classifier.readsPictures();
    this.listener = listener;
  }

  private record Place(String file, long line) {
    static Place of(Row row) {
      return new Place(row.meta().file(), row.meta().line());
    }
  }

  /**
   * Whether a row has something that the model could read. If not, it is remembered.
   *
   * @param fault what was wrong with its picture, if it could not be read
   */
  public boolean isUsed(Row row, Optional<String> fault) {
    boolean hasText = readsText && !row.text().isBlank();
    if (fault.isPresent()) {
      tell(row, hasText ? RowFault.DROPPED_PICTURE : RowFault.BAD_PICTURE, fault.get());
    } else if (hasText || !readsPictures || row.meta().picture() != null) {
      return true;
    } else {
      tell(row, RowFault.NO_PICTURE, "the model reads nothing else");
    }
    (hasText ? dropped : leftOut).add(Place.of(row));
    return hasText;
  }

  private void tell(Row row, RowFault fault, String detail) {
    listener.problem(new RowProblem(fault, row.meta().file(), row.meta().line(), detail));
  }

  /** Whether a row was left out. */
  public boolean leaveOut() {
    return !leftOut.isEmpty();
  }

  /** The error where no row is left. */
  public UserError noRow() {
    return new UserError(
        "no row is left to test on: the model reads pictures, and could read none; see what was said of them above");
  }

  /** The rows but those that are left out, without pictures that could not be read. */
  public RowSource without(RowSource rows) {
    return leftOut.isEmpty() && dropped.isEmpty() ? rows : rows.map("with pictures that were read", "", this::without);
  }

  /** A row without its picture, if that could not be read; null for a row that is left out. */
  public @Nullable Row without(Row row) {
    Place place = Place.of(row);
    return leftOut.contains(place) ? null
        : dropped.contains(place) ? row.withMeta(row.meta().withPicture(null)) : row;
  }
}
