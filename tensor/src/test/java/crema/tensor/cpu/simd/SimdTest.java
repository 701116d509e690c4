package crema.tensor.cpu.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.WorkerPool;
import crema.tensor.Orientation;
import crema.tensor.cpu.gemm.Gemm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimdTest {

  @ParameterizedTest
  @EnumSource
  void thePropertyForcesAWidthInAProcessAndTheBitsStayTheSame(Simd.Width width) throws Exception {
    assertThat(launch(List.of("--add-modules", "jdk.incubator.vector", "-Dcrema.simd=" + width.key())))
        .isEqualTo(width + " " + resultHash() + " Optional.empty");
  }

  @Test
  void withoutTheVectorApiScalarCodeGivesTheSameBitsAndAdviceNamesTheFlag() throws Exception {
    assertThat(launch(List.of()))
        .isEqualTo("SCALAR " + resultHash() + " Optional[The Vector API is not loaded, so computing is many times"
            + " slower; start java with --add-modules jdk.incubator.vector]");
  }

  @Test
  void whoAsksForScalarCodeNeedsNoAdvice() throws Exception {
    assertThat(launch(List.of("-Dcrema.simd=scalar"))).isEqualTo("SCALAR " + resultHash() + " Optional.empty");
  }

  @Test
  void anUnknownWidthIsRefused() {
    assertThatThrownBy(() -> Simd.choose("1024", true)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("system property crema.simd is \"1024\"; it must be one of scalar, 128, 256, 512");
  }

  @Test
  void aWidthThatNeedsTheVectorApiNamesTheFlagWhereItIsMissing() {
    assertThatThrownBy(() -> Simd.choose("256", false)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--add-modules jdk.incubator.vector");
  }

  /** The program that {@link #launch} starts. */
  public static void main(String[] args) {
    System.out.println(Simd.width() + " " + resultHash() + " " + Simd.advice());
  }

  /** A hash of the bits of products on two threads with the width of this process. */
  private static int resultHash() {
    var random = new Random(7);
    float[] a = randomFloats(random, 90 * 400);
    float[] b = randomFloats(random, 90 * 400);
    float[] c = new float[90 * 90];
    int hash = 1;
    try (var pool = new WorkerPool(2)) {
      var gemm = new Gemm(pool);
      for (var orientation : Orientation.values()) {
        int lda = orientation == Orientation.TN ? 83 : 400;
        int ldb = orientation == Orientation.NT ? 400 : 75;
        gemm.multiply(orientation, 83, 75, 400, a, 0, lda, b, 0, ldb, c, 0, 90, false);
        hash = 31 * hash + Arrays.hashCode(c);
      }
    }
    return hash;
  }

  private static float[] randomFloats(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static String launch(List<String> flags) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
    command.addAll(flags);
    command.add(SimdTest.class.getName());
    var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.strip();
  }
}
