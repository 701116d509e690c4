package crema.corpus.marketplace;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What products of a kind look like: a body and parts on it. Categories of one design cannot be told apart by picture.
 *
 * @param width of the body, as a share of the picture's
 * @param height of the body, as a share of the picture's
 * @param parts from back to front
 */
record Design(double width, double height, List<Part> parts) {
  static final Design TOUCH_PHONE = phone(box(Tone.DARK, 0.08, 0.06, 0.84, 0.88));
  static final Design BUTTON_PHONE =
      phone(box(Tone.DARK, 0.08, 0.1, 0.84, 0.7), oval(Tone.DARK, 0.36, 0.84, 0.28, 0.12));
  static final Design PHONE_CASE =
      phone(oval(Tone.DARK, 0.12, 0.06, 0.3, 0.15), oval(Tone.LIGHT, 0.2, 0.1, 0.13, 0.07));
  static final Design KEYPAD_PHONE = keypad();
  static final Design TELEVISION = new Design(0.86, 0.56, List.of(box(Tone.DARK, 0.03, 0.04, 0.94, 0.86),
      box(Tone.BODY, 0.45, 1, 0.1, 0.14), box(Tone.BODY, 0.25, 1.12, 0.5, 0.08)));
  static final Design REFLEX_CAMERA = new Design(0.74, 0.46, List.of(wedge(Tone.BODY, 0.32, -0.28, 0.36, 0.3),
      oval(Tone.DARK, 0.26, 0.08, 0.48, 0.84), oval(Tone.LIGHT, 0.38, 0.28, 0.24, 0.42)));
  static final Design COMPACT_CAMERA = new Design(0.7, 0.42, List.of(oval(Tone.DARK, 0.58, 0.3, 0.32, 0.56),
      box(Tone.LIGHT, 0.1, 0.1, 0.24, 0.14), box(Tone.BODY, 0.1, -0.1, 0.16, 0.12)));
  static final Design MICROWAVE = new Design(0.84, 0.5, List.of(box(Tone.DARK, 0.05, 0.12, 0.64, 0.76),
      oval(Tone.DARK, 0.79, 0.14, 0.13, 0.22), oval(Tone.DARK, 0.79, 0.44, 0.13, 0.22),
      box(Tone.DARK, 0.78, 0.76, 0.15, 0.1)));
  static final Design DISHWASHER = new Design(0.62, 0.7, List.of(box(Tone.DARK, 0.04, 0.04, 0.92, 0.12),
      box(Tone.DARK, 0.2, 0.22, 0.6, 0.05), box(Tone.LIGHT, 0.1, 0.34, 0.8, 0.58)));
  static final Design FRONT_LOADER = new Design(0.62, 0.7, List.of(box(Tone.DARK, 0.55, 0.05, 0.38, 0.1),
      oval(Tone.DARK, 0.18, 0.27, 0.64, 0.58), oval(Tone.LIGHT, 0.29, 0.37, 0.42, 0.38)));
  static final Design CHEST = new Design(0.84, 0.46, List.of(box(Tone.DARK, 0, 0.2, 1, 0.04),
      box(Tone.DARK, 0.42, 0.1, 0.16, 0.07), box(Tone.DARK, 0.06, 1, 0.1, 0.06), box(Tone.DARK, 0.84, 1, 0.1, 0.06)));
  static final Design DRAWERS = new Design(0.4, 0.82, List.of(box(Tone.DARK, 0, 0.24, 1, 0.03),
      box(Tone.DARK, 0, 0.49, 1, 0.03), box(Tone.DARK, 0, 0.74, 1, 0.03), box(Tone.DARK, 0.3, 0.1, 0.4, 0.03),
      box(Tone.DARK, 0.3, 0.35, 0.4, 0.03), box(Tone.DARK, 0.3, 0.6, 0.4, 0.03), box(Tone.DARK, 0.3, 0.85, 0.4, 0.03)));
  static final Design TWO_COLUMNS = new Design(0.62, 0.8, List.of(box(Tone.DARK, 0.48, 0, 0.04, 1),
      box(Tone.DARK, 0.38, 0.25, 0.05, 0.5), box(Tone.DARK, 0.57, 0.25, 0.05, 0.5),
      box(Tone.DARK, 0.1, 0.3, 0.2, 0.22)));
  static final Design TWO_DOORS = new Design(0.4, 0.84, List.of(box(Tone.DARK, 0, 0.6, 1, 0.03),
      box(Tone.DARK, 0.84, 0.38, 0.07, 0.18), box(Tone.DARK, 0.84, 0.67, 0.07, 0.18)));
  static final Design ONE_DOOR = new Design(0.44, 0.8, List.of(box(Tone.DARK, 0.82, 0.3, 0.07, 0.34),
      box(Tone.LIGHT, 0.1, 0.06, 0.3, 0.06)));
  static final Design PINNED_CHIP = chip(List.of(wedge(Tone.LIGHT, 0.04, 0.04, 0.2, 0.2)), 4);
  static final Design LIDDED_CHIP =
      chip(List.of(box(Tone.LIGHT, 0.2, 0.2, 0.6, 0.6), box(Tone.DARK, 0.36, 0.46, 0.28, 0.08)), 0);
  static final Design FAN = new Design(0.66, 0.66, List.of(oval(Tone.DARK, 0.05, 0.05, 0.9, 0.9),
      wedge(Tone.LIGHT, 0.4, 0.1, 0.2, 0.4), wedge(Tone.LIGHT, 0.14, 0.5, 0.36, 0.26),
      wedge(Tone.LIGHT, 0.5, 0.5, 0.36, 0.26),
      oval(Tone.BODY, 0.37, 0.37, 0.26, 0.26)));

