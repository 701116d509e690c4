package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of a cluster read each other's shared memory between barriers of the cluster, and only there. */
class ClusterTest {
  private static final int THREADS = 64;
  private static final String BARRIER =
      "barrier.cluster.arrive.release.aligned; barrier.cluster.wait.acquire.aligned;\n";

  /** Each thread stores 100 times its block plus its index, and gives what the same thread of the next block stored. */
  private static final String WRITE = "st.shared.b32 [%r3], %r4;\n";
  private static final String READ = """
      mapa.shared::cluster.u32 %r6, %r3, %r5;
      ld.shared::cluster.b32 %r7, [%r6];
      """;

  private static String kernel(String body) {
    return Snippet.module("sm_90a", """
        .visible .entry k(.param .u64 out) {
        .reg .b32 %r<12>; .reg .b64 %q<4>;
        .shared .align 16 .b8 memory[256];
        mov.u32 %r0, %tid.x; mov.u32 %r1, %ctaid.x; mov.u32 %r2, memory;
        mad.lo.s32 %r3, %r0, 4, %r2;
        mad.lo.s32 %r4, %r1, 100, %r0;
        mov.u32 %r5, %cluster_ctarank; add.s32 %r5, %r5, 1;
        mov.u32 %r8, %cluster_nctarank; rem.u32 %r5, %r5, %r8;
        BODY
        ld.param.u64 %q0, [out];
        mad.lo.s32 %r9, %r1, 64, %r0; mad.wide.u32 %q1, %r9, 4, %q0;
        st.global.b32 [%q1], %r7;
        ret; }""".replace("BODY", body));
  }

  private static int[] run(String body, int blocks, int cluster, Schedule schedule) {
    try (var device = new PtxDevice(Capability.SM_90, 1 << 20, 2)) {
      PtxKernel kernel = device.load("cluster.ptx", kernel(body)).kernel("k");
      long out = device.allocate(4L * blocks * THREADS, "out");
      device.launch(kernel, LaunchConfig.of(Dim3.of(blocks), Dim3.of(THREADS)).withClusters(cluster)
          .withSchedule(schedule), Parameters.of(kernel).add(out));
      return device.readInts(out, blocks * THREADS);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void readWhatTheirNeighboursWrote(int cluster) {
    for (Schedule schedule : new Schedule[] {Schedule.IN_ORDER, new Schedule(3), new Schedule(4)}) {
      int[] actual = run(WRITE + BARRIER + READ + BARRIER, 16, cluster, schedule);
      for (int i = 0; i < actual.length; i++) {
        int block = i / THREADS;
        int next = block / cluster * cluster + (block + 1) % cluster;
        assertThat(actual[i]).isEqualTo(100 * next + i % THREADS);
      }
    }
  }

  /** Memory that others have read may be written after the next barrier. */
  @Test
  void writeAgainWhatOthersHaveRead() {
    int[] actual =
        run(WRITE + BARRIER + READ + BARRIER + "add.s32 %r4, %r4, 7;\n" + WRITE + BARRIER + READ + BARRIER, 4,
            4, new Schedule(5));
    assertThat(actual[0]).isEqualTo(107);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void areCaughtWithoutABarrierBeforeOrAfterTheyRead(long seed) {
    for (Schedule schedule : new Schedule[] {Schedule.IN_ORDER, new Schedule(seed)}) {
      assertThatThrownBy(() -> run(WRITE + READ + BARRIER, 4, 2, schedule)).isInstanceOf(PtxFault.class)
          .hasMessageMatching("(?s).*(nothing has written|with no barrier of the cluster between).*");
      assertThatThrownBy(() -> run(WRITE + BARRIER + READ + "add.s32 %r4, %r4, 7;\n" + WRITE + BARRIER, 4, 2, schedule))
          .isInstanceOf(PtxFault.class)
          .hasMessageMatching("(?s).*(another block of the cluster read|with no barrier of the cluster between).*");
    }
  }

  /** Whoever ends before others have read takes its memory along. */
  @Test
  void areCaughtWhereTheyEndTooEarly() {
    assertThatThrownBy(() -> {
      for (int seed = 0; seed < 50; seed++) {
        run(WRITE + BARRIER + READ, 4, 2, new Schedule(seed));
      }
    }).isInstanceOf(PtxFault.class).hasMessageContaining("of its cluster, which has ended");
  }

  @Test
  void waitForEachOther() {
    assertThatThrownBy(() -> run("barrier.cluster.wait.acquire.aligned;\nmov.u32 %r7, 0;\n", 2, 2, Schedule.IN_ORDER))
        .isInstanceOf(PtxFault.class).hasMessageContaining("without having arrived");
    assertThatThrownBy(() -> run(WRITE + "mov.u32 %r5, 2;\n" + BARRIER + READ, 2, 2, Schedule.IN_ORDER))
        .isInstanceOf(PtxFault.class).hasMessageContaining("block 2 of a cluster of 2");
    assertThatThrownBy(() -> run(WRITE + BARRIER + READ + BARRIER, 6, 4, Schedule.IN_ORDER))
        .isInstanceOf(PtxFault.class).hasMessageContaining("whole clusters make up x");
  }

  /** Half of the blocks never arrive, but go round for ever. */
  @Test
  void deadlockIsNamed() {
    String half = "setp.eq.u32 %p0, %r5, 0;\n@%p0 bra ARRIVE;\nbar.sync 1, 96;\nARRIVE:\n";
    assertThatThrownBy(() -> run(".reg .pred %p<1>;\n" + half + BARRIER + "mov.u32 %r7, 0;\n", 2, 2, Schedule.IN_ORDER))
        .isInstanceOf(PtxFault.class).hasMessageContaining("no warp can go on");
  }
}
