package crema.cli;

import crema.base.UserError;
import crema.classify.ModelInfo;
import crema.classify.ModelSource;
import crema.cli.console.Terminal;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.DeviceInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Describes a model. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = "Describes a model: its network, labels, tokenizer, and where it comes from. Or lists the devices that "
        + "--device can name.",
    footer = {"", "Examples:", "  crema info models/titles", "  crema info --devices"})
final class InfoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "MODEL", arity = "0..1", description = "The model: a directory or an archive.")
  private @Nullable Path model;

  @Option(names = "--devices",
      description = "List the CPU and the GPUs that were found, with driver, memory and kernels.")
  private boolean devices;

  InfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (devices == (model != null)) {
      throw new UserError("name a model, or ask for --devices");
    }
    if (model != null) {
      print("", ModelSource.read(model, ModelInfo::of).facts());
    } else {
      listDevices();
    }
    return 0;
  }

  private void listDevices() {
    terminal.out().println(Device.CPU + "  " + Runtime.getRuntime().availableProcessors() + " processors, fp32");
    var missing = new ArrayList<String>();
    for (DeviceInfo device : Backend.accelerators(missing::add)) {
      terminal.out().println(device.device() + "  " + device.name() + ", " + device.refusal()
          .map(reason -> "cannot be used: " + reason)
          .orElse(device.precision().key() + " unless --precision says else"));
      print("  ", device.facts());
    }
    missing.forEach(line -> terminal.out().println("no GPU: " + line));
  }

  private void print(String indent, Map<String, String> facts) {
    int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
    facts.forEach((name, value) -> terminal.out()
        .println(indent + name + " ".repeat(width - name.length() + 2) + value));
  }
}
