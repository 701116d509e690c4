package crema.autograd.op;

/** How the elements of an input are chosen. */
@FunctionalInterface
interface Values {
  /**
   * One element.
   *
   * @param random a random number in [0, 1) that belongs to the element
   */
  double choose(double random);

  /** Spread evenly from {@code low} to {@code high}. */
  static Values uniform(double low, double high) {
    return random -> low + random * (high - low);
  }

  /** Between {@code low} and {@code high} with either sign: for functions with a kink or a pole at zero. */
  static Values awayFromZero(double low, double high) {
    return random -> random < 0.5 ? low + 2 * random * (high - low) : -(low + (2 * random - 1) * (high - low));
  }

  /** Some given numbers in random order. */
  static Values oneOf(double... numbers) {
    return random -> numbers[(int) (random * numbers.length)];
  }
}
