package crema.tensor.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The species of the width that {@link Simd} chose, as constants that the JIT compiler folds. Only for code that runs
 * when {@link Simd#isVector} is true: this class does not load without the Vector API.
 */
public final class SimdSpecies {
  private static final VectorShape SHAPE = VectorShape.forBitSize(Simd.width().lanes() * Float.SIZE);

  /** Vectors of floats. */
  public static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  /** As many ints. */
  public static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);

  private SimdSpecies() {}
}
