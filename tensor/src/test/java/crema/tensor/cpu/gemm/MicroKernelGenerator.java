package crema.tensor.cpu.gemm;

import crema.tensor.cpu.simd.Simd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the four implementations of {@link MicroKernel}, one for each {@link Simd.Width}.
 *
 * <p>A register block needs its accumulators as local variables, since HotSpot keeps no array element in a register;
 * a loop cannot express that, so a program writes the variables out. To change a kernel, change this class and run
 * its {@link #main}; a test checks that the committed files are what it writes.
 */
final class MicroKernelGenerator {

  /**
   * One file to write.
   *
   * @param lanes floats in a vector; 1 means plain floats
   * @param rows the rows of every kernel, largest first; each remainder of the largest is a sum of the others. The sums,
   *     a row of B and an element of A for every row must fit into the registers: HotSpot loads all of A's elements before
   *     it needs them, and a sum that is moved to memory and back each step costs half the speed. So 16 registers of 256
   *     bits hold 4 rows, not 6.
   * @param vectors the most vectors of columns in a kernel
   */
  record Spec(String className, int lanes, List<Integer> rows, int vectors) {
    boolean scalar() {
      return lanes == 1;
    }
  }

  static final List<Spec> SPECS = List.of(
      new Spec("MicroKernel512", 16, List.of(12, 8, 4, 2, 1), 2),
      new Spec("MicroKernel256", 8, List.of(4, 2, 1), 2),
      new Spec("MicroKernel128", 4, List.of(6, 4, 2, 1), 2),
      new Spec("MicroKernelScalar", 1, List.of(4, 2, 1), 4));

  private final Spec spec;
  private final StringBuilder out = new StringBuilder();

  private MicroKernelGenerator(Spec spec) {
    this.spec = spec;
  }

  /** Writes all files into the folder of the package, the program's only argument. */
  public static void main(String[] args) throws IOException {
    for (var spec : SPECS) {
      Files.writeString(Path.of(args[0], spec.className() + ".java"), source(spec));
    }
  }

  /** The text of one file. */
  static String source(Spec spec) {
    var generator = new MicroKernelGenerator(spec);
    generator.classHead();
    generator.dispatch();
    for (int rows : spec.rows()) {
      for (int vectors = spec.vectors(); vectors >= 1; vectors--) {
        generator.kernel(rows, vectors);
      }
    }
    generator.copy();
    generator.transpose();
    generator.out.append("}\n");
    return generator.out.toString();
  }

  private void classHead() {
    line(0, "package crema.tensor.cpu.gemm;");
    line(0, "");
    if (!spec.scalar()) {
      line(0, "import jdk.incubator.vector.FloatVector;");
      line(0, "import jdk.incubator.vector.VectorSpecies;");
      line(0, "");
    }
    line(0, "/**");
    line(0, " * Register blocks of %s."
        .formatted(spec.scalar() ? "plain floats" : spec.lanes() * Float.SIZE + "-bit vectors"));
    line(0, " * Written by {@code MicroKernelGenerator}, which is among the tests: change that, not this file.");
    line(0, " */");
    line(0, "final class " + spec.className() + " implements MicroKernel {");
    if (!spec.scalar()) {
      line(1, "private static final VectorSpecies<Float> S = FloatVector.SPECIES_" + spec.lanes() * Float.SIZE + ";");
      line(1, "private static final float[] INTERLEAVE_LOW = MicroKernel.interleave(%d, 0);".formatted(spec.lanes()));
      line(1, "private static final float[] INTERLEAVE_HIGH = MicroKernel.interleave(%d, %d);"
          .formatted(spec.lanes(), spec.lanes() / 2));
    }
    constant("lanes", spec.lanes());
    constant("rows", spec.rows().getFirst());
    constant("vectors", spec.vectors());
  }

  private void constant(String name, int value) {
    line(0, "");
    line(1, "@Override");
    line(1, "public int " + name + "() {");
    line(2, "return " + value + ";");
    line(1, "}");
  }

  private void dispatch() {
    line(0, "");
    line(1, "@Override");
    line(1, "public void multiply(");
    line(3, "int rows, int vectors, float[] a, int ao, float[] b, int bo,");
    line(3, "float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {");
    line(2, "switch (rows * %d + vectors) {".formatted(spec.vectors() + 1));
    for (int rows : spec.rows()) {
      for (int vectors = spec.vectors(); vectors >= 1; vectors--) {
        line(3, "case %d * %d + %d -> %s(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);"
            .formatted(rows, spec.vectors() + 1, vectors, kernelName(rows, vectors)));
      }
    }
    line(3, "default -> throw new IllegalArgumentException(");
    line(5, "\"no kernel of \" + rows + \" rows, \" + vectors + \" vectors\");");
    line(2, "}");
    line(1, "}");
  }

  private void kernel(int rows, int vectors) {
    line(0, "");
    line(1, "private static void " + kernelName(rows, vectors) + "(");
    line(3, "float[] a, int ao, float[] b, int bo,");
    line(3, "float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {");
    for (int row = 0; row < rows; row++) {
      for (int v = 0; v < vectors; v++) {
        line(2, declare("c" + row + "x" + v) + " = " + load("from", index("fo", row, "ldf", v)) + ";");
      }
    }
    line(2, "for (int k = 0; k < depth; k++) {");
    for (int v = 0; v < vectors; v++) {
      String at = plus(times("bo + k", vectors * spec.lanes()), v * spec.lanes());
      line(3, declare("b" + v) + " = " + load("b", at) + ";");
    }
    for (int row = 0; row < rows; row++) {
      line(3, declare("a" + row) + " = " + broadcast("a[" + plus(times("ao + k", rows), row) + "]") + ";");
      for (int v = 0; v < vectors; v++) {
        String sum = "c" + row + "x" + v;
        line(3, sum + " = " + fma("a" + row, "b" + v, sum) + ";");
      }
    }
    line(2, "}");
    for (int row = 0; row < rows; row++) {
      for (int v = 0; v < vectors; v++) {
        line(2, store("c" + row + "x" + v, "c", index("co", row, "ldc", v)) + ";");
      }
    }
    line(1, "}");
  }

  private void copy() {
    line(0, "");
    line(1, "@Override");
    line(1, "public void copy(");
    line(3, "float[] from, int fo, int ldf, int width, float[] to, int too, int ldt, int panelStride, int panels) {");
    line(2, "for (int panel = 0; panel < panels; panel++) {");
    line(3, "int f = fo + panel * width;");
    line(3, "int t = too + panel * panelStride;");
    for (int row = 0; row < MicroKernel.COPIED_ROWS; row++) {
      line(3, store(load("from", index("f", row, "ldf", 0)), "to", index("t", row, "ldt", 0)) + ";");
    }
    line(2, "}");
    line(1, "}");
  }

  private void transpose() {
    int lanes = spec.lanes();
    line(0, "");
    line(1, "@Override");
    line(1, "public void transpose(");
    line(3, "float[] from, int fo, int ldf, int rows, float[] to, int too, int ldt, int blocks) {");
    if (spec.scalar()) {
      line(2, "for (int block = 0; block < blocks; block++) {");
      line(3, "to[too + block * ldt] = from[fo + block];");
      line(2, "}");
      line(1, "}");
      return;
    }
    line(2, "var low = FloatVector.fromArray(S, INTERLEAVE_LOW, 0);");
    line(2, "var high = FloatVector.fromArray(S, INTERLEAVE_HIGH, 0);");
    for (int row = 0; row < lanes; row++) {
      line(2, "int f%d = fo + Math.min(%d, rows - 1) * ldf;".formatted(row, row));
    }
    line(2, "for (int block = 0; block < blocks; block++) {");
    line(3, "int k = block * %d;".formatted(lanes));
    for (int row = 0; row < lanes; row++) {
      line(3, "var %s = FloatVector.fromArray(S, from, f%d + k);".formatted(stage(0, row), row));
    }
    int stages = Integer.numberOfTrailingZeros(lanes);
    for (int stage = 0; stage < stages; stage++) {
      for (int row = 0; row < lanes / 2; row++) {
        for (int half = 0; half < 2; half++) {
          line(3, "var %s = %s.selectFrom(%s, %s);".formatted(
              stage(stage + 1, 2 * row + half), half == 0 ? "low" : "high",
              stage(stage, row), stage(stage, row + lanes / 2)));
        }
      }
    }
    line(3, "int t = too + k * ldt;");
    for (int row = 0; row < lanes; row++) {
      line(3, store(stage(stages, row), "to", index("t", row, "ldt", 0)) + ";");
    }
    line(2, "}");
    line(1, "}");
  }

  /** The variable of a row after so many stages of the transposition: s0, s1, ..., then t0, t1, ... */
  private static String stage(int stage, int row) {
    return (char) ('s' + stage) + Integer.toString(row);
  }

  private String kernelName(int rows, int vectors) {
    return "multiply" + rows + "x" + vectors * spec.lanes();
  }

  private String declare(String name) {
    return (spec.scalar() ? "float " : "var ") + name;
  }

  private String index(String base, int row, String stride, int vector) {
    String start = row == 0 ? base : row == 1 ? base + " + " + stride : base + " + " + row + " * " + stride;
    return plus(start, vector * spec.lanes());
  }

  private static String times(String index, int constant) {
    return constant == 1 ? index : index + " * " + constant;
  }

  private static String plus(String index, int constant) {
    return constant == 0 ? index : index + " + " + constant;
  }

  private String load(String array, String index) {
    return spec.scalar() ? array + "[" + index + "]" : "FloatVector.fromArray(S, " + array + ", " + index + ")";
  }

  private String broadcast(String value) {
    return spec.scalar() ? value : "FloatVector.broadcast(S, " + value + ")";
  }

  private String fma(String x, String y, String sum) {
    return spec.scalar() ? "Math.fma(" + x + ", " + y + ", " + sum + ")" : x + ".fma(" + y + ", " + sum + ")";
  }

  private String store(String value, String array, String index) {
    return spec.scalar() ? array + "[" + index + "] = " + value : value + ".intoArray(" + array + ", " + index + ")";
  }

  private void line(int indent, String text) {
    out.append(text.isEmpty() ? "" : "  ".repeat(indent)).append(text).append('\n');
  }
}
