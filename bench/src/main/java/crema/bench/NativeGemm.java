package crema.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crema.tensor.Orientation;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** A native library as a contender. Its matrices are outside the heap, on cache lines. */
abstract sealed class NativeGemm implements GemmContender {
  private static final long CACHE_LINE = 64;
  private static final Linker LINKER = Linker.nativeLinker();

  private final String label;
  private Arena operands = Arena.ofConfined();
  GemmShape shape = new GemmShape(Orientation.NN, 0, 0, 0);
  MemorySegment a = MemorySegment.NULL;
  MemorySegment b = MemorySegment.NULL;
  MemorySegment c = MemorySegment.NULL;

  private NativeGemm(String label) {
    this.label = label;
  }

  /** OpenBLAS (Debian's package {@code libopenblas0-pthread}), if it is installed. */
  static Optional<GemmContender> openBlas(int threads) {
    return library("libopenblas.so.0").map(library -> new OpenBlas(library, threads));
  }

  /** oneDNN (Debian's package {@code libdnnl3} or {@code libdnnl2}) on GNU's OpenMP, if it is installed. */
  static Optional<GemmContender> oneDnn(int threads) {
    return library("libdnnl.so.3", "libdnnl.so.2")
        .flatMap(library -> library("libgomp.so.1").map(openMp -> new OneDnn(library, openMp, threads)));
  }

  private static Optional<SymbolLookup> library(String... names) {
    for (String name : names) {
      try {
        return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalArgumentException notInstalled) {
        continue;
      }
    }
    return Optional.empty();
  }

  private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(library.findOrThrow(name), descriptor);
  }

  private static void setThreads(SymbolLookup library, String function, int threads) {
    try {
      function(library, function, FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(threads);
    } catch (Throwable e) {
      throw new LinkageError(function + " failed", e);
    }
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public void load(GemmShape shape, float[] a, float[] b) {
    operands.close();
    operands = Arena.ofConfined();
    this.shape = shape;
    this.a = copy(a);
    this.b = copy(b);
    c = operands.allocate(Float.BYTES * (long) shape.m() * shape.n(), CACHE_LINE);
  }

  private MemorySegment copy(float[] matrix) {
    var segment = operands.allocate((long) Float.BYTES * matrix.length, CACHE_LINE);
    MemorySegment.copy(matrix, 0, segment, JAVA_FLOAT, 0, matrix.length);
    return segment;
  }

  @Override
  public float[] result() {
    return c.toArray(JAVA_FLOAT);
  }

  @Override
  public void close() {
    operands.close();
  }

  /** {@code cblas_sgemm} of OpenBLAS. */
  private static final class OpenBlas extends NativeGemm {
    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    private final MethodHandle sgemm;

    OpenBlas(SymbolLookup library, int threads) {
      super("OpenBLAS");
      sgemm = function(library, "cblas_sgemm", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
          JAVA_INT, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT));
      setThreads(library, "openblas_set_num_threads", threads);
    }

    @Override
    public void multiply() {
      try {
        sgemm.invokeExact(ROW_MAJOR, shape.transposesA() ? TRANSPOSE : NO_TRANSPOSE,
            shape.transposesB() ? TRANSPOSE : NO_TRANSPOSE, shape.m(), shape.n(), shape.k(),
            1f, a, shape.lda(), b, shape.ldb(), 0f, c, shape.n());
      } catch (Throwable e) {
        throw new IllegalStateException("cblas_sgemm failed", e);
      }
    }
  }

  /** {@code dnnl_sgemm} of oneDNN, which is row-major. */
  private static final class OneDnn extends NativeGemm {
    private final MethodHandle sgemm;

    OneDnn(SymbolLookup library, SymbolLookup openMp, int threads) {
      super("oneDNN");
      sgemm = function(library, "dnnl_sgemm", FunctionDescriptor.of(JAVA_INT, JAVA_BYTE, JAVA_BYTE, JAVA_LONG,
          JAVA_LONG, JAVA_LONG, JAVA_FLOAT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_FLOAT, ADDRESS, JAVA_LONG));
      setThreads(openMp, "omp_set_num_threads", threads);
    }

    @Override
    public void multiply() {
      int status;
      try {
        status = (int) sgemm.invokeExact((byte) (shape.transposesA() ? 'T' : 'N'),
            (byte) (shape.transposesB() ? 'T' : 'N'), (long) shape.m(), (long) shape.n(), (long) shape.k(),
            1f, a, (long) shape.lda(), b, (long) shape.ldb(), 0f, c, (long) shape.n());
      } catch (Throwable e) {
        throw new IllegalStateException("dnnl_sgemm failed", e);
      }
      if (status != 0) {
        throw new IllegalStateException("dnnl_sgemm returned " + status);
      }
    }
  }
}
