package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** mma, ldmatrix, stmatrix and wgmma, in all shapes, types and layouts, against the PTX manual's tables. */
class MatrixTest {
  /** A type of elements: its PTX name and its bytes. */
  enum Element {
    F16("f16", 2),
    BF16("bf16", 2),
    TF32("tf32", 4);

    private final String ptx;
    private final int bytes;

    Element(String ptx, int bytes) {
      this.ptx = ptx;
      this.bytes = bytes;
    }

    /** A small number that the type holds exactly, as all products and sums of a test are then exact. */
    float random(Random random) {
      return random.nextInt(-8, 9) * 0.25f;
    }

    int bits(float value) {
      return switch (this) {
        case F16 -> Float.floatToFloat16(value) & 0xffff;
        case BF16 -> Float.floatToRawIntBits(value) >>> 16;
        case TF32 -> Float.floatToRawIntBits(value);
      };
    }
  }

  record Shape(Element element, int k) {}

  static Stream<Shape> shapes() {
    return Stream.of(new Shape(Element.BF16, 16), new Shape(Element.BF16, 8), new Shape(Element.F16, 16),
        new Shape(Element.F16, 8),
        new Shape(Element.TF32, 8), new Shape(Element.TF32, 4));
  }

  private static float[][] matrix(int rows, int columns, Element element, Random random) {
    float[][] m = new float[rows][columns];
    for (float[] row : m) {
      for (int j = 0; j < columns; j++) {
        row[j] = element.random(random);
      }
    }
    return m;
  }

