package crema.data.image;

/**
 * Gets a picture from where it is and {@linkplain PicturePreparation prepares} it. Safe to use from several threads.
 */
public final class PictureLoader implements AutoCloseable {
  private final PictureSource source;
  private final PictureReader reader;
  private final PicturePreparation preparation;

  /** A loader within limits. */
  public PictureLoader(PictureLimits limits, PicturePreparation preparation) {
    source = new PictureSource(limits);
    reader = new PictureReader(limits);
    this.preparation = preparation;
  }

  /** A prepared picture, with what it was. */
  public record Loaded(Picture prepared, PictureFormat format, int width, int height) {}

  /** What pictures are prepared for. */
  public PicturePreparation preparation() {
    return preparation;
  }

  /** Gets and prepares a picture. */
  public Loaded load(PictureLocation location) throws PictureRejected, InterruptedException {
    return prepare(bytes(location));
  }

  /** Gets the bytes of a picture. */
  public byte[] bytes(PictureLocation location) throws PictureRejected, InterruptedException {
    return source.bytes(location);
  }

  /** Prepares a picture from the bytes of its file. */
  public Loaded prepare(byte[] bytes) throws PictureRejected {
    PictureReader.Read read = reader.read(bytes);
    Picture picture = read.picture();
    return new Loaded(preparation.apply(picture), read.format(), picture.width(), picture.height());
  }

  @Override
  public void close() {
    source.close();
  }
}
