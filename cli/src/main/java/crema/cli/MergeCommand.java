package crema.cli;

import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.cli.console.Terminal;
import crema.hub.ModelHub;
import crema.nn.ParameterSource.Precision;
import crema.nn.adapter.LoraConfig;
import crema.pretrained.AdapterMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes one model of a model and its adapter. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Adds a low-rank adapter to the weights of the model that it was trained beside, and writes the result in Hugging "
            + "Face's layout.",
        "Given are the base and the adapter; or the adapter alone, whose config names its base; or a model that crema "
            + "train --lora made, which is exported. Weights are copied some rows at a time: memory need not hold the model."
    },
    footer = {
        "",
        "Examples:",
        "  crema merge Qwen/Qwen3-Embedding-0.6B adapters/titles --output merged/titles",
        "  crema merge models/titles --output exported/titles"
    })
final class MergeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "MODEL",
      description = "The base: a folder, a file of weights, or a name on the hub; or an adapter, or a model of Crema's.")
  private String model = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "ADAPTER", description = "The folder of an adapter of PEFT's.")
  private @Nullable Path adapter;

  @Mixin
  private OutputFolder output = new OutputFolder();

  @Option(names = "--weights", paramLabel = "TYPE", converter = ComputeFlags.WeightsName.class,
      description = "How 16-bit weights are written: stored, rounded to their type; or f32 (default: stored).")
  private Precision weights = Precision.STORED;

  @Mixin
  private HubFlags hub = new HubFlags();

  MergeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    ModelHub source = hub.open(terminal);
    Path given = source.locate(model);
    if (adapter != null) {
      if (!LoraConfig.isIn(adapter)) {
        throw new UserError(adapter + " is no adapter: it has no " + LoraConfig.FILE);
      }
      merge(given, adapter);
    } else if (LoraConfig.isIn(given)) {
      String base = LoraConfig.read(given).baseModel();
      if (base == null || base.isBlank()) {
        throw new UserError(given + " does not name its base (base_model_name_or_path): crema merge BASE " + given);
      }
      merge(source.locate(base), given);
    } else if (new ModelDirectory(given).holds(ModelSource.LABELS)) {
      export(given);
    } else {
      throw new UserError(given + " has no adapter: crema merge " + model + " ADAPTER");
    }
    terminal.out().println("Folder: " + output.path());
    return 0;
  }

  private void merge(Path base, Path beside) throws IOException {
    try (var bar = new CountBar(terminal, "Merging", CountBar.Unit.ONE)) {
      boolean widens = weights == Precision.F32;
      long total = new AdapterMerge(base, beside, widens, _ -> {}).size();
      var merge = new AdapterMerge(base, beside, widens, done -> bar.to(done, total));
      output.write(base, folder -> merge.write(folder).forEach(terminal.out()::println));
    }
  }

  private void export(Path trained) throws IOException {
    if (!Files.isDirectory(new ModelDirectory(trained).adapter())) {
      throw new UserError(trained + " has no adapter; crema export writes it as it is");
    }
    terminal.out().println("The adapter is part of the model's weights since its training ended.");
    output.write(trained,
        folder -> ModelSource.read(trained, source -> ModelFamily.of(source).export(source, folder))
            .forEach(terminal.out()::println));
  }
}
