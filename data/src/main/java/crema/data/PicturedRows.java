package crema.data;

import crema.base.Fingerprint;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose pictures are files that are there, or addresses. A row whose picture is not there is told of, and used without
 * it; if it has nothing else, it is left out.
 *
 * @param rows as their files have them
 */
public record PicturedRows(RowSource rows) implements RowSource {
  @Override
  public RowCursor open(ProblemListener listener) {
    return rows.open(listener).map(row -> checked(row, listener));
  }

  private static @Nullable Row checked(Row row, ProblemListener listener) {
    String location = row.meta().picture();
    String fault = location == null ? null : fault(location);
    return fault == null ? row : without(row, fault, listener);
  }

  /**
   * A row without its picture, of which a listener is told.
   *
   * @param fault what is wrong with the picture, in a line
   * @return null if the row has nothing else
   */
  public static @Nullable Row without(Row row, String fault, ProblemListener listener) {
    boolean hasText = !row.text().isBlank();
    listener.problem(new RowProblem(hasText ? RowFault.DROPPED_PICTURE : RowFault.BAD_PICTURE, row.meta().file(),
        row.meta().line(), fault));
    return hasText || !row.meta().kept().isEmpty() ? row.withMeta(row.meta().withPicture(null)) : null;
  }

  /** Why there is no picture at a location that could be looked at; null if there may be one. */
  public static @Nullable String fault(String location) {
    if (PictureColumn.isAddress(location)) {
      return null;
    }
    try {
      Path file = Path.of(location);
      return Files.isRegularFile(file) ? null
          : location + (Files.isDirectory(file) ? " is a folder, not a picture" : " does not exist");
    } catch (InvalidPathException e) {
      return "'" + location.replaceAll("\\p{Cntrl}", "?") + "' is no name of a file";
    }
  }

  @Override
  public String fingerprint() {
    return new Fingerprint("pictured").add(rows.fingerprint()).hex();
  }
}
