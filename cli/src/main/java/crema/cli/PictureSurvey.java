package crema.cli;

import crema.base.UserError;
import crema.base.json.ObjectNode;
import crema.data.FileRows;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowFault;
import crema.data.RowProblem;
import crema.data.image.PictureFilling;
import crema.data.image.PictureListener;
import crema.data.image.PictureLocation;
import crema.data.image.PictureRejected;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;

/** Goes through the rows of tables, and says of each picture that cannot be used in which row it is. */
final class PictureSurvey implements PictureListener, ProblemListener {
  private static final Path HERE = Path.of("");

  private final Output output;
  private final boolean strict;
  private final ProblemLog unreadable = new ProblemLog();
  /** The rows whose pictures are under way. */
  private final Queue<Place> underWay = new ArrayDeque<>();
  private final Queue<Place> without = new ArrayDeque<>();
  private long rejected;

  /** Where a row stands. */
  private record Place(String file, long line) {}

  /**
   * Where what is found goes.
   *
   * @param lines receives an object for each picture that cannot be used
   * @param shown how many of those are shown too
   */
  record Output(PrintStream messages, Writer lines, int shown, CountBar bar) {}

  PictureSurvey(Output output, boolean strict) {
    this.output = output;
    this.strict = strict;
  }

  /** Adds the pictures of all rows. */
  void read(Iterable<FileRows> tables, PictureFilling filling) throws IOException, InterruptedException {
    for (FileRows rows : tables) {
      try (RowCursor cursor = rows.open(this)) {
        for (Row row = cursor.next(); row != null; row = cursor.next()) {
          addWithout(filling);
          underWay.add(new Place(row.meta().file(), row.meta().line()));
          filling.add(PictureLocation.of(row.meta().picture(), HERE));
        }
        addWithout(filling);
      }
    }
  }

  /** Rows that came before the one that was read, and name no picture. */
  private void addWithout(PictureFilling filling) throws IOException, InterruptedException {
    for (Place place = without.poll(); place != null; place = without.poll()) {
      underWay.add(place);
      filling.add(null);
    }
  }

  @Override
  public void problem(RowProblem problem) {
    if (problem.fault() == RowFault.EMPTY_TEXT) {
      without.add(new Place(problem.file(), problem.line()));
      return;
    }
    (strict ? unreadable.strict() : unreadable).problem(problem);
  }

  @Override
  public void note(String note) {
    unreadable.note(note);
  }

  @Override
  public void progressed(long rows) {
    underWay.remove();
    output.bar().to(rows, -1);
  }

  @Override
  public void rejected(long row, PictureLocation location, PictureRejected reason) {
    Place place = underWay.element();
    String message = String.format(Locale.ROOT,
        "%s, line %d: %s %s", place.file(), place.line(), location, reason.getMessage());
    if (strict) {
      throw new UserError(message + "; without --strict such pictures are counted and skipped");
    }
    if (rejected++ < output.shown()) {
      output.messages().println("crema: " + message);
    }
    try {
      output.lines().write(new ObjectNode().put("file", place.file()).put("line", place.line())
          .put("picture", location.text()).put("fault", reason.fault().key()).put("message", reason.getMessage())
          + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void warned(String message) {
    output.messages().println("crema: " + message);
  }

  /** Says what was not shown, and which rows could not be read. */
  void report() {
    if (rejected > output.shown()) {
      output.messages().printf(Locale.ROOT,
          "crema: and %,d more pictures that cannot be used; --faults FILE lists all%n",
          rejected - output.shown());
    }
    unreadable.report().forEach(this::warned);
  }
}