  /** Fragments as the manual tabulates them: groupID = lane / 4, threadID = lane % 4, element i of a lane. */
  @ParameterizedTest
  @MethodSource("shapes")
  void mma(Shape shape) {
    var random = new Random(1);
    Element e = shape.element();
    int k = shape.k();
    float[][] a = matrix(16, k, e, random);
    float[][] b = matrix(k, 8, e, random);
    float[][] c = matrix(16, 8, e, random);
    int perRegister = 4 / e.bytes;
    int elementsA = 16 * k / 32;
    int elementsB = k * 8 / 32;
    long[][] lanes = new long[elementsA / perRegister + elementsB / perRegister + 4][32];
    for (int lane = 0; lane < 32; lane++) {
      int group = lane / 4;
      int thread = lane % 4;
      for (int i = 0; i < elementsA; i++) {
        int row = perRegister == 2 ? group + (i / 2 % 2 == 1 ? 8 : 0) : group + (i % 2 == 1 ? 8 : 0);
        int column = perRegister == 2 ? thread * 2 + (i & 1) + (i >= 4 ? 8 : 0) : thread + (i >= 2 ? 4 : 0);
        lanes[i / perRegister][lane] |= (e.bits(a[row][column]) & 0xffff_ffffL) << i % perRegister * 16;
      }
      for (int i = 0; i < elementsB; i++) {
        int row = perRegister == 2 ? thread * 2 + (i & 1) + (i >= 2 ? 8 : 0) : thread + (i >= 1 ? 4 : 0);
        lanes[elementsA / perRegister
            + i / perRegister][lane] |= (e.bits(b[row][group]) & 0xffff_ffffL) << i % perRegister * 16;
      }
      for (int i = 0; i < 4; i++) {
        lanes[lanes.length - 4 + i][lane] = Float.floatToRawIntBits(c[group + (i >= 2 ? 8 : 0)][thread * 2 + (i & 1)]);
      }
    }
    float[] out = runMma(shape, lanes, elementsA / perRegister, elementsB / perRegister);
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < 4; i++) {
        int row = lane / 4 + (i >= 2 ? 8 : 0);
        int column = lane % 4 * 2 + (i & 1);
        float want = c[row][column];
        for (int l = 0; l < k; l++) {
          want += a[row][l] * b[l][column];
        }
        assertThat(out[i * 32 + lane]).isEqualTo(want);
      }
    }
  }

  private static String list(String prefix, int from, int count) {
    var names = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      names.add(prefix + (from + i));
    }
    return "{" + String.join(", ", names) + "}";
  }

  private static float[] runMma(Shape shape, long[][] lanes, int registersA, int registersB) {
    var text = new StringBuilder(
        ".visible .entry k(.param .u64 in, .param .u64 out) {\n.reg .b32 %r<20>; .reg .f32 %f<8>; .reg .b64 %q<4>;\n"
            + "ld.param.u64 %q0, [in]; ld.param.u64 %q1, [out]; mov.u32 %r19, %laneid; "
            + "mad.wide.u32 %q0, %r19, 4, %q0; mad.wide.u32 %q1, %r19, 4, %q1;\n");
    int inputs = registersA + registersB;
    for (int i = 0; i < inputs; i++) {
      text.append("ld.global.b32 %r" + i + ", [%q0+" + i * 128 + "];\n");
    }
    for (int i = 0; i < 4; i++) {
      text.append("ld.global.f32 %f" + i + ", [%q0+" + (inputs + i) * 128 + "];\n");
    }
    String e = shape.element().ptx;
    text.append("mma.sync.aligned.m16n8k" + shape.k() + ".row.col.f32." + e + "." + e + ".f32 " + list("%f", 4, 4)
        + ", " + list("%r", 0, registersA)
        + ", " + list("%r", registersA, registersB) + ", " + list("%f", 0, 4) + ";\n");
    for (int i = 0; i < 4; i++) {
      text.append("st.global.f32 [%q1+" + i * 128 + "], %f" + (4 + i) + ";\n");
    }
    int[] flat = new int[lanes.length * 32];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (int) lanes[i / 32][i % 32];
    }
    try (var device = new PtxDevice(Capability.SM_80, 1 << 20, 1)) {
      PtxKernel kernel = device.load("mma.ptx", Snippet.module("sm_80", text + "ret; }")).kernel("k");
      long out = device.allocate(512, "out");
      Counters counters = device.launch(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(32)),
          Parameters.of(kernel).add(TestKernels.upload(device, "in", flat)).add(out));
      assertThat(counters.matrixFlops()).isEqualTo(2L * 16 * 8 * shape.k());
      return device.readFloats(out, 128);
    }
  }

  /**
   * Lane l of matrix i gets the pair of row l / 4 and columns 2 (l % 4) and the next; of the transposed matrix with
   * .trans.
   */
  @ParameterizedTest
  @ValueSource(strings = {"x1", "x2", "x4", "x1.trans", "x2.trans", "x4.trans"})
  void ldmatrixAndStmatrix(String form) {
    int n = form.charAt(1) - '0';
    boolean transposed = form.endsWith(".trans");
    String text = """
        .visible .entry k(.param .u64 out, .param .u64 back) {
        .reg .b32 %r<20>; .reg .b16 %h<4>; .reg .b64 %q<8>; .reg .pred %p;
        .shared .align 16 .b8 memory[1024];
        ld.param.u64 %q0, [out]; ld.param.u64 %q1, [back];
        mov.u32 %r0, %laneid; mov.u32 %r1, memory;
        mad.wide.u32 %q0, %r0, 4, %q0;
        // Bytes 32 l to 32 l + 31 of memory: 16 numbers that tell where they lie.
        mov.u32 %r2, 0;
        FILL:
        mad.lo.s32 %r3, %r0, 16, %r2;
        mad.lo.s32 %r4, %r3, 2, %r1;
        cvt.u16.u32 %h0, %r3;
        st.shared.b16 [%r4], %h0;
        add.s32 %r2, %r2, 1;
        setp.lt.s32 %p, %r2, 16;
        @%p bra FILL;
        bar.warp.sync -1;
        // Matrices follow each other, 8 rows of 16 bytes each.
        mad.lo.s32 %r5, %r0, 16, %r1;
        ldmatrix.sync.aligned.m8n8.FORM.shared.b16 LIST, [%r5];
        STORES
        bar.warp.sync -1;
        add.s32 %r6, %r5, 512;
        stmatrix.sync.aligned.m8n8.FORM.shared::cta.b16 [%r6], LIST;
        bar.warp.sync -1;
        mad.wide.u32 %q2, %r0, 16, %q1;
        setp.lt.u32 %p, %r0, ROWS;
        @!%p bra END;
        ld.shared.v2.b64 {%q3, %q4}, [%r6];
        st.global.v2.b64 [%q2], {%q3, %q4};
        END:
        ret; }""";
    var stores = new StringBuilder();
    for (int i = 0; i < n; i++) {
      stores.append("st.global.b32 [%q0+" + i * 128 + "], %r" + (10 + i) + ";\n");
    }
    String whole = text.replace("FORM", form).replace("LIST", list("%r", 10, n)).replace("STORES", stores)
        .replace("ROWS", "" + 8 * n);
    try (var device = new PtxDevice(Capability.SM_90, 1 << 20, 1)) {
      PtxKernel kernel = device.load("matrix.ptx", Snippet.module("sm_90", whole)).kernel("k");
      long out = device.allocate(n * 128, "out");
      long back = device.allocate(512, "back");
      Counters counters = device.launch(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(32)),
          Parameters.of(kernel).add(out).add(back));
      int[] got = device.readInts(out, n * 32);
      short[] again = device.readShorts(back, n * 64);
      for (int i = 0; i < n; i++) {
        for (int lane = 0; lane < 32; lane++) {
          int row = lane / 4;
          int column = lane % 4 * 2;
          int first = i * 64 + (transposed ? column * 8 + row : row * 8 + column);
          int second = i * 64 + (transposed ? (column + 1) * 8 + row : row * 8 + column + 1);
          assertThat(got[i * 32 + lane]).isEqualTo(first | second << 16);
        }
      }
      for (int i = 0; i < again.length; i++) {
        assertThat(again[i]).isEqualTo((short) i);
      }
      assertThat(counters.opcodes()).containsKey("ldmatrix.sync.aligned.m8n8." + form + ".shared.b16");
    }
  }

  /**
   * A product of a warpgroup.
   *
   * @param alongA whether k is the contiguous dimension of the first factor
   * @param alongB whether it is of the second
   * @param inRegisters whether the first factor comes in registers
   */
  record Wgmma(Element element, int n, Swizzle swizzle, boolean alongA, boolean alongB, boolean inRegisters) {}

  static Stream<Wgmma> wgmmas() {
    var all = new ArrayList<Wgmma>();
    for (Swizzle swizzle : Swizzle.values()) {
      for (boolean alongA : new boolean[] {true, false}) {
        for (boolean alongB : new boolean[] {true, false}) {
          all.add(new Wgmma(Element.BF16, 64, swizzle, alongA, alongB, false));
        }
      }
      all.add(new Wgmma(Element.F16, 24, swizzle, true, true, false));
      all.add(new Wgmma(Element.TF32, 16, swizzle, true, true, false));
      all.add(new Wgmma(Element.BF16, 128, swizzle, true, false, true));
    }
    return all.stream();
  }

  /**
   * Where element (m, k) lies, in bytes: CUTLASS's canonical layouts of GmmaDescriptor, with our choice of the two
   * strides.
   *
   * @param m along the dimension that is not summed over
   * @param extent of that dimension
   */
  private static int place(int m, int k, int extent, boolean alongK, Swizzle swizzle, int bytes) {
    int span = swizzle.span();
    int address;
    if (alongK && swizzle == Swizzle.NONE) {
      address = m / 8 * leadingAndStride(extent, true, swizzle)[1] + m % 8 * 16
          + k * bytes / 16 * leadingAndStride(extent, true, swizzle)[0]
          + k * bytes % 16;
    } else if (alongK) {
      address = m / 8 * leadingAndStride(extent, true, swizzle)[1] + m % 8 * span + k * bytes;
    } else if (swizzle == Swizzle.NONE) {
      address = m * bytes / 16 * leadingAndStride(extent, false, swizzle)[1] + m * bytes % 16 + k % 8 * 16
          + k / 8 * leadingAndStride(extent, false, swizzle)[0];
    } else {
      address = m * bytes / span * leadingAndStride(extent, false, swizzle)[0] + m * bytes % span + k % 8 * span
          + k / 8 * leadingAndStride(extent, false, swizzle)[1];
    }
    return swizzle.apply(address);
  }

  /** The leading and stride byte offsets. */
  private static int[] leadingAndStride(int extent, boolean alongK, Swizzle swizzle) {
    int block = 8 * swizzle.span();
    if (alongK) {
      return swizzle == Swizzle.NONE ? new int[] {extent / 8 * 128, 128} : new int[] {16, block};
    }
    // Blocks of 8 values of k follow each other; along m, two of them are skipped.
    return swizzle == Swizzle.NONE ? new int[] {extent / 8 * 128, 128} : new int[] {2 * block, block};
  }

  private static long descriptor(int extent, boolean alongK, Swizzle swizzle) {
    int[] offsets = leadingAndStride(extent, alongK, swizzle);
    long mode = switch (swizzle) {
      case NONE -> 0;
      case BYTES_128 -> 1;
      case BYTES_64 -> 2;
      case BYTES_32 -> 3;
    };
    return (long) offsets[0] / 16 << 16 | (long) offsets[1] / 16 << 32 | mode << 62;
  }

  @ParameterizedTest
  @MethodSource("wgmmas")
  void wgmma(Wgmma test) {
    var random = new Random(2);
    Element e = test.element();
    int k = 32 / e.bytes;
    int n = test.n();
    float[][] a = matrix(64, k, e, random);
    float[][] b = matrix(n, k, e, random);
    byte[] image = new byte[32768];
    ByteBuffer buffer = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 64; i++) {
      for (int j = 0; j < k; j++) {
        put(buffer, place(i, j, 64, test.alongA(), test.swizzle(), e.bytes), e, a[i][j]);
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < k; j++) {
        put(buffer, 16384 + place(i, j, n, test.alongB(), test.swizzle(), e.bytes), e, b[i][j]);
      }
    }
    float[] out = runWgmma(test, a, image);
    for (int thread = 0; thread < 128; thread++) {
      for (int i = 0; i < n / 2; i++) {
        int row = thread / 32 * 16 + thread % 32 / 4 + (i & 2) * 4;
        int column = i / 4 * 8 + thread % 4 * 2 + (i & 1);
        float want = 0;
        for (int l = 0; l < k; l++) {
          want += a[row][l] * b[column][l];
        }
        // Twice: once over what the registers held, once added.
        assertThat(out[i * 128 + thread]).as("d[%d, %d]", row, column).isEqualTo(2 * want);
      }
    }
  }

  private static void put(ByteBuffer to, int at, Element e, float value) {
    if (e.bytes == 2) {
      to.putShort(at, (short) e.bits(value));
    } else {
      to.putInt(at, e.bits(value));
    }
  }

  private static float[] runWgmma(Wgmma test, float[][] a, byte[] image) {
    int n = test.n();
    Element e = test.element();
    int k = 32 / e.bytes;
    String shape = "wgmma.mma_async.sync.aligned.m64n" + n + "k" + k + ".f32." + e.ptx + "." + e.ptx;
    String first = test.inRegisters() ? list("%r", 10, 4) : "%q4";
    String transpose = e == Element.TF32 ? ""
        : (test.inRegisters() ? "" : ", " + (test.alongA() ? 0 : 1)) + ", " + (test.alongB() ? 0 : 1);
    var text = new StringBuilder("""
        .visible .entry k(.param .u64 in, .param .u64 out, .param .u64 registers) {
        .reg .b32 %r<20>; .reg .f32 %f<130>; .reg .b64 %q<12>; .reg .pred %p<3>;
        .shared .align 1024 .b8 memory[32768];
        ld.param.u64 %q0, [in]; ld.param.u64 %q1, [out]; ld.param.u64 %q9, [registers];
        mov.u32 %r0, %tid.x; mov.u32 %r1, memory; mov.u32 %r2, %r0;
        FILL:
        shl.b32 %r3, %r2, 4;
        cvt.u64.u32 %q2, %r3; add.s64 %q2, %q0, %q2; add.s32 %r4, %r1, %r3;
        ld.global.v4.b32 {%r5, %r6, %r7, %r8}, [%q2];
        st.shared.v4.b32 [%r4], {%r5, %r6, %r7, %r8};
        add.s32 %r2, %r2, 128;
        setp.lt.u32 %p0, %r2, 2048;
        @%p0 bra FILL;
        fence.proxy.async;
        bar.sync 0;
        mad.wide.u32 %q8, %r0, 4, %q9;
        """);
    for (int i = 0; i < 4; i++) {
      text.append("ld.global.b32 %r" + (10 + i) + ", [%q8+" + i * 512 + "];\n");
    }
    for (int i = 0; i < n / 2; i++) {
      text.append("mov.f32 %f" + i + ", 0f7FFFFFFF;\n");
    }
    text.append("mov.b64 %q4, " + descriptor(64, test.alongA(), test.swizzle()) + ";\n");
    text.append("mov.b64 %q5, " + (descriptor(n, test.alongB(), test.swizzle()) | 16384 / 16) + ";\n");
    text.append("setp.eq.s32 %p1, %r0, -1;\nwgmma.fence.sync.aligned;\n");
    String d = list("%f", 0, n / 2);
    text.append(shape + " " + d + ", " + first + ", %q5, %p1, 1, 1" + transpose + ";\n");
    text.append(shape + " " + d + ", " + first + ", %q5, 1, -1, -1" + transpose + ";\n");
    text.append("wgmma.commit_group.sync.aligned;\nwgmma.wait_group.sync.aligned 0;\nmad.wide.u32 %q7, %r0, 4, %q1;\n");
    for (int i = 0; i < n / 2; i++) {
      text.append("st.global.f32 [%q7+" + i * 512 + "], %f" + i + ";\n");
    }
    int[] registers = new int[512];
    if (test.inRegisters()) {
      for (int thread = 0; thread < 128; thread++) {
        for (int i = 0; i < 8; i++) {
          int row = thread / 32 * 16 + thread % 32 / 4 + (i / 2 % 2) * 8;
          int column = thread % 4 * 2 + (i & 1) + (i >= 4 ? 8 : 0);
          registers[i / 2 * 128 + thread] |= e.bits(a[row][column]) << (i & 1) * 16;
        }
      }
    }
    try (var device = new PtxDevice(Capability.SM_90, 1 << 20, 1)) {
      PtxKernel kernel = device.load("wgmma.ptx", Snippet.module("sm_90a", text + "ret; }")).kernel("k");
      long in = device.allocate(image.length, "in");
      device.write(in, image);
      long out = device.allocate(n * 256L, "out");
      device.launch(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(128)),
          Parameters.of(kernel).add(in).add(out).add(TestKernels.upload(device, "registers", registers)));
      float[] result = new float[n * 64];
      device.read(out, MemorySegment.ofArray(result));
      return result;
    }
  }

  @Test
  void unknownShapesAreRefused() {
    for (String bad : List.of("mma.sync.aligned.m16n8k32.row.col.f32.bf16.bf16.f32",
        "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16",
        "wgmma.mma_async.sync.aligned.m64n300k16.f32.bf16.bf16")) {
      String kernel = ".visible .entry k() {\n" + bad + " {};\n}";
      try (var device = new PtxDevice(Capability.SM_90, 1 << 20, 1)) {
        org.assertj.core.api.Assertions
            .assertThatThrownBy(() -> device.load("bad.ptx", Snippet.module("sm_90a", kernel)))
            .isInstanceOf(PtxSyntaxException.class);
      }
    }
  }
}
