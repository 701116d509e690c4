package crema.ptx.op;

import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Instructions that do the same in each lane. What one does is a loop over 32 lanes, so that C2 compiles and vectorises
 * it; where only some lanes take part, all are computed and those kept. In the names, R is a register of up to 32 bits
 * and D one of 64, the result first.
 */
final class Lanewise {
  static final int LANES = Warp.LANES;

  private Lanewise() {}

  /** r = f(r). */
  interface RR {
    void run(int[] d, int[] a);
  }

  /** r = f(r, r). */
  interface RRR {
    void run(int[] d, int[] a, int[] b);
  }

  /** r = f(r, r, r). */
  interface RRRR {
    void run(int[] d, int[] a, int[] b, int[] c);
  }

  /** d = f(d). */
  interface DD {
    void run(long[] d, long[] a);
  }

  /** d = f(d, d). */
  interface DDD {
    void run(long[] d, long[] a, long[] b);
  }

  /** d = f(d, d, d). */
  interface DDDD {
    void run(long[] d, long[] a, long[] b, long[] c);
  }

  /** d = f(d, r). */
  interface DDR {
    void run(long[] d, long[] a, int[] b);
  }

  /** d = f(r, r). */
  interface DRR {
    void run(long[] d, int[] a, int[] b);
  }

  /** d = f(r, r, d). */
  interface DRRD {
    void run(long[] d, int[] a, int[] b, long[] c);
  }

  /** d = f(d, r, r). */
  interface DDRR {
    void run(long[] d, long[] a, int[] b, int[] c);
  }

  /** d = f(r). */
  interface DR {
    void run(long[] d, int[] a);
  }

  /** r = f(d). */
  interface RD {
    void run(int[] d, long[] a);
  }

  static RR each(IntUnaryOperator f) {
    return (d, a) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = f.applyAsInt(a[l]);
      }
    };
  }

  static RRR each(IntBinaryOperator f) {
    return (d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = f.applyAsInt(a[l], b[l]);
      }
    };
  }

  static DD eachLong(LongUnaryOperator f) {
    return (d, a) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = f.applyAsLong(a[l]);
      }
    };
  }

  static DDD eachLong(LongBinaryOperator f) {
    return (d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = f.applyAsLong(a[l], b[l]);
      }
    };
  }

  static Compute rr(int d, int a, RR f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.r[d], w.r[a]);
        } else {
          f.run(w.scratch, w.r[a]);
          w.keep(d, lanes);
        }
      }
    };
  }

  static Compute rrr(int d, int a, int b, RRR f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.r[d], w.r[a], w.r[b]);
        } else {
          f.run(w.scratch, w.r[a], w.r[b]);
          w.keep(d, lanes);
        }
      }
    };
  }

  static Compute rrrr(int d, int a, int b, int c, RRRR f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.r[d], w.r[a], w.r[b], w.r[c]);
        } else {
          f.run(w.scratch, w.r[a], w.r[b], w.r[c]);
          w.keep(d, lanes);
        }
      }
    };
  }

  static Compute rd(int d, int a, RD f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.r[d], w.d[a]);
        } else {
          f.run(w.scratch, w.d[a]);
          w.keep(d, lanes);
        }
      }
    };
  }

  static Compute dd(int d, int a, DD f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.d[d], w.d[a]);
        } else {
          f.run(w.scratch64, w.d[a]);
          w.keep64(d, lanes);
        }
      }
    };
  }

  static Compute ddd(int d, int a, int b, DDD f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.d[d], w.d[a], w.d[b]);
        } else {
          f.run(w.scratch64, w.d[a], w.d[b]);
          w.keep64(d, lanes);
        }
      }
    };
  }

  static Compute dddd(int d, int a, int b, int c, DDDD f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.d[d], w.d[a], w.d[b], w.d[c]);
        } else {
          f.run(w.scratch64, w.d[a], w.d[b], w.d[c]);
          w.keep64(d, lanes);
        }
      }
    };
  }

  static Compute ddr(int d, int a, int b, DDR f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.d[d], w.d[a], w.r[b]);
        } else {
          f.run(w.scratch64, w.d[a], w.r[b]);
          w.keep64(d, lanes);
        }
      }
    };
  }

  static Compute drr(int d, int a, int b, DRR f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.d[d], w.r[a], w.r[b]);
        } else {
          f.run(w.scratch64, w.r[a], w.r[b]);
          w.keep64(d, lanes);
        }
      }
    };
  }

  static Compute drrd(int d, int a, int b, int c, DRRD f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.d[d], w.r[a], w.r[b], w.d[c]);
        } else {
          f.run(w.scratch64, w.r[a], w.r[b], w.d[c]);
          w.keep64(d, lanes);
        }
      }
    };
  }

  static Compute ddrr(int d, int a, int b, int c, DDRR f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.d[d], w.d[a], w.r[b], w.r[c]);
        } else {
          f.run(w.scratch64, w.d[a], w.r[b], w.r[c]);
          w.keep64(d, lanes);
        }
      }
    };
  }

  static Compute dr(int d, int a, DR f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (lanes == Warp.ALL) {
          f.run(w.d[d], w.r[a]);
        } else {
          f.run(w.scratch64, w.r[a]);
          w.keep64(d, lanes);
        }
      }
    };
  }
}
