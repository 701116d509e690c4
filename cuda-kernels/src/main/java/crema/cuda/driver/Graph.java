package crema.cuda.driver;

/** Work that was recorded from a stream and can be done again. */
public interface Graph extends AutoCloseable {
  /** Queues the work; it reads and writes the memory that it was recorded with. */
  void launch(Stream stream);

  @Override
  void close();
}
