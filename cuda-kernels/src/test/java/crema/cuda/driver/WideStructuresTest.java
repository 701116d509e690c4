package crema.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WideStructuresTest {
  @Test
  void aKernelWithAnotherParameterIsRefused() {
    String ptx = ".visible .entry plain(\n\t.param .u64 plain_0,\n\t.param .align 8 .b8 plain_1[24]\n)\n{}\n";
    assertThat(WideStructures.kernels("k.ptx", ptx + ".entry wide(\n\t.param .align 128 .b8 wide_0[384]\n)\n{}\n"))
        .containsExactly("wide");
    assertThatThrownBy(() -> WideStructures.kernels("k.ptx",
        ptx + ".entry two(\n\t.param .align 128 .b8 two_0[128],\n\t.param .u64 two_1\n)\n{}\n"))
        .isInstanceOf(CudaException.class)
        .hasMessage("kernel two in k.ptx has other parameters beside one that is aligned to more than 16 bytes");
  }

  @Test
  void noKernelThatShipsIsRefused() throws IOException, URISyntaxException {
    Path kernels = Path.of(WideStructures.class.getResource("/crema/cuda/kernels.tsv").toURI()).getParent();
    var wide = new TreeSet<String>();
    try (var files = Files.list(kernels)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".ptx")).toList()) {
        wide.addAll(WideStructures.kernels(file.getFileName().toString(), Files.readString(file)));
      }
    }
    assertThat(wide).contains("attention_wgmma_64_bf16").anyMatch(name -> name.startsWith("gemm_wgmma_"));
  }
}
