package crema.hub;

/** Is told how a download goes. All methods have bodies that do nothing. */
public interface HubListener {
  /** Is told nothing. */
  HubListener SILENT = new HubListener() {};

  /** The download of a model begins. */
  default void started(ModelName model) {}

  /** The download of a file of data begins. */
  default void startedFile(String address) {}

  /**
   * Bytes came in.
   *
   * @param done how many bytes there are, those of earlier attempts included
   * @param total how many there will be
   */
  default void progress(long done, long total) {}

  /** Something went wrong and is tried again, in one line. */
  default void warning(String message) {}
}
