package crema.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.nn.InvalidWeightsException;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class SafetensorsProperties {
  private static Path folder;
  private static Backend backend;

  @BeforeContainer
  static void open() throws IOException {
    folder = Files.createTempDirectory("safetensors");
    backend = Backend.open(Device.CPU);
  }

  @AfterContainer
  static void close() throws IOException {
    backend.close();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Provide
  Arbitrary<Map<String, List<Integer>>> shapes() {
    Arbitrary<List<Integer>> shape = Arbitraries.integers().between(0, 5).list().ofMaxSize(4);
    return Arbitraries.maps(Arbitraries.strings().filter(name -> !name.equals("__metadata__")), shape).ofMaxSize(6);
  }

  private static Map<String, Tensor> tensors(Scope scope, Map<String, List<Integer>> shapes) {
    var tensors = new LinkedHashMap<String, Tensor>();
    shapes.forEach((name, extents) -> {
      Shape shape = Shape.of(extents.stream().mapToLong(Integer::longValue).toArray());
      var values = new float[(int) shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = name.hashCode() * 31f + i;
      }
      tensors.put(name, scope.floats(values, shape.toArray()));
    });
    return tensors;
  }

  @Property(tries = 50)
  void whatIsWrittenIsRead(@ForAll("shapes") Map<String, List<Integer>> shapes,
      @ForAll Map<String, String> metadata) throws IOException {
    Path file = folder.resolve("round-trip");
    try (var scope = new Scope(backend)) {
      Map<String, Tensor> tensors = tensors(scope, shapes);
      SafetensorsWriter.write(file, tensors, metadata);
      byte[] first = Files.readAllBytes(file);
      SafetensorsWriter.write(file, tensors, metadata);
      assertThat(Files.readAllBytes(file)).isEqualTo(first);
      try (var reader = SafetensorsReader.open(file)) {
        assertThat(reader.metadata()).isEqualTo(metadata);
        assertThat(reader.shapes().keySet()).containsExactlyElementsOf(tensors.keySet());
        tensors.forEach((name, tensor) -> {
          Tensor copy = scope.empty(DType.F32, reader.shapes().get(name));
          reader.read(name, copy);
          assertThat(copy.shape()).isEqualTo(tensor.shape());
          assertThat(copy.toFloats()).isEqualTo(tensor.toFloats());
        });
      }
    }
  }

  @Property(tries = 20)
  void aFileCutAnywhereIsAnError(@ForAll("shapes") Map<String, List<Integer>> shapes) throws IOException {
    Path file = folder.resolve("cut");
    try (var scope = new Scope(backend)) {
      SafetensorsWriter.write(file, tensors(scope, shapes), Map.of());
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += Math.max(1, whole.length / 200)) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsReader.open(file)).isInstanceOf(InvalidWeightsException.class);
    }
  }

  @Property(tries = 150)
  void aFlippedByteIsAnErrorOrStaysWithinTheFile(@ForAll("shapes") Map<String, List<Integer>> shapes,
      @ForAll int position, @ForAll byte change) throws IOException {
    Path file = folder.resolve("flipped");
    try (var scope = new Scope(backend)) {
      SafetensorsWriter.write(file, tensors(scope, shapes), Map.of());
      byte[] bytes = Files.readAllBytes(file);
      bytes[Math.floorMod(position, bytes.length)] ^= change;
      Files.write(file, bytes);
      try (var reader = SafetensorsReader.open(file)) {
        long covered = reader.shapes().keySet().stream().mapToLong(name -> reader.bytes(name).byteSize()).sum();
        assertThat(covered).isLessThanOrEqualTo(bytes.length);
        reader.shapes().forEach((name, shape) -> reader.read(name, scope.empty(DType.F32, shape)));
      } catch (InvalidWeightsException e) {
        assertThat(e).hasMessageStartingWith(file.toString());
      }
    }
  }
}
