package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Barriers with reductions, memory barriers, atomics, votes: what the kernels do not use. */
class SynchronisationTest {
  private static int[] run(String body, int threads, int words) {
    return run(body, threads, words, Schedule.IN_ORDER);
  }

  /** Runs a block; thread t stores %r9 to word t, or what the body stores itself to [%q0 + …]. */
  private static int[] run(String body, int threads, int words, Schedule schedule) {
    String text = Snippet.module("sm_90a", """
        .visible .entry k(.param .u64 out) {
        .reg .b32 %r<20>; .reg .b64 %q<9>; .reg .pred %p<9>; .reg .b64 %s;
        .shared .align 8 .b64 bar; .shared .align 16 .b32 memory[64];
        ld.param.u64 %q0, [out];
        mov.u32 %r0, %tid.x; mov.u32 %r1, %laneid; mov.u32 %r2, memory; mov.u32 %r3, bar;
        """ + body + """

        mad.wide.u32 %q1, %r0, 4, %q0;
        st.global.b32 [%q1], %r9;
        ret; }""");
    try (var device = new PtxDevice(Capability.SM_90, 1 << 20, 1)) {
      PtxKernel kernel = device.load("sync.ptx", text).kernel("k");
      long out = device.allocate(words * 4L, "out");
      device.fill(out, words * 4L, (byte) 0);
      device.launch(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(threads)).withSchedule(schedule),
          Parameters.of(kernel).add(out));
      return device.readInts(out, words);
    }
  }

  @Test
  void reductionsAtABarrier() {
    int[] popc = run("setp.lt.u32 %p0, %r0, 37; bar.red.popc.u32 %r9, 0, %p0;", 64, 64);
    assertThat(popc).containsOnly(37);
    assertThat(run("setp.lt.u32 %p0, %r0, 64; bar.red.and.pred %p1, 1, 64, !%p0; selp.b32 %r9, 1, 0, %p1;", 64, 64))
        .containsOnly(0);
    assertThat(run("setp.eq.u32 %p0, %r0, 63; barrier.cta.red.or.aligned.pred %p1, 2, %p0; selp.b32 %r9, 1, 0, %p1;",
        64, 64)).containsOnly(1);
  }

  /** The block's last warp has 8 lanes; they count as a warp. */
  @Test
  void aWarpThatIsNotWhole() {
    assertThat(run("setp.lt.u32 %p0, %r0, 50; bar.red.popc.u32 %r9, 0, %p0;", 40, 40)).containsOnly(40);
  }

  @Test
  void phasesOfAMemoryBarrier() {
    String body = """
        setp.eq.u32 %p0, %r0, 0;
        @%p0 mbarrier.init.shared::cta.b64 [%r3], 64;
        bar.sync 0;
        mov.u32 %r8, 0; mov.u32 %r9, 0;
        ROUND:
        mbarrier.arrive.release.cta.shared::cta.b64 %s, [%r3];
        WAIT:
        mbarrier.try_wait.shared::cta.b64 %p1, [%r3], %s;
        @!%p1 bra WAIT;
        and.b32 %r7, %r8, 1;
        OTHER:
        mbarrier.test_wait.parity.shared::cta.b64 %p2, [%r3], %r7;
        @!%p2 bra OTHER;
        add.s32 %r8, %r8, 1;
        add.s32 %r9, %r9, %r8;
        setp.lt.u32 %p3, %r8, 5;
        @%p3 bra ROUND;""";
    for (int seed = 0; seed < 4; seed++) {
      assertThat(run(body, 64, 64, new Schedule(seed))).containsOnly(15);
    }
  }

  /** A thread that drops out of a memory barrier is not expected in later phases. */
  @Test
  void droppingOut() {
    assertThat(run("""
        setp.eq.u32 %p0, %r0, 0;
        @%p0 mbarrier.init.shared::cta.b64 [%r3], 64;
        bar.sync 0;
        mov.u32 %r9, 1;
        setp.lt.u32 %p1, %r0, 32;
        @%p1 mbarrier.arrive_drop.shared::cta.b64 _, [%r3];
        @%p1 bra END;
        mbarrier.arrive.shared::cta.b64 %s, [%r3];
        A: mbarrier.try_wait.shared::cta.b64 %p1, [%r3], %s;
        @!%p1 bra A;
        mbarrier.arrive.shared::cta.b64 %s, [%r3];
        B: mbarrier.try_wait.shared::cta.b64 %p1, [%r3], %s;
        @!%p1 bra B;
        mov.u32 %r9, 2;
        END:""", 64, 64)).satisfies(out -> {
      assertThat(Arrays.copyOf(out, 32)).containsOnly(1);
      assertThat(Arrays.copyOfRange(out, 32, 64)).containsOnly(2);
    });
  }

  /** cp.async that arrive at a memory barrier: a consumer that waits there sees what they copied. */
  @Test
  void copiesThatArrive() {
    assertThat(run("""
        setp.eq.u32 %p0, %r0, 0;
        @%p0 mbarrier.init.shared::cta.b64 [%r3], 32;
        bar.sync 0;
        setp.lt.u32 %p1, %r0, 32;
        mov.u32 %r9, 0;
        @!%p1 bra CONSUME;
        mad.wide.u32 %q1, %r0, 4, %q0;
        add.s32 %r4, %r0, 100;
        st.global.b32 [%q1+256], %r4;
        mad.lo.s32 %r5, %r0, 4, %r2;
        cp.async.ca.shared.global [%r5], [%q1+256], 4;
        cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%r3];
        bra END;
        CONSUME:
        W: mbarrier.try_wait.parity.shared::cta.b64 %p2, [%r3], 0;
        @!%p2 bra W;
        mad.lo.s32 %r5, %r1, 4, %r2;
        ld.shared.b32 %r9, [%r5];
        END:""", 64, 96)).satisfies(out -> {
      for (int i = 0; i < 32; i++) {
        assertThat(out[32 + i]).isEqualTo(100 + i);
      }
    });
  }

  @Test
  void atomics() {
    String setUp = """
        setp.eq.u32 %p0, %r0, 0;
        mov.u32 %r4, START;
        @%p0 st.shared.b32 [%r2], %r4;
        bar.sync 0;
        OPERATION
        bar.sync 0;
        ld.shared.b32 %r9, [%r2];""";
    record Row(String operation, int start, int result) {}
    for (Row row : List.of(
        new Row("atom.shared.add.u32 %r5, [%r2], %r0;", 7, 7 + 63 * 64 / 2),
        new Row("red.shared.min.s32 [%r2], %r0;", 40, 0), new Row("atom.shared.max.u32 %r5, [%r2], %r0;", 40, 63),
        new Row("atom.shared.and.b32 %r5, [%r2], 0xF0;", 0x3C, 0x30), new Row("red.shared.or.b32 [%r2], %r0;", 0, 63),
        new Row("atom.shared.xor.b32 %r5, [%r2], %r0;", 5, 5),
        new Row("atom.shared.inc.u32 %r5, [%r2], 9;", 0, 64 % 10),
        new Row("atom.shared.dec.u32 %r5, [%r2], 9;", 3, ((3 - 64) % 10 + 10) % 10),
        new Row("atom.shared.cas.b32 %r5, [%r2], 8, 99;", 8, 99),
        new Row("atom.shared.exch.b32 %r5, [%r2], 12;", 1, 12))) {
      for (int seed = 0; seed < 3; seed++) {
        int[] out = run(setUp.replace("START", "" + row.start()).replace("OPERATION", row.operation()), 64, 64,
            new Schedule(seed));
        assertThat(out).as(row.operation()).containsOnly(row.result());
      }
    }
    int[] old = run("""
        setp.eq.u32 %p0, %r0, 0;
        mov.b64 %q2, -1;
        @%p0 st.global.b64 [%q0+256], %q2;
        bar.sync 0;
        atom.global.add.u64 %q3, [%q0+256], 1;
        cvt.u32.u64 %r9, %q3;""", 32, 66);
    assertThat(Arrays.stream(old).limit(32).sorted().toArray())
        .isEqualTo(IntStream.range(-1, 31).toArray());
  }

  @Test
  void lanesTogether() {
    assertThat(run("elect.sync %r8|%p0, -1; selp.b32 %r9, 1, 0, %p0;", 32, 32)[0]).isEqualTo(1);
    assertThat(run("elect.sync %r8|%p0, -1; selp.b32 %r9, 1, 0, %p0;", 32, 32)).containsOnlyOnce(1);
    assertThat(run("mov.u32 %r5, 4; match.all.sync.b32 %r9|%p0, %r5, -1;", 32, 32)).containsOnly(-1);
    assertThat(run("match.all.sync.b32 %r9|%p0, %r1, -1;", 32, 32)).containsOnly(0);
    assertThat(run("and.b32 %r5, %r1, 3; match.any.sync.b32 %r9, %r5, -1;", 32, 32)[6]).isEqualTo(0x4444_4444);
    assertThat(run("redux.sync.max.s32 %r9, %r1, -1;", 32, 32)).containsOnly(31);
    assertThat(run("sub.s32 %r5, %r1, 3; redux.sync.min.u32 %r9, %r5, -1;", 32, 32)).containsOnly(0);
    assertThat(run("activemask.b32 %r9;", 20, 20)).containsOnly((1 << 20) - 1);
    assertThat(run("setp.lt.u32 %p0, %r1, 9; vote.sync.uni.pred %p1, %p0, -1; selp.b32 %r9, 1, 0, %p1;", 32, 32))
        .containsOnly(0);
    assertThat(run("shfl.sync.up.b32 %r9|%p0, %r1, 3, 0, -1;", 32, 32)).startsWith(0, 1, 2, 0, 1, 2, 3).endsWith(28);
    assertThat(run("shfl.sync.idx.b32 %r9, %r1, 2, 0x1807, -1;", 32, 32)).startsWith(2, 2).endsWith(26);
    assertThat(run("shfl.sync.down.b32 %r9|%p0, %r1, 30, 31, -1; selp.b32 %r9, 1, 0, %p0;", 32, 32))
        .startsWith(1, 1, 0);
  }

  /** A barrier of a warp that lanes reach at different instructions. */
  @Test
  void aWarpBarrierInBothBranches() {
    assertThat(run("""
        setp.lt.u32 %p0, %r1, 16;
        @%p0 bra LOW;
        mov.u32 %r9, 5;
        bar.warp.sync -1;
        bra END;
        LOW:
        mov.u32 %r9, 6;
        bar.warp.sync -1;
        END:""", 32, 32)).startsWith(6).endsWith(5);
  }

  /** nvcc puts rare code behind the end of a kernel: lanes there must come back before a barrier. */
  @Test
  void codeBehindTheEnd() {
    assertThat(run("""
        setp.eq.u32 %p0, %r1, 5;
        mov.u32 %r9, 1;
        @%p0 bra FAR;
        BACK:
        bar.sync 0;
        shfl.sync.bfly.b32 %r9, %r9, 1, 31, -1;
        bra END;
        FAR:
        mov.u32 %r9, 7;
        bra BACK;
        END:""", 64, 64)).satisfies(out -> assertThat(out[4]).isEqualTo(7));
  }

  @Test
  void specialRegisters() {
    assertThat(run("mov.u32 %r9, %lanemask_lt;", 32, 32)[5]).isEqualTo(31);
    assertThat(run("mov.u32 %r9, %lanemask_ge;", 32, 32)[31]).isEqualTo(1 << 31);
    assertThat(run("mov.u32 %r9, %nwarpid;", 33, 33)).containsOnly(2);
    assertThat(run("mov.u32 %r9, %warpid;", 33, 33)).startsWith(0).endsWith(1);
  }
}
