package crema.corpus;

/** Watches the building of a corpus. */
public interface BuildListener {
  /** Does nothing. */
  BuildListener NONE = new BuildListener() {};

  /** Something to tell in one line. */
  default void note(String line) {}

  /** So many bytes of the archive are read. */
  default void read(long done, long all) {}

  /** So many of the parts of the rows are written. */
  default void written(long done, long all) {}
}
