package crema.excel;

import crema.data.Columns;
import crema.data.DataFile;
import crema.data.FileFormat;
import crema.data.ProblemListener;
import crema.data.RowCursor;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Workbooks of Excel ({@code .xlsx}), whose first visible sheet is a table with a header; {@code book.xlsx!/Sheet} names
 * another. Cells become text by {@link crema.data.TypedText}: dates are told by the format of a cell, a formula counts as
 * the value that was computed last, and a cell with an error is empty.
 *
 * <p>Rows with a single cell above the header, such as a title, are left out. A sheet is read from the first row to the
 * last and not held in memory.
 */
public record Excel() implements FileFormat {
  private static final int NAME_OF_FIRST_PART = 30;
  /** How the names of parts begin; which one is the first depends on the program. */
  private static final List<String> PARTS = List.of("[Content_Types].xml", "_rels/.rels", "docProps/", "xl/");

  @Override
  public String key() {
    return "excel";
  }

  @Override
  public List<String> extensions() {
    return List.of("xlsx", "xlsm");
  }

  @Override
  public boolean hasParts() {
    return true;
  }

  /** A zip archive whose first file is one of a workbook's. */
  @Override
  public boolean beginsWith(byte[] head) {
    if (head.length <= NAME_OF_FIRST_PART || head[0] != 'P' || head[1] != 'K' || head[2] != 3 || head[3] != 4) {
      return false;
    }
    String name = new String(head, NAME_OF_FIRST_PART, head.length - NAME_OF_FIRST_PART, StandardCharsets.ISO_8859_1);
    return PARTS.stream().anyMatch(name::startsWith);
  }

  @Override
  public List<String> columns(DataFile file) {
    try (SheetRecords records = SheetRecords.open(file)) {
      return records.header();
    }
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    SheetRecords records = SheetRecords.open(file);
    try {
      if (records.headerRow() > 1) {
        listener.note(file.name() + ": the header is in row " + records.headerRow()
            + " of the sheet, and what stands above it is left out");
      }
      return RowCursor.of(file, records, columns, listener);
    } catch (RuntimeException e) {
      records.close();
      throw e;
    }
  }
}
