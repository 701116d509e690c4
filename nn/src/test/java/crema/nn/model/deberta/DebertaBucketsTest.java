package crema.nn.model.deberta;

import static org.assertj.core.api.Assertions.assertThat;

import crema.nn.io.SafetensorsReader;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The buckets of distances from −600 to 600 against PyTorch's; {@code src/test/golden/architectures.py} makes them. */
class DebertaBucketsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/model");

  @ParameterizedTest
  @ValueSource(strings = {"deberta-v2", "deberta-v3", "deberta-c2p", "deberta-p2c"})
  void distancesFallIntoTheBucketsOfDeBERTa(String name) throws IOException {
    Map<String, ?> json = JsonMapper.shared().convertValue(
        JsonMapper.shared().readTree(Files.readAllBytes(RESOURCES.resolve("architectures.json"))).get(name), Map.class);
    var config = DebertaV2Config.of(json);
    try (var golden = SafetensorsReader.open(RESOURCES.resolve(name + ".safetensors"));
        var backend = Backend.open(Device.CPU);
        var scope = new Scope(backend)) {
      var expected = scope.empty(DType.I32, golden.shapes().get("buckets"));
      golden.read("buckets", expected);
      var buckets = new int[1201];
      Arrays.setAll(buckets, i -> config.row(i - 600));
      assertThat(buckets).isEqualTo(expected.toInts());
    }
  }
}
