package crema.embed;

/** Is told how far the vectors of many texts are. */
@FunctionalInterface
public interface EmbedListener {
  /** Is told nothing. */
  EmbedListener SILENT = (done, total) -> {};

  /**
   * Some texts are done.
   *
   * @param done how many of those that were not in the cache
   * @param total how many of them there are
   */
  void progress(long done, long total);
}
