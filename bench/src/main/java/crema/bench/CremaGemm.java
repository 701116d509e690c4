package crema.bench;

import crema.base.WorkerPool;
import crema.tensor.cpu.gemm.Gemm;
import crema.tensor.Orientation;

/** {@link Gemm} as a contender. */
final class CremaGemm implements GemmContender {
  private final WorkerPool pool;
  private final Gemm gemm;
  private GemmShape shape = new GemmShape(Orientation.NN, 0, 0, 0);
  private float[] a = {};
  private float[] b = {};
  private float[] c = {};

  CremaGemm(int threads) {
    pool = new WorkerPool(threads);
    gemm = new Gemm(pool);
  }

  @Override
  public String label() {
    return "Crema";
  }

  @Override
  public void load(GemmShape shape, float[] a, float[] b) {
    this.shape = shape;
    this.a = a;
    this.b = b;
    c = new float[shape.m() * shape.n()];
  }

  @Override
  public void multiply() {
    gemm.multiply(shape.orientation(), shape.m(), shape.n(), shape.k(), a, 0, shape.lda(), b, 0, shape.ldb(),
        c, 0, shape.n(), false);
  }

  @Override
  public float[] result() {
    return c.clone();
  }

  @Override
  public void close() {
    pool.close();
  }
}
