package crema.tensor.cpu;

/**
 * Cosines and sines of the angles of rotary positions, {@code [positions, half]}.
 *
 * @param positions how many positions there are
 */
record RopeTable(int positions, float[] cosines, float[] sines) {
  /** Tables of the angles p · theta^(−i / half). StrictMath gives the same on every machine. */
  static RopeTable of(int positions, int half, double theta) {
    var cosines = new float[Math.multiplyExact(positions, half)];
    var sines = new float[cosines.length];
    for (int i = 0; i < half; i++) {
      double frequency = StrictMath.pow(theta, -(double) i / half);
      for (int p = 0; p < positions; p++) {
        cosines[p * half + i] = (float) StrictMath.cos(p * frequency);
        sines[p * half + i] = (float) StrictMath.sin(p * frequency);
      }
    }
    return new RopeTable(positions, cosines, sines);
  }
}
