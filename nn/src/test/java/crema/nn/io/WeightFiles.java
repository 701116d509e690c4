package crema.nn.io;

import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Writes a small file of each format of weights, for tests of readers. */
final class WeightFiles {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/nn/io");

  private WeightFiles() {}

  /** Writes what the corpus of fuzzing has of formats that Crema only reads, into its folder; run by hand in that of nn. */
  public static void main(String[] arguments) throws IOException {
    Path corpus = Path.of(arguments[0]);
    write(WeightFormat.SAFETENSORS, Files.createDirectories(corpus.resolve("safetensors")));
    write(WeightFormat.PYTORCH, Files.createDirectories(corpus.resolve("pytorch")));
    for (String name : new String[] {"protocol4.bin", "views.bin", "nested.bin"}) {
      Files.copy(RESOURCES.resolve(name), corpus.resolve("pytorch").resolve(name));
    }
    write(WeightFormat.ONNX, Files.createDirectories(corpus.resolve("onnx")));
    write(WeightFormat.SHARDED, Files.createDirectories(corpus.resolve("weight-folders/sharded")));
    write(WeightFormat.TENSORFLOW, Files.createDirectories(corpus.resolve("weight-folders/tensorflow")));
  }

  /** Writes a file of a format, whole, into a folder. */
  static Path write(WeightFormat format, Path folder) throws IOException {
    return switch (format) {
      case SAFETENSORS -> safetensors(folder.resolve("weights.safetensors"));
      case SHARDED -> {
        safetensors(folder.resolve("a.safetensors"));
        yield Files.writeString(folder.resolve("model.safetensors.index.json"),
            "{\"metadata\":{\"total_size\":24},\"weight_map\":{\"a.weight\":\"a.safetensors\",\"a.bias\":\"a.safetensors\"}}");
      }
      case PYTORCH -> Files.copy(RESOURCES.resolve("module.bin"), folder.resolve("module.bin"));
      case ONNX -> Files.write(folder.resolve("model.onnx"), onnx());
      case TENSORFLOW -> {
        Path index = folder.resolve("bert.index");
        BundleWriter.write(index, new TreeMap<>(Map.of("a/kernel", BundleWriter.entry(0, 16, 2, 2),
            "a/bias", BundleWriter.entry(16, 8, 2))), ProtobufWriter.floats(1, 2, 3, 4, 5, 6));
        yield index;
      }
    };
  }

  /** Writes two tensors. */
  static Path safetensors(Path file) throws IOException {
    try (var backend = Backend.open(Device.CPU); var scope = new Scope(backend)) {
      var tensors = new TreeMap<String, Tensor>();
      tensors.put("a.weight", scope.floats(new float[] {1, 2, 3, 4}, 2, 2));
      tensors.put("a.bias", scope.floats(new float[] {5, 6}, 2));
      SafetensorsWriter.write(file, tensors, Map.of());
    }
    return file;
  }

  private static byte[] onnx() {
    var graph = new ProtobufWriter()
        .message(1, new ProtobufWriter().text(1, "x").text(1, "w_quantized").text(2, "y").text(3, "/a/b/MatMul")
            .text(4, "MatMulInteger"))
        .message(1, new ProtobufWriter().text(1, "y").text(1, "a.b.bias").text(2, "z").text(4, "Add"))
        .message(1, new ProtobufWriter().text(2, "c").text(4, "Constant").message(5, new ProtobufWriter()
            .text(1, "value").message(5, new ProtobufWriter().number(1, 1).number(2, 7).number(7, 12))))
        .message(5, new ProtobufWriter().number(1, 2).number(1, 2).number(2, 3).text(8, "w_quantized")
            .bytes(9, new byte[] {1, 2, 3, 4}))
        .message(5, new ProtobufWriter().number(1, 2).number(2, 1).text(8, "w_scale")
            .bytes(4, ProtobufWriter.floats(1, 2)))
        .message(5, new ProtobufWriter().number(1, 2).number(2, 3).text(8, "w_zero_point").bytes(5, new byte[] {0, 0}))
        .message(5, new ProtobufWriter().number(1, 2).number(2, 1).text(8, "a.b.bias")
            .bytes(9, ProtobufWriter.floats(1, 2)));
    return new ProtobufWriter().number(1, 8).message(7, graph).toBytes();
  }
}
