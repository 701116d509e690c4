package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import crema.ptx.device.OutOfDeviceMemoryException;
import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The device as a driver uses it: memory, modules, launches and their limits. */
class DeviceTest {
  private final PtxDevice device = new PtxDevice(Capability.SM_80, 1 << 24, 2);

  @AfterEach
  void close() {
    device.close();
  }

  private static String copy(String directives) {
    return Snippet.module("sm_80", """
        .visible .entry copy(.param .u64 to, .param .u64 from, .param .u32 n) DIRECTIVES {
        .reg .b32 %r<9>; .reg .b64 %q<9>; .reg .pred %p;
        ld.param.u64 %q0, [to]; ld.param.u64 %q1, [from]; ld.param.u32 %r4, [n];
        mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; mov.u32 %r2, %tid.x; mad.lo.s32 %r3, %r0, %r1, %r2;
        setp.ge.u32 %p, %r3, %r4;
        @%p bra END;
        mul.wide.u32 %q2, %r3, 4; add.s64 %q0, %q0, %q2; add.s64 %q1, %q1, %q2;
        ld.global.b32 %r5, [%q1]; st.global.b32 [%q0], %r5;
        END: ret; }""".replace("DIRECTIVES", directives));
  }

  private PtxFault refused(PtxKernel kernel, LaunchConfig config, byte[] parameters) {
    PtxFault fault = catchThrowableOfType(PtxFault.class, () -> device.launch(kernel, config, parameters));
    assertThat(fault).isNotNull();
    assertThat(fault.kind()).isEqualTo(FaultKind.LAUNCH);
    assertThat(fault.getMessage()).doesNotContain("\n").contains("kernel copy");
    return fault;
  }

