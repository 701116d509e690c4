package crema.testmodels;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;

/** Files that are met among pictures, and are not what their names say. */
public final class OddPictures {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private OddPictures() {}

  /** Writes a GIF of several frames. */
  public static void animated(Path file, BufferedImage... frames) throws IOException {
    Files.deleteIfExists(file);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (var out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (BufferedImage frame : frames) {
        writer.writeToSequence(new IIOImage(frame, null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
  }

  /** The beginning of a PNG, which says how large the picture is: nothing follows. */
  public static byte[] pngHeader(int width, int height) throws IOException {
    var header = new ByteArrayOutputStream();
    var fields = new DataOutputStream(header);
    fields.writeBytes("IHDR");
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {8, 2, 0, 0, 0});
    var bytes = new ByteArrayOutputStream();
    bytes.write(PNG);
    var file = new DataOutputStream(bytes);
    file.writeInt(header.size() - 4);
    file.write(header.toByteArray());
    var checksum = new CRC32();
    checksum.update(header.toByteArray());
    file.writeInt((int) checksum.getValue());
    return bytes.toByteArray();
  }
}
