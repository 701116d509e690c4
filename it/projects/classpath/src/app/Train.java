package app;

import crema.base.UserError;
import crema.data.Columns;
import crema.data.FileRows;
import crema.data.ProblemListener;
import java.nio.file.Path;

/** Reads rows of CSV without the library that only training needs: {@code app.Train FILE}. Prints the mistake. */
public final class Train {
  private Train() {}

  public static void main(String[] arguments) {
    try {
      var rows = FileRows.of(Path.of(arguments[0]), Columns.text("title").withLabel("category"));
      rows.forEach(ProblemListener.STRICT, row -> {});
    } catch (UserError e) {
      System.out.println(e.getMessage());
    }
  }
}