  /** What a part is painted with. */
  enum Tone {
    BODY, DARK, LIGHT
  }

  /** What a part looks like. */
  enum Outline {
    BOX, OVAL, WEDGE
  }

  /**
   * A part. Lengths are shares of the body's.
   *
   * @param x from the body's left
   * @param y from the body's top
   */
  record Part(Outline outline, Tone tone, double x, double y, double width, double height) {
    /** The shape on a body of a size, whose corner is at the origin. */
    Shape on(double bodyWidth, double bodyHeight) {
      var frame = new Rectangle2D.Double(x * bodyWidth, y * bodyHeight, width * bodyWidth, height * bodyHeight);
      return switch (outline) {
        case BOX -> frame;
        case OVAL -> new Ellipse2D.Double(frame.x, frame.y, frame.width, frame.height);
        case WEDGE -> {
          var path = new Path2D.Double();
          path.moveTo(frame.getCenterX(), frame.getMinY());
          path.lineTo(frame.getMaxX(), frame.getMaxY());
          path.lineTo(frame.getMinX(), frame.getMaxY());
          path.closePath();
          yield path;
        }
      };
    }
  }

  Design {
    parts = List.copyOf(parts);
  }

  /** The outline of the body, whose corner is at the origin. */
  RoundRectangle2D body(double bodyWidth, double bodyHeight) {
    double corner = 0.12 * Math.min(bodyWidth, bodyHeight);
    return new RoundRectangle2D.Double(0, 0, bodyWidth, bodyHeight, corner, corner);
  }

  /** From a body at the origin to one whose centre is the origin. */
  static AffineTransform centred(double bodyWidth, double bodyHeight) {
    return AffineTransform.getTranslateInstance(-bodyWidth / 2, -bodyHeight / 2);
  }

  private static Design phone(Part... parts) {
    return new Design(0.4, 0.78, List.of(parts));
  }

  private static Design keypad() {
    var parts = new ArrayList<Part>();
    parts.add(box(Tone.DARK, 0.12, 0.08, 0.76, 0.32));
    parts.addAll(grid(Tone.LIGHT, 3, 0.14, 0.48, 0.72, 0.46));
    return new Design(0.36, 0.76, parts);
  }

  /** A chip with so many pins along a side. */
  private static Design chip(List<Part> marks, int pins) {
    var parts = new ArrayList<Part>(pins == 0 ? List.of() : grid(Tone.DARK, pins, 0.1, 0.1, 0.8, 0.8));
    parts.addAll(marks);
    return new Design(0.66, 0.66, parts);
  }

  private static List<Part> grid(Tone tone, int side, double x, double y, double width, double height) {
    var parts = new ArrayList<Part>();
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        parts.add(box(tone, x + (column + 0.2) * width / side, y + (row + 0.2) * height / side, 0.6 * width / side,
            0.6 * height / side));
      }
    }
    return Collections.unmodifiableList(parts);
  }

  private static Part box(Tone tone, double x, double y, double width, double height) {
    return new Part(Outline.BOX, tone, x, y, width, height);
  }

  private static Part oval(Tone tone, double x, double y, double width, double height) {
    return new Part(Outline.OVAL, tone, x, y, width, height);
  }

  private static Part wedge(Tone tone, double x, double y, double width, double height) {
    return new Part(Outline.WEDGE, tone, x, y, width, height);
  }
}
