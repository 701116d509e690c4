package crema.data;

/** A text format whose records are fields with a separator between them. */
interface Delimited extends FileFormat {
  /** What stands between fields: a character, or several. */
  String separator();

  /** All records of a file, its header among them. */
  TableReader records(DataFile file, LineReader lines);
}
