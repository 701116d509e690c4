package crema.corpus.marketplace;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;

/**
 * Draws products: each in other colours, at another place, of another size and a little tilted, on a background of its
 * own and with the noise of a camera.
 */
final class Drawing {
  private static final double MOST_TILT = Math.toRadians(9);
  private static final int NOISE = 9;
  private static final int BANNER_SHAPES = 14;

  private final int size;

  /** Makes pictures of so many pixels a side. */
  Drawing(int size) {
    this.size = size;
  }

  /** A product of a design. */
  BufferedImage product(Design design, RandomGenerator random) {
    var picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = canvas(picture, random);
    double scale = size * (0.72 + 0.26 * random.nextDouble());
    double width = design.width() * scale * (0.94 + 0.12 * random.nextDouble());
    double height = design.height() * scale * (0.94 + 0.12 * random.nextDouble());
    canvas.translate(size * (0.5 + 0.12 * (random.nextDouble() - 0.5)),
        size * (0.5 + 0.12 * (random.nextDouble() - 0.5)));
    canvas.rotate(MOST_TILT * (2 * random.nextDouble() - 1));
    canvas.transform(Design.centred(width, height));
    float hue = random.nextFloat();
    var body = Color.getHSBColor(hue, 0.35f * random.nextFloat(), 0.5f + 0.25f * random.nextFloat());
    canvas.setPaint(body);
    canvas.fill(design.body(width, height));
    for (Design.Part part : design.parts()) {
      canvas.setPaint(switch (part.tone()) {
        case BODY -> body;
        case DARK -> Color.getHSBColor(hue, 0.3f, 0.05f + 0.2f * random.nextFloat());
        case LIGHT -> Color.getHSBColor(hue, 0.1f, 0.88f + 0.12f * random.nextFloat());
      });
      canvas.fill(part.on(width, height));
    }
    canvas.dispose();
    addNoise(picture, random);
    return picture;
  }

  /** A banner, as shops put where a photograph should be: it tells nothing of the product. */
  BufferedImage banner(RandomGenerator random) {
    var picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = canvas(picture, random);
    for (int i = 0; i < BANNER_SHAPES; i++) {
      double x = size * (random.nextDouble() - 0.2);
      double y = size * (random.nextDouble() - 0.2);
      double width = size * (0.05 + 0.4 * random.nextDouble());
      double height = size * (0.05 + 0.4 * random.nextDouble());
      canvas.setPaint(Color.getHSBColor(random.nextFloat(), 0.7f * random.nextFloat(), random.nextFloat()));
      canvas.fill(random.nextBoolean() ? new Ellipse2D.Double(x, y, width, height)
          : new Rectangle2D.Double(x, y, width, height));
    }
    canvas.dispose();
    addNoise(picture, random);
    return picture;
  }

  private Graphics2D canvas(BufferedImage picture, RandomGenerator random) {
    Graphics2D canvas = picture.createGraphics();
    canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    float hue = random.nextFloat();
    canvas.setPaint(
        new GradientPaint(0, 0, Color.getHSBColor(hue, 0.25f * random.nextFloat(), 0.8f + 0.2f * random.nextFloat()),
            size, size, Color.getHSBColor(hue, 0.35f * random.nextFloat(), 0.6f + 0.4f * random.nextFloat())));
    canvas.fillRect(0, 0, size, size);
    return canvas;
  }

  private static void addNoise(BufferedImage picture, RandomGenerator random) {
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int rgb = picture.getRGB(x, y);
        int noisy = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
          int value = (rgb >> shift & 0xFF) + random.nextInt(-NOISE, NOISE + 1);
          noisy |= Math.clamp(value, 0, 255) << shift;
        }
        picture.setRGB(x, y, noisy);
      }
    }
  }
}
