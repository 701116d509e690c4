package crema.data.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes pictures, for people to look at. */
public final class PictureWriter {
  private PictureWriter() {}

  /** The file of a JPEG of a picture, whose pixels are about the same. */
  public static byte[] jpeg(Picture picture) {
    var image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = picture.rgb();
    for (int pixel = 0, at = 0; at < rgb.length; pixel++, at += Picture.CHANNELS) {
      image.setRGB(pixel % picture.width(), pixel / picture.width(),
          (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | rgb[at + 2] & 0xFF);
    }
    var bytes = new ByteArrayOutputStream();
    // In memory: a stream of ImageIO's choice would write a file first.
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "jpeg", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