  @Test
  void launchLimits() {
    PtxKernel kernel = device.load("copy.ptx", copy("")).kernel("copy");
    byte[] parameters = new byte[kernel.parameterBytes()];
    LaunchConfig good = LaunchConfig.of(Dim3.of(1), Dim3.of(32));
    assertThat(refused(kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(1025)), parameters))
        .hasMessageContaining("at most 1024");
    assertThat(refused(kernel, LaunchConfig.of(Dim3.of(1), new Dim3(1, 1, 65)), parameters))
        .hasMessageContaining("threads");
    assertThat(refused(kernel, LaunchConfig.of(Dim3.of(0), Dim3.of(32)), parameters)).hasMessageContaining("grid");
    assertThat(refused(kernel, LaunchConfig.of(Dim3.of(1, 65536), Dim3.of(32)), parameters))
        .hasMessageContaining("65,535");
    assertThat(refused(kernel, good.withDynamicShared(49 * 1024), parameters)).hasMessageContaining("allowed");
    kernel.allowDynamicShared(163 * 1024);
    device.launch(kernel, good.withDynamicShared(163 * 1024), parameters);
    assertThatThrownBy(() -> kernel.allowDynamicShared(164 * 1024)).hasMessageContaining("8.0");
    assertThat(refused(kernel, good, new byte[4])).hasMessageContaining("parameters");
    PtxKernel bounded = device.load("copy.ptx", copy(".maxntid 64, 1, 1")).kernel("copy");
    assertThat(refused(bounded, LaunchConfig.of(Dim3.of(1), Dim3.of(96)), parameters))
        .hasMessageContaining("launch bounds");
    PtxKernel exact = device.load("copy.ptx", copy(".reqntid 64, 1, 1")).kernel("copy");
    assertThat(refused(exact, good, parameters)).hasMessageContaining("needs (64,1,1)");
  }

  @Test
  void memory() {
    long a = device.allocate(4096, "a");
    long b = device.allocate(4096, "b");
    assertThat(device.usedBytes()).isEqualTo(8192);
    int[] data = new int[1024];
    for (int i = 0; i < data.length; i++) {
      data[i] = i * i;
    }
    device.write(a, data);
    PtxKernel kernel = device.load("copy.ptx", copy("")).kernel("copy");
    device.launch(kernel, LaunchConfig.of(Dim3.of(8), Dim3.of(128)), Parameters.of(kernel).add(b).add(a).add(1024));
    assertThat(device.readInts(b, 1024)).isEqualTo(data);
    long c = device.allocate(4096, "c");
    device.copy(c + 4, b, 4092);
    assertThat(device.readInts(c + 4, 2)).containsExactly(0, 1);
    device.fill(c, 16, (byte) 0);
    assertThat(device.readInts(c, 4)).containsOnly(0);
    device.poison(c, 8);
    PtxFault unwritten = catchThrowableOfType(PtxFault.class, () -> device.launch(
        kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(32)), Parameters.of(kernel).add(b).add(c).add(4)));
    assertThat(unwritten.kind()).isEqualTo(FaultKind.UNWRITTEN_READ);
    assertThat(unwritten).hasMessageContaining("byte 0 of c");
    device.free(a);
    PtxFault freed = catchThrowableOfType(PtxFault.class, () -> device.launch(
        kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(32)), Parameters.of(kernel).add(b).add(a).add(4)));
    assertThat(freed.kind()).isEqualTo(FaultKind.USE_AFTER_FREE);
    assertThat(freed).hasMessageContaining("byte 0 of a, which was freed");
    PtxFault nothing = catchThrowableOfType(PtxFault.class, () -> device.launch(
        kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(32)), Parameters.of(kernel).add(b).add(0L).add(4)));
    assertThat(nothing.kind()).isEqualTo(FaultKind.OUT_OF_BOUNDS);
    assertThat(nothing).hasMessageContaining("null pointer");
    assertThatThrownBy(() -> device.free(a)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> device.write(b + 4092, new byte[8])).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> device.allocate(1 << 25, "d")).isInstanceOf(OutOfDeviceMemoryException.class)
        .hasMessageContaining("do not fit");
    assertThatThrownBy(() -> device.allocate(0, "d")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void constantsAreReadOnly() {
    String text = Snippet.module("sm_80", """
        .const .align 4 .u32 table[3] = {4, 0x5, 6};
        .global .align 8 .f64 sum = 0d3FF0000000000000;
        .visible .entry k() {
        .reg .b64 %q<3>; .reg .b32 %r;
        mov.u64 %q0, table;
        ld.const.u32 %r, [table+4];
        st.global.u32 [%q0], %r;
        ret; }""");
    var module = device.load("const.ptx", text);
    assertThat(device.readInts(module.variable("table"), 3)).containsExactly(4, 5, 6);
    PtxFault fault = catchThrowableOfType(PtxFault.class, () -> device.launch(
        module.kernel("k"), LaunchConfig.of(Dim3.of(1), Dim3.of(1)), new byte[0]));
    assertThat(fault.kind()).isEqualTo(FaultKind.READ_ONLY);
    assertThat(fault.position()).isEqualTo(SourcePosition.ofPtx(10));
  }

  @Test
  void modulesForOtherCapabilities() {
    for (String target : new String[] {"sm_90", "sm_90a", "compute_80", "sm_8x"}) {
      assertThatThrownBy(() -> device.load("copy.ptx", copy("").replace("sm_80", target)))
          .isInstanceOf(PtxSyntaxException.class).hasMessageContaining(target).hasMessageContaining("8.0");
    }
    device.load("copy.ptx", copy("").replace("sm_80", "sm_75"));
    assertThat(Capability.SM_90.runs("sm_90a")).isTrue();
    assertThat(new Capability(10, 0).runs("sm_90a")).isFalse();
    assertThat(new Capability(10, 0).runs("sm_80")).isTrue();
  }

  @Test
  void parametersAreChecked() {
    PtxKernel kernel = device.load("copy.ptx", copy("")).kernel("copy");
    assertThatThrownBy(() -> Parameters.of(kernel).add(1))
        .hasMessageContaining("parameter 1 of kernel copy has 8 bytes, not 4");
    assertThatThrownBy(() -> Parameters.of(kernel).add(1L).pack()).hasMessageContaining("3 parameters");
    assertThatThrownBy(() -> Parameters.of(kernel).add(1L).add(1L).add(1).add(1)).hasMessageContaining("3 parameters");
    assertThatThrownBy(() -> device.load("copy.ptx", copy("")).kernel("move"))
        .hasMessageContaining("no kernel move, but copy");
  }

  /** Of several faults, and with any number of workers, the one in the first block is reported. */
  @Test
  void theSameFaultOnAnyNumberOfWorkers() {
    for (int workers = 1; workers <= 4; workers++) {
      try (var other = new PtxDevice(Capability.SM_80, 1 << 24, workers)) {
        PtxKernel kernel = other.load("copy.ptx", copy("")).kernel("copy");
        long from = other.allocate(4 * 1000, "from");
        other.write(from, new int[700]);
        long to = other.allocate(4 * 1000, "to");
        for (int round = 0; round < 5; round++) {
          PtxFault fault = catchThrowableOfType(PtxFault.class, () -> other.launch(
              kernel, LaunchConfig.of(Dim3.of(40), Dim3.of(64)), Parameters.of(kernel).add(to).add(from).add(2000)));
          assertThat(fault.block()).isEqualTo(new Dim3(10, 0, 0));
          assertThat(fault.thread()).isEqualTo(new Dim3(60, 0, 0));
          assertThat(fault.kind()).isEqualTo(FaultKind.UNWRITTEN_READ);
        }
      }
    }
  }

  /** Counters and results do not depend on workers or schedules. */
  @Test
  void theSameCountersOnAnyNumberOfWorkers() {
    Counters first = null;
    float[] bits = null;
    for (int workers = 1; workers <= 3; workers++) {
      for (Schedule schedule : new Schedule[] {Schedule.IN_ORDER, new Schedule(5)}) {
        try (var other = new PtxDevice(Capability.SM_80, 1 << 24, workers)) {
          PtxKernel kernel = TestKernels.load(other, "rms_norm").kernel("rmsNormAnyF32");
          long y = other.allocate(50 * 100 * 4, "y");
          long x = TestKernels.upload(other, "x", TestKernels.random(50 * 100, 1));
          long weight = TestKernels.upload(other, "weight", TestKernels.random(100, 2));
          Counters counters = other.launch(kernel, LaunchConfig.of(Dim3.of(50), Dim3.of(256)).withSchedule(schedule),
              Parameters.of(kernel).add(x).add(weight).add(y).add(0L).add(50).add(100).add(1e-6f));
          first = first == null ? counters : first;
          bits = bits == null ? other.readFloats(y, 5000) : bits;
          assertThat(counters).isEqualTo(first);
          assertThat(other.readFloats(y, 5000)).isEqualTo(bits);
        }
      }
    }
  }
}
