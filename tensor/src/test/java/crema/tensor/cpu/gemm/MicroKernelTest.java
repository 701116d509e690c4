package crema.tensor.cpu.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crema.tensor.cpu.simd.Simd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

class MicroKernelTest {
  static final Iterable<MicroKernelGenerator.Spec> SPECS = MicroKernelGenerator.SPECS;

  @ParameterizedTest
  @FieldSource("SPECS")
  void theCommittedKernelsAreWhatTheGeneratorWrites(MicroKernelGenerator.Spec spec) throws IOException {
    var file = Path.of("src/main/java/crema/tensor/cpu/gemm", spec.className() + ".java");
    assertThat(Files.readString(file)).isEqualTo(MicroKernelGenerator.source(spec));
  }

  @ParameterizedTest
  @EnumSource
  void aTransposedBlockHasRowsForColumns(Simd.Width width) {
    var kernel = MicroKernel.of(width);
    int lanes = kernel.lanes();
    int stride = 2 * lanes + 3;
    float[] from = new float[lanes * stride];
    for (int i = 0; i < from.length; i++) {
      from[i] = i;
    }
    float[] to = new float[2 * lanes * lanes];
    int rows = Math.max(1, lanes - 1);
    kernel.transpose(from, 0, stride, rows, to, 0, lanes, 2);
    for (int i = 0; i < 2 * lanes; i++) {
      for (int j = 0; j < lanes; j++) {
        assertThat(to[i * lanes + j]).isEqualTo(Math.min(j, rows - 1) * stride + i);
      }
    }
  }

  @Test
  void aPanelsRowsAreASizeWithAKernel() {
    var kernel = new MicroKernelScalar();
    assertThat(kernel.panelRows(9)).isEqualTo(4);
    assertThat(kernel.panelRows(3)).isEqualTo(2);
    assertThat(kernel.panelRows(1)).isEqualTo(1);
  }
}
