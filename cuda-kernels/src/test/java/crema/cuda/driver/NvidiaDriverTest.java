package crema.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import crema.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The foreign calls, against a library whose functions have the types of {@code cuda.h} and write down what they are called
 * with. Skipped without a C compiler.
 */
class NvidiaDriverTest {
  private static final String LIBRARY = "crema.cuda.library";

  @TempDir
  private static Path folder;

  private static MethodHandle calls;
  private static MethodHandle failure;
  private static MethodHandle version;

  private NvidiaDriver driver;
  private Stream stream;

  @BeforeAll
  static void compile() throws IOException, InterruptedException {
    Path library = folder.resolve("libcuda.so.1");
    var command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library.toString(),
        "src/test/native/fake_cuda.c"));
    String home = System.getenv().getOrDefault("CUDA_HOME", "/usr/local/cuda");
    command.add("-I" + home + "/include");
    boolean compiled;
    try {
      compiled = new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      assumeTrue(false, "no gcc on this machine: the foreign calls of the driver are not tested");
      return;
    }
    assertThat(compiled).as("fake_cuda.c compiles").isTrue();
    System.setProperty(LIBRARY, library.toString());
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    Linker linker = Linker.nativeLinker();
    calls = linker.downcallHandle(symbols.findOrThrow("fake_calls"), FunctionDescriptor.of(ValueLayout.ADDRESS));
    failure = linker.downcallHandle(symbols.findOrThrow("fake_failure"),
        FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    version = linker.downcallHandle(symbols.findOrThrow("fake_version"),
        FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
  }

  @AfterAll
  static void forget() {
    System.clearProperty(LIBRARY);
  }

  @BeforeEach
  void open() throws Throwable {
    driver = NvidiaDriver.open(1);
    stream = driver.stream();
  }

  @AfterEach
  void close() throws Throwable {
    fail("", 0);
    version.invoke(13_000);
    driver.close();
    called();
  }

  private static List<String> called() throws Throwable {
    return ((MemorySegment) calls.invoke()).reinterpret(1 << 16).getString(0).lines().map(String::strip).toList();
  }

  private static void fail(String function, int result) throws Throwable {
    try (var arena = Arena.ofConfined()) {
      failure.invoke(arena.allocateFrom(function), result);
    }
  }

  private static MemorySegment ints(Arena arena, int... values) {
    return arena.allocateFrom(ValueLayout.JAVA_INT, values);
  }

  @Test
  void openingTakesThePrimaryContextOfTheDevice() throws Throwable {
    assertThat(called()).containsSubsequence("cuInit 0", "cuDevicePrimaryCtxRetain 8", "cuCtxSetCurrent c0",
        "cuStreamCreate 1");
    assertThat(driver.facts()).isEqualTo(new DeviceFacts("Fake 8", new Capability(9, 0), 80L << 30, 132, 232_448,
        13_000));
    assertThat(driver.freeBytes()).isEqualTo(79L << 30);
    assertThat(NvidiaDriver.devices()).extracting(DeviceFacts::name).containsExactly("Fake 7", "Fake 8");
  }

  @Test
  void whatIsWrittenCopiedAndFilledIsRead() throws Throwable {
    long from = driver.allocate(16, "source");
    long to = driver.allocate(16, "target");
    called();
    try (var arena = Arena.ofConfined()) {
      MemorySegment pinned = driver.allocatePinned(16);
      driver.write(from, ints(arena, 1, 2, 3, 4), stream);
      driver.copy(to, from, 16, stream);
      driver.fill(to + 4, 2, -7, stream);
      driver.read(to, pinned, stream);
      assertThat(pinned.toArray(ValueLayout.JAVA_INT)).containsExactly(1, -7, -7, 4);
      assertThat(called()).as("nothing waits for pinned memory").containsExactly("cuMemHostAlloc 16 0",
          "cuMemcpyHtoDAsync 16 on 50", "cuMemcpyDtoDAsync 16 on 50", "cuMemsetD32Async fffffff9 2 on 50",
          "cuMemcpyDtoHAsync 16 on 50");
      driver.write(from, MemorySegment.ofArray(new int[] {9, 8, 7, 6}), stream);
      var target = new int[4];
      driver.read(from, MemorySegment.ofArray(target), stream);
      assertThat(target).containsExactly(9, 8, 7, 6);
      assertThat(called()).endsWith("cuMemcpyDtoHAsync 16 on 50", "cuStreamSynchronize 50");
    }
    driver.free(from);
    driver.free(to);
  }

  @Test
  void aLaunchPassesThePackedParameters() throws Throwable {
    LoadedModule module = driver.load("k.ptx", ".version 7.4".getBytes(StandardCharsets.US_ASCII));
    Kernel kernel = module.kernel("add_f32", 100_000);
    assertThat(called()).endsWith("cuModuleLoadDataEx '.version 7.4' 2 5 6 8192", "cuModuleGetFunction add_f32",
        "cuFuncSetAttribute f0 8 100000");
    try (var arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(12, 8);
      parameters.set(ValueLayout.JAVA_LONG, 0, 0x1122334455667788L);
      parameters.set(ValueLayout.JAVA_INT, 8, 5);
      driver.launch(kernel, new Grid(3, 4, 5, 32, 8, 100_000), parameters, stream);
    }
    assertThat(called()).containsExactly(
        "cuLaunchKernel f0 3,4,5 32,8,1 shared 100000 on 50 with 887766554433221105000000");
    assertThat(kernel.name()).isEqualTo("add_f32");
  }

  @Test
  void clustersAreLaunchedByAConfiguration() throws Throwable {
    Kernel kernel = driver.load("k.ptx", ".version 8.0".getBytes(StandardCharsets.US_ASCII)).kernel("add_f32", 0);
    called();
    try (var arena = Arena.ofConfined()) {
      driver.launch(kernel, new Grid(8, 2, 1, 384, 1, 1000).withCluster(4), arena.allocate(8, 8), stream);
    }
    assertThat(called()).containsExactly(
        "cuLaunchKernelEx f0 8,2,1 384,1,1 shared 1000 on 50 in clusters of 4,1,1 with packed");
  }

  /** Its place among a device's parameters is 112 on capability 9.0, say, not 0. */
  @Test
  void aStructureThatIsAlignedToMoreThanParametersArePassesByItself() throws Throwable {
    String ptx = ".visible .entry plain(\n\t.param .u64 plain_0,\n\t.param .align 8 .b8 plain_1[24]\n)\n{}\n"
        + ".visible .entry wide(\n\t.param .align 64 .b8 wide_0[1024]\n)\n{}\n";
    LoadedModule module = driver.load("k.ptx", ptx.getBytes(StandardCharsets.US_ASCII));
    Kernel wide = module.kernel("wide", 0);
    Kernel plain = module.kernel("plain", 0);
    called();
    try (var arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(1024, 64);
      parameters.set(ValueLayout.JAVA_BYTE, 0, (byte) 0x7E);
      driver.launch(wide, Grid.of(1, 32), parameters, stream);
      driver.launch(plain, Grid.of(1, 32), parameters.asSlice(0, 2), stream);
    }
    assertThat(called()).containsExactly(
        "cuLaunchKernel f0 1,1,1 32,1,1 shared 0 on 50 with one that begins with 7e",
        "cuLaunchKernel f0 1,1,1 32,1,1 shared 0 on 50 with 7e00");
    assertThatThrownBy(() -> driver.load("k.ptx", ptx.replace(".align 8", ".align 64").getBytes(
        StandardCharsets.US_ASCII))).isInstanceOf(CudaException.class).hasMessageContaining("kernel plain in k.ptx");
  }

  @Test
  void theKernelsThatShipHaveNoSuchStructureBesideOthers() throws IOException {
    try (var files = Files.list(Path.of("src/main/resources/crema/cuda"))) {
      List<Path> images = files.filter(file -> file.toString().endsWith(".ptx")).toList();
      assertThat(images).isNotEmpty();
      for (Path image : images) {
        driver.load(image.getFileName().toString(), Files.readAllBytes(image));
      }
    }
  }

  @Test
  void eventsAndGraphsArePassedAsTheyAre() throws Throwable {
    Event event = driver.event();
    called();
    driver.record(event, stream);
    driver.synchronize(event);
    driver.synchronize(stream);
    assertThat(driver.milliseconds(event, event)).isEqualTo(1.5);
    driver.beginCapture(stream);
    Graph graph = driver.endCapture(stream);
    graph.launch(stream);
    graph.close();
    assertThat(called()).containsExactly("cuEventRecord e0 50", "cuEventSynchronize e0", "cuStreamSynchronize 50",
        "cuEventElapsedTime e0 e0", "cuStreamBeginCapture 50 2", "cuStreamEndCapture 50",
        "cuGraphInstantiateWithFlags 60 0", "cuGraphDestroy 60", "cuGraphLaunch 70 50", "cuGraphExecDestroy 70");
  }

  @Test
  void aTensorMapIsEncodedColumnsFirst() throws Throwable {
    called();
    try (var arena = Arena.ofConfined()) {
      MemorySegment descriptor = arena.allocate(128, 64);
      driver.encodeTensorMap(new MatrixMap(DType.BF16, 0x7000, 1000, 384, 768, 128, 64, 128), descriptor);
      assertThat(descriptor.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0x5A);
    }
    assertThat(called()).containsExactly("cuTensorMapEncodeTiled 9 2 7000 extents 384,1000 stride 768 box 64,128 "
        + "steps 1,1 interleave 0 swizzle 3 promotion 2 fill 0");
  }

  @Test
  void anotherThreadIsToldTheContext() throws Throwable {
    called();
    var failed = new ArrayList<Throwable>();
    Thread thread = Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> failed.add(e))
        .start(() -> driver.synchronize(stream));
    thread.join();
    driver.synchronize(stream);
    assertThat(failed).isEmpty();
    assertThat(called()).containsExactly("cuCtxSetCurrent c0", "cuStreamSynchronize 50", "cuCtxSetCurrent c0",
        "cuStreamSynchronize 50");
  }

  @Test
  void noMemoryLeftIsToldByItsType() throws Throwable {
    fail("cuMemAlloc", 2);
    assertThatExceptionOfType(OutOfDeviceMemory.class).isThrownBy(() -> driver.allocate(1000, "much"))
        .satisfies(e -> assertThat(e.bytes()).isEqualTo(1000));
    fail("", 0);
    driver.free(driver.allocate(8, "little"));
  }

  @Test
  void aModuleThatDoesNotCompileIsToldWithTheFirstLineOfTheLog() throws Throwable {
    fail("cuModuleLoadDataEx", 218);
    assertThatThrownBy(() -> driver.load("gemm.sm_90a.ptx", new byte[] {'x'})).isInstanceOf(CudaException.class)
        .hasMessage("GPU: loading gemm.sm_90a.ptx gave CUDA_ERROR_FAKE: what it means "
            + "(ptxas application ptx input, line 3; fatal)");
  }

  @Test
  void afterAnIllegalAddressEveryCallTellsOfIt() throws Throwable {
    fail("cuStreamSynchronize", 700);
    assertThatThrownBy(() -> driver.synchronize(stream)).hasMessageContaining("CUDA_ERROR_FAKE");
    fail("", 0);
    called();
    assertThatThrownBy(() -> driver.allocate(8, "more")).isInstanceOf(CudaException.class)
        .hasMessageContaining("CUDA_ERROR_FAKE");
    assertThat(called()).as("calls of a device that failed").isEmpty();
  }

  @Test
  void whatIsNotThereIsToldInOneLine() throws Throwable {
    assertThatThrownBy(() -> NvidiaDriver.open(2)).hasMessage("no GPU cuda:2; there are cuda:0 to cuda:1");
    fail("cuInit", 100);
    assertThatThrownBy(() -> NvidiaDriver.open(0))
        .hasMessage("no NVIDIA GPU on this machine, though there is a driver; use --device cpu");
    fail("", 0);
    version.invoke(11_020);
    assertThatThrownBy(() -> NvidiaDriver.open(0))
        .hasMessage("driver 460 is too old for this GPU (needs 525); update it, or use --device cpu");
  }

  @Test
  void aMachineWithoutTheDriverIsToldSo() {
    String before = System.setProperty(LIBRARY, "libnothing-there.so.1");
    try {
      assertThatThrownBy(() -> NvidiaDriver.open(0)).isInstanceOf(CudaException.class)
          .hasMessage("no NVIDIA driver on this machine (libnothing-there.so.1 not found); use --device cpu");
    } finally {
      System.setProperty(LIBRARY, before);
    }
  }

  @Test
  void theBranchIsThatOfTheNewestCudaItKnows() {
    assertThat(new DriverVersion(11_020)).hasToString("460");
    assertThat(new DriverVersion(11_045)).hasToString("470");
    assertThat(new DriverVersion(9_020)).hasToString("of CUDA 9.2");
    assertThat(new DriverVersion(11_020).refusal(new Capability(7, 5))).isEmpty();
    assertThat(new DriverVersion(11_030).refusal(new Capability(8, 6)))
        .contains("driver 465 is too old for this GPU (needs 470); update it, or use --device cpu");
    assertThat(new DriverVersion(13_000).refusal(new Capability(12, 0))).isEmpty();
  }
}
