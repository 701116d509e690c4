package crema.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Embedding;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.StoredWeights;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An architecture with its heads on small random weights, and what PyTorch makes of it: vectors of tokens, logits, and
 * every gradient. {@code src/test/golden/architectures.py} makes the files. For the tests of any backend.
 *
 * @param name the name of the case, of its file too
 * @param config what its model is
 */
public record GoldenArchitecture(String name, TextEncoderConfig config) {
  /** How many labels the classifiers have. */
  public static final int LABELS = 3;

  /** The names of all cases. */
  public static List<String> names() {
    return List.copyOf(configs().propertyNames());
  }

  /** The case of a name. */
  public static GoldenArchitecture named(String name) {
    Map<String, ?> json = JsonMapper.shared().convertValue(configs().get(name), Map.class);
    return new GoldenArchitecture(name, Architecture.ofModel(json).read(json));
  }

  private static JsonNode configs() {
    try (InputStream in = resource("architectures.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String file) throws IOException {
    InputStream in = GoldenArchitecture.class.getResourceAsStream(file);
    if (in == null) {
      throw new IOException("no resource " + file + " beside " + GoldenArchitecture.class);
    }
    return in;
  }

  /** Opens the file of weights, inputs and results; it may come out of a jar. */
  public StoredWeights open() throws IOException {
    Path copy = Files.createTempFile("golden-" + name, ".safetensors");
    try (InputStream in = resource(name + ".safetensors")) {
      Files.write(copy, in.readAllBytes());
      return SafetensorsReader.open(copy);
    } finally {
      // What is mapped stays readable.
      Files.delete(copy);
    }
  }

  /** An encoder with all its heads, named as the state dict is. */
  private static final class Whole extends Module {
    private final TextEncoder encoder;
    private final @Nullable SequenceHead classifier;
    private final @Nullable MaskedLanguageHead filler;

    Whole(ParameterSource source, TextEncoderConfig config, boolean classifies, boolean fills) {
      String prefix = config.architecture().prefix();
      encoder = module(prefix.substring(0, prefix.length() - 1), config.create(source));
      classifier = classifies ? inline(config.createHead(source, LABELS)) : null;
      filler = fills ? inline(config.createMaskedLanguageHead(source, encoder.tokenEmbeddings())) : null;
    }
  }

  /**
   * Compares what a backend makes of the case with PyTorch's results.
   *
   * @param tolerance how far an element may be from PyTorch's, as a share of the largest of its tensor
   */
  public void check(Backend backend, double tolerance) throws IOException {
    var within = new Tolerance(tolerance);
    try (var golden = open(); var scope = new Scope(backend)) {
      boolean classifies = golden.shapes().containsKey("labels");
      boolean fills = golden.shapes().containsKey("masked");
      try (var model = new Whole(ParameterSource.undefined(backend), config, classifies, fills)) {
        model.load(golden.under("weight."));
        Batch batch = Batch.read(golden, scope);
        Tape tape = Tape.recording(scope);
        Variable tokens = model.encoder.forward(tape, batch.ids, batch.types, batch.sequences);
        within.assertClose("tokens", tokens.value().toDoubles(), doubles(golden, scope, "tokens"));
        Variable loss = Variable.constant(scope.zeros(DType.F32, 1));
        if (model.classifier != null) {
          Variable logits = model.classifier.forward(tape, tokens, batch.sequences);
          within.assertClose("logits", logits.value().toDoubles(), doubles(golden, scope, "logits"));
          loss = Binary.add(tape, loss, crossEntropy(tape, logits, ints(golden, scope, "labels")));
        }
        if (model.filler != null) {
          Variable rows = Embedding.apply(tape, tokens, ints(golden, scope, "masked"), 1);
          Variable filled = model.filler.forward(tape, rows);
          within.assertClose("masked_logits", filled.value().toDoubles(), doubles(golden, scope, "masked_logits"));
          loss = Binary.add(tape, loss, crossEntropy(tape, filled, ints(golden, scope, "masked_labels")));
        }
        within.assertClose("loss", loss.value().toDoubles(), doubles(golden, scope, "loss"));

        Gradients gradients = tape.backward(loss);
        Weights expected = golden.under("grad.");
        assertThat(model.parameters().keySet()).isEqualTo(new TreeSet<>(expected.shapes().keySet()));
        model.parameters().forEach((key, parameter) -> within.assertClose("gradient of " + key,
            gradients.of(parameter).toDoubles(), doubles(golden, scope, "grad." + key)));
      }
    }
  }

  private static Variable crossEntropy(Tape tape, Variable logits, Tensor labels) {
    return new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(labels.toInts()));
  }

  /** The texts of a case. */
  record Batch(Tensor ids, Tensor types, Sequences sequences) {
    static Batch read(StoredWeights golden, Scope scope) {
      return new Batch(ints(golden, scope, "ids"), ints(golden, scope, "types"),
          Sequences.of(scope, ints(golden, scope, "offsets").toInts()));
    }
  }

  static Tensor ints(StoredWeights golden, Scope scope, String name) {
    Tensor tensor = scope.empty(DType.I32, golden.shapes().get(name));
    golden.read(name, tensor);
    return tensor;
  }

  private static double[] doubles(StoredWeights golden, Scope scope, String name) {
    Tensor tensor = scope.empty(DType.F32, golden.shapes().get(name));
    golden.read(name, tensor);
    return tensor.toDoubles();
  }

  /**
   * A share of the tensor's largest element, and of 1e-2 where that is smaller: gradients of biases that cancel out are
   * rounding errors.
   */
  private record Tolerance(double share) {
    void assertClose(String what, double[] actual, double[] expected) {
      assertThat(actual).as(what).hasSameSizeAs(expected);
      double largest = Math.max(1e-2, Arrays.stream(expected).map(Math::abs).max().orElse(0));
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).as("%s[%d]", what, i).isCloseTo(expected[i], offset(share * largest));
      }
    }
  }
}
