package crema.testmodels;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Small pictures that are drawn: their category is the direction of stripes, whatever their colours are. */
public final class DrawnPictures {
  /** The categories. */
  public static final List<String> CATEGORIES = List.of("level", "upright", "checked");

  private static final int SIZE = 40;
  private static final int STEP = 8;

  private DrawnPictures() {}

  /**
   * Draws pictures and writes a table of them, {@code rows.csv} with the columns title, photo and category.
   *
   * @param folder receives the table, and {@code photos}
   */
  public static Path write(Path folder, int count) throws IOException {
    Files.createDirectories(folder.resolve("photos"));
    var lines = new ArrayList<>(List.of("title,photo,category"));
    for (int i = 0; i < count; i++) {
      String category = CATEGORIES.get(i % CATEGORIES.size());
      Path file = folder.resolve("photos").resolve(i + ".png");
      ImageIO.write(draw(category, i), "png", file.toFile());
      lines.add("picture " + i + ",photos/" + i + ".png," + category);
    }
    return Files.write(folder.resolve("rows.csv"), lines);
  }

  /** A picture of a category. */
  public static BufferedImage draw(String category, int seed) {
    var random = new SplittableRandom(seed);
    var picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = picture.createGraphics();
    pen.setColor(Color.getHSBColor((float) random.nextDouble(), 0.5f, 0.2f));
    pen.fillRect(0, 0, SIZE, SIZE);
    pen.setColor(Color.getHSBColor((float) random.nextDouble(), 0.5f, 0.9f));
    int shift = random.nextInt(STEP);
    for (int at = shift - STEP; at < SIZE; at += STEP) {
      switch (category) {
        case "level" -> pen.fillRect(0, at, SIZE, STEP / 2);
        case "upright" -> pen.fillRect(at, 0, STEP / 2, SIZE);
        default -> {
          for (int row = 0; row < SIZE; row += STEP) {
            pen.fillRect(at + (row / STEP % 2) * STEP / 2, row, STEP / 2, STEP / 2);
          }
        }
      }
    }
    pen.dispose();
    return picture;
  }
}
