package crema.nn.model.mpnet;

import static org.assertj.core.api.Assertions.assertThat;

import crema.nn.io.SafetensorsReader;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The buckets of distances from −600 to 600 against PyTorch's; {@code src/test/golden/architectures.py} makes them. */
class MpnetBucketsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/model");

  @ParameterizedTest
  @ValueSource(strings = {"mpnet"})
  void distancesFallIntoTheBucketsOfMPNet(String name) throws IOException {
    try (var golden = SafetensorsReader.open(RESOURCES.resolve(name + ".safetensors"));
        var backend = Backend.open(Device.CPU);
        var scope = new Scope(backend)) {
      var expected = scope.empty(DType.I32, golden.shapes().get("buckets"));
      golden.read("buckets", expected);
      var buckets = new int[1201];
      Arrays.setAll(buckets, i -> RelativeBias.bucket(i - 600));
      assertThat(buckets).isEqualTo(expected.toInts());
    }
  }
}
