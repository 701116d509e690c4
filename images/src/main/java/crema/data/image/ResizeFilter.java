package crema.data.image;

import crema.base.Keyed;

/**
 * The weight of a pixel by its distance from where a new one lies: those of Pillow.
 *
 * @see Resize
 */
public enum ResizeFilter implements Keyed {
  /** The mean of all pixels beneath. */
  BOX(0.5) {
    @Override
    double weight(double x) {
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    }
  },
  /** A triangle. */
  BILINEAR(1) {
    @Override
    double weight(double x) {
      double distance = Math.abs(x);
      return distance < 1 ? 1 - distance : 0;
    }
  },
  /** A windowed sinc of width 1. */
  HAMMING(1) {
    @Override
    double weight(double x) {
      double distance = Math.abs(x);
      if (distance == 0) {
        return 1;
      }
      double angle = distance * Math.PI;
      return distance >= 1 ? 0 : StrictMath.sin(angle) / angle * (0.54f + 0.46f * StrictMath.cos(angle));
    }
  },
  /** The cubic convolution of Keys (1981) with a = -0.5. */
  BICUBIC(2) {
    @Override
    double weight(double x) {
      double distance = Math.abs(x);
      if (distance < 1) {
        return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
      }
      return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * A : 0;
    }
  },
  /** A sinc of width 3 windowed by another. */
  LANCZOS(3) {
    @Override
    double weight(double x) {
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
  };

  private static final double A = -0.5;

  private final double support;

  ResizeFilter(double support) {
    this.support = support;
  }

  /** Up to which distance pixels count, in pixels of the larger of both pictures. */
  double support() {
    return support;
  }

  /** The weight at a distance, before weights are made to sum to 1. */
  abstract double weight(double x);

  private static double sinc(double x) {
    double angle = x * Math.PI;
    return x == 0 ? 1 : StrictMath.sin(angle) / angle;
  }
}
