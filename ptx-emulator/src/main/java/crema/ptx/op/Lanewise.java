package crema.ptx.op;

import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Instructions that do the same in each lane. What one does is a loop over 32 lanes, so that C2 compiles and vectorises it; where only some
 * lanes take part, all are computed and those kept. In the names, R is a register of up to 32 bits and D one of 64, the result first.
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

  /** Computes into a register of up to 32 bits. */
  private abstract static class Narrow extends Compute {
    private final int to;

    Narrow(int to) {
      this.to = to;
    }

    abstract void run(Warp w, int[] d);

    @Override
    public final void execute(Warp w, int lanes) {
      if (lanes == Warp.ALL) {
        run(w, w.r[to]);
      } else {
        run(w, w.scratch);
        w.keep(to, lanes);
      }
    }
  }

  /** Computes into a register of 64 bits. */
  private abstract static class Wide extends Compute {
    private final int to;

    Wide(int to) {
      this.to = to;
    }

    abstract void run(Warp w, long[] d);

    @Override
    public final void execute(Warp w, int lanes) {
      if (lanes == Warp.ALL) {
        run(w, w.d[to]);
      } else {
        run(w, w.scratch64);
        w.keep64(to, lanes);
      }
    }
  }

  static Compute rr(int d, int a, RR f) {
    return new Narrow(d) {
      @Override
      void run(Warp w, int[] to) {
        f.run(to, w.r[a]);
      }
    };
  }

  static Compute rrr(int d, int a, int b, RRR f) {
    return new Narrow(d) {
      @Override
      void run(Warp w, int[] to) {
        f.run(to, w.r[a], w.r[b]);
      }
    };
  }

  static Compute rrrr(int d, int a, int b, int c, RRRR f) {
    return new Narrow(d) {
      @Override
      void run(Warp w, int[] to) {
        f.run(to, w.r[a], w.r[b], w.r[c]);
      }
    };
  }

  static Compute rd(int d, int a, RD f) {
    return new Narrow(d) {
      @Override
      void run(Warp w, int[] to) {
        f.run(to, w.d[a]);
      }
    };
  }

  static Compute dd(int d, int a, DD f) {
    return new Wide(d) {
      @Override
      void run(Warp w, long[] to) {
        f.run(to, w.d[a]);
      }
    };
  }

  static Compute ddd(int d, int a, int b, DDD f) {
    return new Wide(d) {
      @Override
      void run(Warp w, long[] to) {
        f.run(to, w.d[a], w.d[b]);
      }
    };
  }

  static Compute dddd(int d, int a, int b, int c, DDDD f) {
    return new Wide(d) {
      @Override
      void run(Warp w, long[] to) {
        f.run(to, w.d[a], w.d[b], w.d[c]);
      }
    };
  }

  static Compute ddr(int d, int a, int b, DDR f) {
    return new Wide(d) {
      @Override
      void run(Warp w, long[] to) {
        f.run(to, w.d[a], w.r[b]);
      }
    };
  }

  static Compute drr(int d, int a, int b, DRR f) {
    return new Wide(d) {
      @Override
      void run(Warp w, long[] to) {
        f.run(to, w.r[a], w.r[b]);
      }
    };
  }

  static Compute drrd(int d, int a, int b, int c, DRRD f) {
    return new Wide(d) {
      @Override
      void run(Warp w, long[] to) {
        f.run(to, w.r[a], w.r[b], w.d[c]);
      }
    };
  }

  static Compute ddrr(int d, int a, int b, int c, DDRR f) {
    return new Wide(d) {
      @Override
      void run(Warp w, long[] to) {
        f.run(to, w.d[a], w.r[b], w.r[c]);
      }
    };
  }

  static Compute dr(int d, int a, DR f) {
    return new Wide(d) {
      @Override
      void run(Warp w, long[] to) {
        f.run(to, w.r[a]);
      }
    };
  }
}
