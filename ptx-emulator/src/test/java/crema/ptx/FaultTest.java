package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import crema.ptx.device.PtxModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every planted fault of {@code faults.cu} and {@code hopper_faults.cu} is caught and named with its line of CUDA, in
 * any order of warps and blocks; its sound twin runs through, with equal bits in any order.
 */
class FaultTest {
  private static final List<Schedule> SCHEDULES =
      List.of(Schedule.IN_ORDER, new Schedule(1), new Schedule(2), new Schedule(3));
  private static final int ELEMENTS = 1024;

  private final PtxDevice device = new PtxDevice(Capability.SM_90, 1 << 28, 2);

  @AfterEach
  void close() {
    device.close();
  }

  /**
   * A planted fault.
   *
   * @param kinds what it may be called: in another order of warps, it may be seen from its other side
   * @param elements the parameter n
   */
  record Planted(String name, List<FaultKind> kinds, int blocks, int threads, int elements) {
    static Planted of(String name, FaultKind... kinds) {
      return new Planted(name, List.of(kinds), 1, 256, 10);
    }

    Planted with(int moreBlocks, int itsThreads, int itsElements) {
      return new Planted(name, kinds, moreBlocks, itsThreads, itsElements);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Planted> faults() {
    return Stream.of(
        Planted.of("outOfBounds", FaultKind.OUT_OF_BOUNDS).with(5, 256, ELEMENTS),
        Planted.of("misaligned", FaultKind.MISALIGNED).with(1, 256, ELEMENTS),
        Planted.of("missingBarrier", FaultKind.RACE, FaultKind.UNWRITTEN_READ),
        Planted.of("writeAfterRead", FaultKind.RACE),
        Planted.of("halfWord", FaultKind.RACE),
        Planted.of("laneRace", FaultKind.RACE),
        Planted.of("globalRace", FaultKind.RACE, FaultKind.UNWRITTEN_READ),
        Planted.of("unwrittenShared", FaultKind.UNWRITTEN_READ),
        Planted.of("unwrittenGlobal", FaultKind.UNWRITTEN_READ),
        Planted.of("unwrittenLocal", FaultKind.UNWRITTEN_READ).with(1, 256, 16),
        Planted.of("divergentBarrier", FaultKind.DIVERGENCE).with(1, 64, 0),
        Planted.of("divergentShuffle", FaultKind.DIVERGENCE),
        Planted.of("inactiveLane", FaultKind.INACTIVE_LANE),
        Planted.of("deadlock", FaultKind.DEADLOCK),
        Planted.of("barrierCounts", FaultKind.BARRIER_MISUSE),
        Planted.of("namedBarrier", FaultKind.RACE, FaultKind.UNWRITTEN_READ),
        Planted.of("livelock", FaultKind.LIVELOCK),
        Planted.of("blockConflict", FaultKind.BLOCK_CONFLICT).with(8, 32, 0),
        Planted.of("neighbour", FaultKind.BLOCK_CONFLICT).with(8, 32, 0),
        Planted.of("blockHalves", FaultKind.BLOCK_CONFLICT).with(8, 32, 0),
        Planted.of("missingCopyWait", FaultKind.MISSING_WAIT),
        Planted.of("oneGroupTooFew", FaultKind.MISSING_WAIT),
        Planted.of("copyBarrier", FaultKind.RACE, FaultKind.UNWRITTEN_READ, FaultKind.MISSING_WAIT),
        Planted.of("copyOverwrites", FaultKind.RACE, FaultKind.MISSING_WAIT),
        Planted.of("partialMma", FaultKind.DIVERGENCE),
        Planted.of("assertion", FaultKind.TRAP));
  }

  static Stream<Planted> hopperFaults() {
    return Stream.of(
        Planted.of("missingTileWait", FaultKind.MISSING_WAIT, FaultKind.UNWRITTEN_READ),
        Planted.of("wrongBarrier", FaultKind.MISSING_WAIT),
        Planted.of("tileOverwrites", FaultKind.RACE, FaultKind.MISSING_WAIT),
        Planted.of("tooManyBytes", FaultKind.DEADLOCK),
        Planted.of("noInit", FaultKind.BARRIER_MISUSE),
        Planted.of("tooManyArrivals", FaultKind.BARRIER_MISUSE),
        Planted.of("unfencedInit", FaultKind.MISSING_PROXY_FENCE),
        Planted.of("missingProxyFence", FaultKind.MISSING_PROXY_FENCE),
        Planted.of("storeOverwrites", FaultKind.MISSING_WAIT),
        Planted.of("endsTooEarly", FaultKind.MISSING_WAIT),
        Planted.of("endsBeforeLoad", FaultKind.MISSING_WAIT),
        Planted.of("misalignedTile", FaultKind.MISALIGNED),
        Planted.of("missingWgmmaWait", FaultKind.MISSING_WAIT),
        Planted.of("missingWgmmaFence", FaultKind.MISSING_WGMMA_FENCE),
        Planted.of("wgmmaProxy", FaultKind.MISSING_PROXY_FENCE),
        Planted.of("arrivesTooEarly", FaultKind.MISSING_WAIT),
        Planted.of("missingWarp", FaultKind.DEADLOCK));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void isCaughtWithItsLine(Planted planted) throws IOException {
    PtxModule module = TestKernels.load(device, "faults");
    for (Schedule schedule : SCHEDULES) {
      PtxFault fault = catchThrowableOfType(PtxFault.class,
          () -> run(module.kernel(planted.name()), planted, schedule));
      check(fault, planted, "faults.cu", schedule);
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void soundTwinRunsThrough(Planted planted) {
    PtxModule module = TestKernels.load(device, "faults");
    byte[] first = run(module.kernel("sound_" + planted.name()), planted, Schedule.IN_ORDER);
    for (Schedule schedule : SCHEDULES) {
      assertThat(run(module.kernel("sound_" + planted.name()), planted, schedule)).as("%s", schedule).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @MethodSource("hopperFaults")
  void hopperFaultIsCaughtWithItsLine(Planted planted) throws IOException {
    PtxModule module = TestKernels.load(device, "hopper_faults");
    for (Schedule schedule : SCHEDULES) {
      PtxFault fault = catchThrowableOfType(PtxFault.class, () -> runHopper(module.kernel(planted.name()), schedule));
      check(fault, planted, "hopper_faults.cu", schedule);
    }
  }

  @ParameterizedTest
  @MethodSource("hopperFaults")
  void hopperSoundTwinRunsThrough(Planted planted) {
    PtxModule module = TestKernels.load(device, "hopper_faults");
    byte[] first = runHopper(module.kernel("sound_" + planted.name()), Schedule.IN_ORDER);
    for (Schedule schedule : SCHEDULES) {
      assertThat(runHopper(module.kernel("sound_" + planted.name()), schedule)).as("%s", schedule).isEqualTo(first);
    }
  }

  @Test
  void everyPlantedKernelIsTried() {
    List<String> known = Stream.concat(faults(), hopperFaults()).map(Planted::name).toList();
    List<String> planted =
        Stream.of("faults", "hopper_faults").flatMap(name -> TestKernels.load(device, name).kernels().stream())
            .filter(name -> !name.startsWith("sound_")).toList();
    assertThat(known).containsExactlyInAnyOrderElementsOf(planted);
  }

  /** One whose lanes part often: the bits are those of any order, and only the sums of its blocks' atomics meet. */
  @Test
  void lanesThatPartAndMeet() {
    PtxKernel kernel = TestKernels.load(device, "faults").kernel("sound_divergence");
    int n = 1000;
    int[] x = new int[n];
    int[] steps = new int[n];
    for (int i = 0; i < n; i++) {
      x[i] = i + 1;
      for (long v = x[i]; v != 1; v = v % 2 == 0 ? v / 2 : 3 * v + 1) {
        steps[i]++;
      }
    }
    for (Schedule schedule : SCHEDULES) {
      long y = device.allocate(n * 4, "y");
      long count = TestKernels.upload(device, "count", new int[1]);
      device.launch(kernel, LaunchConfig.of(Dim3.of(8), Dim3.of(128)).withSchedule(schedule),
          Parameters.of(kernel).add(TestKernels.upload(device, "x", x)).add(y).add(count).add(n));
      assertThat(device.readInts(y, n)).isEqualTo(steps);
      assertThat(device.readInts(count, 1)).containsExactly(Arrays.stream(steps).max().orElseThrow());
    }
  }

  private static void check(PtxFault fault, Planted planted, String file, Schedule schedule) throws IOException {
    assertThat(fault).as("%s of %s", planted.name(), schedule).isNotNull();
    assertThat(fault.kind()).as(fault.getMessage()).isIn(planted.kinds());
    assertThat(fault.kernel()).isEqualTo(planted.name());
    assertThat(fault.getMessage()).doesNotContain("\n")
        .contains("kernel " + planted.name() + ", block (", "thread (", "PTX line ");
    assertThat(fault.block()).isNotNull();
    assertThat(fault.thread()).isNotNull();
    SourcePosition position = Objects.requireNonNull(fault.position());
    List<String> marked = markedLines(file, planted.name());
    if (marked.isEmpty()) {
      assertThat(position.file()).isNotEmpty();
    } else {
      assertThat(List.of(position.file() + ":" + position.line(), position.inlinedAt())).as(fault.getMessage())
          .containsAnyElementsOf(marked);
    }
  }

  /** The lines that end in {@code FAULT: name}; none where the fault is in an instruction that the kernel calls. */
  private static List<String> markedLines(String file, String name) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("src/test/cuda", file));
    return IntStream.range(0, lines.size()).filter(i -> lines.get(i).endsWith("// FAULT: " + name))
        .mapToObj(i -> file + ":" + (i + 1)).toList();
  }

  /** The bytes of y after the kernel; what nothing has stored stays NaN. */
  private byte[] run(PtxKernel kernel, Planted planted, Schedule schedule) {
    float[] x = TestKernels.random(ELEMENTS, 1);
    long in = TestKernels.upload(device, "x", x);
    long out = device.allocate(ELEMENTS * 4, "y");
    device.launch(
        kernel, LaunchConfig.of(Dim3.of(planted.blocks()), Dim3.of(planted.threads())).withSchedule(schedule)
            .withInstructionLimit(200_000),
        Parameters.of(kernel).add(in).add(out).add(planted.elements()));
    byte[] bytes = new byte[ELEMENTS * 4];
    device.read(out, java.lang.foreign.MemorySegment.ofArray(bytes));
    return bytes;
  }

  private byte[] runHopper(PtxKernel kernel, Schedule schedule) {
    int rows = 128;
    long in = TestKernels.uploadBf16(device, "in", TestKernels.random(rows * 64, 1));
    long out = device.allocate(rows * 64 * 2, "out");
    long y = device.allocate(256 * 4, "y");
    var type = TensorMap.ElementType.BF16;
    device.launch(
        kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(256)).withDynamicShared(2 * 64 * 128).withSchedule(schedule),
        Parameters.of(kernel)
            .add(TensorMap.matrix(type, in, rows, 64, 128, 64, 64, Swizzle.BYTES_128).encode())
            .add(TensorMap.matrix(type, out, rows, 64, 128, 64, 64, Swizzle.BYTES_128).encode())
            .add(y));
    byte[] bytes = new byte[rows * 64 * 2 + 256 * 4];
    byte[] tile = new byte[rows * 64 * 2];
    byte[] sums = new byte[256 * 4];
    device.read(out, java.lang.foreign.MemorySegment.ofArray(tile));
    device.read(y, java.lang.foreign.MemorySegment.ofArray(sums));
    System.arraycopy(tile, 0, bytes, 0, tile.length);
    System.arraycopy(sums, 0, bytes, tile.length, sums.length);
    return bytes;
  }
}
