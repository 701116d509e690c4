package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.ptx.device.PtxDevice;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Malformed PTX, and PTX with what the emulator does not know, gives one line that names the place and the cause. */
class SyntaxTest {
  private static final String REGISTERS =
      ".reg .b32 %r<9>; .reg .b64 %q<9>; .reg .f32 %f<9>; .reg .pred %p<3>; .reg .b16 %h<9>;";

  record Bad(String text, int line, String message) {
    @Override
    public String toString() {
      return message;
    }
  }

  /** A statement in line 5 of a kernel. */
  private static Bad in(String statement, String message) {
    return new Bad(Snippet.module("sm_90a",
        ".visible .entry k(.param .u64 p) { " + REGISTERS + "\n" + statement + "\n}"), 5, message);
  }

  static Stream<Bad> bad() {
    return Stream.of(
        in("frobnicate.s32 %r1, %r2;", "opcode frobnicate is not supported, in frobnicate.s32"),
        in("call (retval0), vprintf, (param0);", "opcode call is not supported, in call"),
        in(".param .b64 param0;", "calls of functions are not supported"),
        in("add.f99 %r1, %r2, %r3;", "modifier .f99 of add.f99 is not supported; known there: "),
        in("atom.global.add.f32 %f1, [%q1], %f2;", "modifier .f32 of atom.global.add.f32 is not supported"),
        in("add.sat.u32 %r1, %r2, %r3;",
            "modifier .u32 of add.sat.u32 is not supported; known there: .bf16 .bf16x2 .f16 .f16x2 .f32 .s32"),
        in("add %r1, %r2, %r3;", "add lacks a modifier"),
        in("add.s32 %r1, %r2;", "add.s32 takes 3 operands, not 2"),
        in("add.s32 %r1, %r2, %r3, %r4;", "add.s32 takes 3 operands, not 4"),
        in("add.s32 %q1, %r2, %r3;", "operand 1 of add.s32 must be of 32 bits, which %q1 is not"),
        in("add.s32 5, %r2, %r3;", "operand 1 of add.s32 must be a register"),
        in("add.s32 %r1, %r2, [%r3];", "operand 3 of add.s32 must be a register or a number"),
        in("add.f32 %f1, %f2, 1;", "operand 3 of add.f32 must be a floating-point literal"),
        in("add.s32 %r1, %r2, %clock;", "unknown register '%clock'"),
        in("add.s32 %r1, %r2, nothing;", "unknown name 'nothing'"),
        in("bra NOWHERE;", "unknown name 'NOWHERE'"),
        in("bra %r1;", "bra goes to a label"),
        in("@%r1 add.s32 %r1, %r2, %r3;", "'%r1' is no predicate"),
        in("setp.lt.and.s32 %p1, %r1, %r2;", "setp.lt.and.s32 takes 4 operands"),
        in("mov.b64 %q1, {%r1, %r2, %r3};", "of 3 parts is not supported"),
        in("ld.global.v4.f32 {%f1, %f2}, [%q1];", "operand 1 of ld.global.v4.f32 must be a vector of 4"),
        in("ld.global.f32 %f1, %q1;", "operand 2 of ld.global.f32 must be an address in brackets"),
        in("ld.param.u64 %q1, [p+4];", "operand 2 of ld.param.u64 must be inside a parameter"),
        in("cp.async.cg.shared.global [%r1], [%q1], 8;", "copies 16 bytes"),
        in("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%r1], [%q1, {%r2}], [%r3];",
            "takes 2 coordinates, not 1"),
        in("lop3.b32 %r1, %r2, %r3, %r4, 256;", "operand 5 of lop3.b32 must be a number of 0 to 255"),
        in("add.s32 %r1, %r2, 0x;", "'0x' is no number"),
        in("add.s32 %r1, %r2, 99999999999999999999;", "is no number"),
        in("add.s32 %r1, %r2, 3 add.s32 %r1, %r2, 3;", "';' expected, found 'add.s32'"),
        in("add.s32 %r1, %r2, #;", "unexpected character '#'"),
        in("add.s32 %r1, %r2, é;", "unexpected character '\\u00e9'"),
        in(".reg .b32 %r1;", "a second '%r1' in the same scope"),
        in(".reg .b99 %x;", "unknown type of registers '.b99'"),
        in(".reg .b32 %x<9999999>;", "a number of registers of 0 to 131072 expected"),
        in(".shared .align 3 .b8 x[4];", "an alignment is a power of two, not 3"),
        in(".shared .b8 x[0];", "must have a size"),
        in(".loc one two;", "a file's number expected"),
        in("{".repeat(300), "braces nested more than 200 deep"),
        in("add.s32 %r1, {{{{{{{%r1}}}}}}}, 1;", "an operand nested too deep"),
        in("/* ", "a comment without its end"),
        in(".pragma \"x", "a string without its end"),
        new Bad("", 1, "a module begins with .version and .target"),
        new Bad(".version 9.0\n.target sm_80\n.address_size 32\n", 3, "addresses of 32 bits"),
        new Bad(".version 9.0\n.target sm_80\n.strange\n", 3, "unknown directive '.strange'"),
        new Bad(".version 9.0\n.target sm_80\n.entry k(.param .u64) {}\n", 3, "a variable's name expected"),
        new Bad(".version 9.0\n.target sm_80\n.entry k() .explicitcluster {}\n", 3,
            "unknown directive '.explicitcluster' of kernel k"),
        new Bad(".version 9.0\n.target sm_80\n.entry k() {\n", 4,
            "'}' expected, found the end of the text; kernel k begins in line 3"),
        new Bad(".version 9.0\n.target sm_80\n.entry k() {}\n.entry k() {}\n", 4, "a second kernel 'k'"),
        new Bad(".version 9.0\n.target sm_80\n.global .f32 x[2] = {1, 2, 3};\n", 3,
            "more values than 'x' has room for"),
        new Bad(".version 9.0\n.target sm_80\n.global .f32 x[99999999][99999999];\n", 3, "is too large"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void isNamedWithItsLine(Bad bad) {
    try (var device = new PtxDevice(Capability.SM_90, 1 << 20, 1)) {
      assertThatThrownBy(() -> device.load("bad.ptx", bad.text()))
          .isInstanceOfSatisfying(PtxSyntaxException.class, e -> {
            assertThat(e.getMessage()).contains(bad.message()).startsWith("bad.ptx:" + e.line() + ": ")
                .doesNotContain("\n");
            assertThat(e.line()).as(e.getMessage()).isEqualTo(bad.line());
          });
    }
  }

  /** Functions are skipped, and stop a kernel only where it calls one. */
  @Test
  void functionsAreSkipped() {
    String text = Snippet.module("sm_80", """
        .extern .func (.param .b32 result) vprintf (.param .b64 a, .param .b64 b);
        .visible .func (.reg .b32 %x) twice (.reg .b32 %y) { add.s32 %x, %y, %y; ret; }
        .visible .entry k() { ret; }
        """);
    try (var device = new PtxDevice(Capability.SM_80, 1 << 20, 1)) {
      assertThat(device.load("functions.ptx", text).kernels()).containsExactly("k");
      assertThatThrownBy(() -> device.load("functions.ptx", text.replace("{ ret; }\n", "{ call.uni vprintf; }")))
          .hasMessage("functions.ptx:6: opcode call is not supported, in call.uni");
    }
  }

  /** Names of inner scopes hide outer ones, and labels may repeat in different scopes. */
  @Test
  void scopes() {
    String text = Snippet.module("sm_80", """
        .visible .entry k(.param .u64 out) {
        .reg .b32 %r; .reg .b64 %q; .reg .pred %p;
        mov.u32 %r, 1;
        { .reg .b32 %r; mov.u32 %r, 5; bra DONE; mov.u32 %r, 6; DONE: }
        { bra DONE; add.s32 %r, %r, 40; DONE: }
        ld.param.u64 %q, [out];
        st.global.b32 [%q], %r;
        }
        """);
    try (var device = new PtxDevice(Capability.SM_80, 1 << 20, 1)) {
      long out = device.allocate(4, "out");
      var kernel = device.load("scopes.ptx", text).kernel("k");
      device.launch(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(1)), crema.ptx.device.Parameters.of(kernel).add(out));
      assertThat(device.readInts(out, 1)).containsExactly(1);
    }
  }

  /** Whatever happens to a text, it is read, or refused in one line. */
  @Property(tries = 400)
  void anyTextIsReadOrRefused(@ForAll("damagedTexts") String text) {
    try (var device = new PtxDevice(Capability.SM_90, 1 << 24, 1)) {
      device.load("damaged.ptx", text);
    } catch (PtxSyntaxException e) {
      assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(2000);
      assertThat(e.line()).isPositive();
    } catch (crema.ptx.device.OutOfDeviceMemoryException e) {
      assertThat(e.wanted()).isPositive();
    }
  }

  /** Edits of good texts: parts dropped, doubled, swapped with others, and characters replaced. */
  @Provide
  Arbitrary<String> damagedTexts() {
    String whole = TestKernels.ptx("hopper_faults");
    String kernel = whole.substring(0,
        whole.indexOf(".visible .entry", whole.indexOf(".visible .entry sound_missingTileWait") + 10));
    Arbitrary<String> good = Arbitraries.of(
        kernel, Snippet.module("sm_90a",
            ".visible .entry k(.param .u64 p) { " + REGISTERS + "\nadd.s32 %r1, %r2, 3;\n@%p1 bra L;\nL: ret; }"),
        ".version 9.0\n.target sm_80\n.const .align 4 .f32 t[2] = {0f3F800000, 1.5};\n"
            + ".extern .shared .align 16 .b8 m[];\n.entry k() {}\n");
    Arbitrary<Double> place = Arbitraries.doubles().between(0, 1);
    Arbitrary<String> piece =
        Arbitraries.of("{", "}", ";", ",", "[", "]", ":", "@", "%", ".", "-", "0x", "0f", "\"", "/*", "//", "<", ">",
            "|", "!", "=",
            "%r1", ".reg", ".shared", ".param", ".loc 1 2 3", "mov.b32", "9999999999999999999999", "\0", "π",
            "wgmma.mma_async", "$L", "_");
    return net.jqwik.api.Combinators.combine(good, place.list().ofSize(6), piece, Arbitraries.integers().between(0, 4))
        .as(SyntaxTest::damage);
  }

  private static String damage(String text, List<Double> places, String piece, int how) {
    int a = (int) (places.get(0) * text.length());
    int b = Math.min(text.length(), a + (int) (places.get(1) * places.get(1) * 60));
    int c = (int) (places.get(2) * text.length());
    return switch (how) {
      case 0 -> text.substring(0, a) + text.substring(b);
      case 1 -> text.substring(0, a) + piece + text.substring(a);
      case 2 -> text.substring(0, a) + piece + text.substring(b);
      case 3 -> text.substring(0, c) + text.substring(a, b) + text.substring(c);
      default -> text.substring(0, a);
    };
  }
}
