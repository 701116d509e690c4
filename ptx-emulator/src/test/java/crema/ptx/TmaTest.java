package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiles of tensors with 1 to 5 dimensions, loaded and stored, with parts outside, against plain Java. */
class TmaTest {
  /** Loads a tile, writes shared memory as it lies to global memory, and stores the tile elsewhere. */
  private static String kernel(int rank, int bytes) {
    var coordinates = new ArrayList<String>();
    var loads = new StringBuilder();
    for (int i = 0; i < rank; i++) {
      coordinates.add("%r" + (10 + i));
      loads.append("ld.global.b32 %r" + (10 + i) + ", [%q3+" + i * 4 + "];\n");
    }
    String at = "{" + String.join(", ", coordinates) + "}";
    return Snippet.module("sm_90a", """
        .visible .entry k(.param .align 64 .b8 from[128], .param .align 64 .b8 to[128],
            .param .u64 image, .param .u64 coordinates) {
        .reg .b32 %r<20>; .reg .b64 %q<12>; .reg .pred %p<3>;
        .shared .align 1024 .b8 memory[WHOLE];
        .shared .align 8 .b64 full;
        mov.b64 %q0, from; cvta.param.u64 %q0, %q0; mov.b64 %q1, to; cvta.param.u64 %q1, %q1;
        ld.param.u64 %q2, [image]; ld.param.u64 %q3, [coordinates];
        mov.u32 %r0, %tid.x; mov.u32 %r1, memory; mov.u32 %r2, full;
        setp.ne.s32 %p0, %r0, 0;
        @%p0 bra WAIT;
        mbarrier.init.shared::cta.b64 [%r2], 1;
        fence.mbarrier_init.release.cluster;
        mbarrier.arrive.expect_tx.shared::cta.b64 %q9, [%r2], SIZE;
        LOADS
        cp.async.bulk.tensor.RANKd.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%r1], [%q0, AT], [%r2];
        WAIT:
        bar.sync 0;
        AGAIN:
        mbarrier.try_wait.parity.shared::cta.b64 %p1, [%r2], 0;
        @!%p1 bra AGAIN;
        mov.u32 %r3, %r0;
        COPY:
        setp.ge.u32 %p2, %r3, WORDS;
        @%p2 bra STORE;
        mad.lo.s32 %r4, %r3, 4, %r1; mad.wide.u32 %q4, %r3, 4, %q2;
        ld.shared.b32 %r5, [%r4]; st.global.b32 [%q4], %r5;
        add.s32 %r3, %r3, 64;
        bra COPY;
        STORE:
        @%p0 bra END;
        cp.async.bulk.tensor.RANKd.global.shared::cta.tile.bulk_group [%q1, AT], [%r1];
        cp.async.bulk.commit_group;
        cp.async.bulk.wait_group 0;
        END:
        ret; }""".replace("LOADS", loads).replace("RANK", "" + rank).replace("[%q0, AT]", "[%q0, " + at + "]")
        .replace("[%q1, AT]", "[%q1, " + at + "]").replace("SIZE", "" + bytes)
        .replace("WHOLE", "" + (bytes + 1023) / 1024 * 1024).replace("WORDS", "" + bytes / 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void tilesOfAnyRank(int rank) {
    var random = new Random(rank);
    for (int round = 0; round < 8; round++) {
      var types = TensorMap.ElementType.values();
      TensorMap.ElementType type = types[random.nextInt(types.length)];
      Swizzle swizzle = Swizzle.values()[random.nextInt(4)];
      // Rows as long as the swizzle's span, so that the tile fills shared memory without gaps.
      int inner = swizzle == Swizzle.NONE ? 16 / type.bytes() * (1 + random.nextInt(3)) : swizzle.span() / type.bytes();
      var sizes = new ArrayList<Long>();
      var strides = new ArrayList<Long>();
      var box = new ArrayList<Integer>();
      var steps = new ArrayList<Integer>();
      int[] coordinates = new int[rank];
      long stride = 0;
      for (int i = 0; i < rank; i++) {
        sizes.add(i == 0 ? (long) inner + random.nextInt(9) : 2L + random.nextInt(5));
        box.add(i == 0 ? inner : 1 + random.nextInt(4));
        steps.add(random.nextInt(4) == 0 ? 2 : 1);
        coordinates[i] = random.nextInt(-3, 5);
        if (i > 0) {
          stride = i == 1 ? (sizes.getFirst() * type.bytes() + 15) / 16 * 16 + 16 * random.nextInt(2)
              : stride * sizes.get(i - 1);
          strides.add(stride);
        }
      }
      boolean nan = type == TensorMap.ElementType.F32 || type == TensorMap.ElementType.BF16;
      long total = rank == 1 ? sizes.getFirst() * type.bytes() : stride * sizes.getLast();
      check(type, total, sizes, strides, box, steps, swizzle, nan ? TensorMap.Fill.NAN : TensorMap.Fill.ZERO,
          coordinates, random);
    }
  }

  private static void check(TensorMap.ElementType type, long total, List<Long> sizes, List<Long> strides,
      List<Integer> box, List<Integer> steps,
      Swizzle swizzle, TensorMap.Fill fill, int[] coordinates, Random random) {
    try (var device = new PtxDevice(Capability.SM_90, 1 << 26, 1)) {
      byte[] data = new byte[(int) total];
      random.nextBytes(data);
      long in = device.allocate(total, "in");
      device.write(in, data);
      long out = device.allocate(total, "out");
      device.fill(out, total, (byte) 0x55);
      var from = new TensorMap(type, in, sizes, strides, box, steps, swizzle, fill);
      var to = new TensorMap(type, out, sizes, strides, box, steps, swizzle, TensorMap.Fill.ZERO);
      assertThat(TensorMap.decode(ByteBuffer.wrap(from.encode()))).isEqualTo(from);
      int bytes = from.boxBytes();
      PtxKernel kernel = device.load("tma.ptx", kernel(sizes.size(), bytes)).kernel("k");
      long image = device.allocate(bytes, "image");
      device.launch(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(64)),
          Parameters.of(kernel).add(from.encode()).add(to.encode()).add(image)
              .add(TestKernels.upload(device, "coordinates", coordinates)));
      byte[] shared = new byte[bytes];
      byte[] stored = new byte[(int) total];
      device.read(image, MemorySegment.ofArray(shared));
      device.read(out, MemorySegment.ofArray(stored));
      byte[] wantStored = new byte[(int) total];
      Arrays.fill(wantStored, (byte) 0x55);
      int size = type.bytes();
      for (int i = 0; i < bytes / size; i++) {
        int rest = i;
        boolean inside = true;
        long at = 0;
        for (int d = 0; d < sizes.size(); d++) {
          long index = coordinates[d] + (long) (rest % box.get(d)) * steps.get(d);
          rest /= box.get(d);
          inside &= index >= 0 && index < sizes.get(d);
          at += index * (d == 0 ? size : strides.get(d - 1));
        }
        for (int b = 0; b < size; b++) {
          byte want = inside ? data[(int) at + b] : fill == TensorMap.Fill.NAN ? (byte) 0xff : 0;
          assertThat(shared[swizzle.apply(i * size + b)])
              .as("element %d of %s at %s", i, from, Arrays.toString(coordinates)).isEqualTo(want);
          if (inside) {
            wantStored[(int) at + b] = want;
          }
        }
      }
      assertThat(stored).isEqualTo(wantStored);
    }
  }

  @Test
  void runsOfBytes() {
    String text = Snippet.module("sm_90a", """
        .visible .entry k(.param .u64 in, .param .u64 out) {
        .reg .b32 %r<9>; .reg .b64 %q<9>; .reg .pred %p;
        .shared .align 128 .b8 memory[256];
        .shared .align 8 .b64 full;
        ld.param.u64 %q0, [in]; ld.param.u64 %q1, [out];
        mov.u32 %r1, memory; mov.u32 %r2, full; mov.u32 %r3, 240;
        mbarrier.init.shared::cta.b64 [%r2], 1;
        fence.proxy.async.shared::cta;
        mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [%r2], %r3;
        cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r1], [%q0], %r3, [%r2];
        mbarrier.arrive.shared::cta.b64 %q2, [%r2];
        AGAIN:
        mbarrier.test_wait.shared::cta.b64 %p, [%r2], %q2;
        @!%p bra AGAIN;
        mbarrier.inval.shared::cta.b64 [%r2];
        st.shared.b64 [%r2], %q0;
        cp.async.bulk.global.shared::cta.bulk_group [%q1], [%r1], %r3;
        cp.async.bulk.commit_group;
        cp.async.bulk.wait_group.read 0;
        ret; }""");
    try (var device = new PtxDevice(Capability.SM_90, 1 << 20, 1)) {
      PtxKernel kernel = device.load("bulk.ptx", text).kernel("k");
      byte[] data = new byte[240];
      new Random(1).nextBytes(data);
      long in = device.allocate(240, "in");
      long out = device.allocate(240, "out");
      device.write(in, data);
      device.launch(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(1)), Parameters.of(kernel).add(in).add(out));
      byte[] back = new byte[240];
      device.read(out, MemorySegment.ofArray(back));
      assertThat(back).isEqualTo(data);
    }
  }

  @Test
  void limitsOfAMap() {
    var type = TensorMap.ElementType.BF16;
    assertThatThrownBy(() -> TensorMap.matrix(type, 8, 64, 64, 128, 64, 64, Swizzle.BYTES_128))
        .hasMessageContaining("address");
    assertThatThrownBy(() -> TensorMap.matrix(type, 0, 64, 64, 130, 64, 64, Swizzle.BYTES_128))
        .hasMessageContaining("strides");
    assertThatThrownBy(() -> TensorMap.matrix(type, 0, 64, 64, 128, 257, 64, Swizzle.BYTES_128))
        .hasMessageContaining("256");
    assertThatThrownBy(() -> TensorMap.matrix(type, 0, 64, 128, 256, 64, 128, Swizzle.BYTES_128))
        .hasMessageContaining("128 bytes");
    assertThatThrownBy(() -> TensorMap.matrix(type, 0, 64, 64, 128, 64, 4, Swizzle.NONE))
        .hasMessageContaining("multiple of 16");
  }
}
