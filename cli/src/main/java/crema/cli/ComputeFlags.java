package crema.cli;

import crema.base.Keyed;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.cli.console.Terminal;
import crema.nn.ParameterSource;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where a command computes, and with how many threads. */
final class ComputeFlags {
  @Option(names = "--device", paramLabel = "NAME", converter = DeviceName.class,
      description = "Where tensors are computed: cpu, cuda, cuda:1, reference, or auto (default: auto, a GPU if there is "
          + "one, else cpu).")
  private Device device = ComputeOptions.AUTO;

  @Option(names = "--precision", paramLabel = "NAME", converter = PrecisionName.class,
      description = "In what the layers of a network are computed: fp32 or bf16 (default: bf16 on GPUs of compute "
          + "capability 8.0 and newer, else fp32).")
  private @Nullable Precision precision;

  @Option(names = "--weights", paramLabel = "TYPE", converter = WeightsName.class,
      description = "What a model keeps in memory of 16-bit weights: stored, half the memory; or f32, widened once "
          + "instead of in each product (default: stored).")
  private ParameterSource.Precision weights = ParameterSource.Precision.STORED;

  @Option(names = "--threads", paramLabel = "N",
      description = "Threads to compute with (default: all processors). The result does not depend on it.")
  private int threads = ComputeOptions.DEFAULT.threads();

  /**
   * The options.
   *
   * @throws UserError when the number of threads is none
   */
  ComputeOptions options() {
    if (threads < 1) {
      throw new UserError("--threads must be at least 1, not " + threads);
    }
    return new ComputeOptions(device, threads, Optional.ofNullable(precision), weights);
  }

  /** The same options, having said so if they mean a GPU that was found rather than asked for. */
  ComputeOptions announced(Terminal terminal) {
    ComputeOptions options = options();
    if (options.device().equals(ComputeOptions.AUTO)) {
      announce(options.resolved(), terminal);
    }
    return options;
  }

  /** As {@link #announced(Terminal)}, for a model, whose family may not compute there. */
  ComputeOptions announced(Path model, Terminal terminal) throws IOException {
    ComputeOptions options = options();
    if (options.device().equals(ComputeOptions.AUTO) && !options.resolved().device().equals(Device.CPU)) {
      announce(ModelSource.read(model, source -> ModelFamily.of(source).computesOn(options)), terminal);
    }
    return options;
  }

  /**
   * Loads a model.
   *
   * @param task of several; null if it has one
   */
  static Classifier load(Path model, @Nullable String task, ComputeOptions options) {
    return task == null ? Classifier.load(model, options) : Classifier.load(model, task, options);
  }

  private static void announce(ComputeOptions certain, Terminal terminal) {
    if (!certain.device().equals(Device.CPU)) {
      terminal.err().println("Computing on " + certain.describe());
    }
  }

  /** Reads how weights are kept. */
  static final class WeightsName implements ITypeConverter<ParameterSource.Precision> {
    @Override
    public ParameterSource.Precision convert(String name) {
      return Keyed.find(List.of(ParameterSource.Precision.values()), name)
          .orElseThrow(() -> new TypeConversionException("'" + name + "' is neither stored nor f32"));
    }
  }

  /** Reads the name of a device; whether there is such a device turns out when it is opened. */
  private static final class DeviceName implements ITypeConverter<Device> {
    @Override
    public Device convert(String name) {
      try {
        return Device.parse(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Reads the name of a precision. */
  private static final class PrecisionName implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String name) {
      return Arrays.stream(Precision.values()).filter(precision -> precision.key().equals(name)).findFirst()
          .orElseThrow(() -> new TypeConversionException("no precision '" + name + "'; there are fp32 and bf16"));
    }
  }
}
