package crema.cli;

import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.cli.console.Terminal;
import crema.family.stack.AutoFamily;
import crema.hub.HubOptions;
import crema.hub.ModelHub;
import crema.hub.RemoteFiles;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.util.List;

/** What {@code crema train} trains, where it writes and how it is watched. */
final class CommandSettings {
  static final Section SECTION = Section.of("Run");

  static final Setting<String> OUTPUT = SECTION.optionalFile("output").alias("-o").label("DIR").unrecorded().basic()
      .help("The model directory to write");
  static final Setting<String> MODEL =
      SECTION.name("model", AutoFamily.KEY, ModelFamily::trainable).label("FAMILY").basic()
          .details("without it, the family that a given setting belongs to alone, such as layers or C")
          .help("The family of the model");
  static final Setting<Boolean> OVERWRITE = SECTION.flag("overwrite").unrecorded().basic()
      .help("Start over where the output directory holds a run");
  static final Setting<String> DEVICE = SECTION.text("device", ComputeOptions.AUTO.toString()).label("NAME").resumable()
      .check(Device::parse)
      .shownDefault("a GPU if there is one, else cpu")
      .details("'crema info --devices' lists what was found.")
      .help("Where tensors are computed: cpu, cuda, cuda:1, reference, or auto");
  static final Setting<Precision> PRECISION = SECTION.optionalChoice("precision", List.of(Precision.values()))
      .resumable().shownDefault("bf16 on GPUs of compute capability 8.0 and newer, else fp32")
      .details("bf16 halves activations and the operands of matrix products; sums, parameters and losses stay in fp32.")
      .help("In what the layers of a network are computed");
  static final Setting<Integer> THREADS = SECTION.optionalInteger("threads").atLeast(1).unrecorded()
      .shownDefault("all processors").basic()
      .help("Threads, on which the result does not depend");
  static final Setting<Boolean> QUIET = SECTION.flag("quiet").alias("-q").unrecorded().basic()
      .help("No progress, only warnings and the final table");

  static final Setting<Boolean> OFFLINE = SECTION.flag("offline").unrecorded()
      .shownDefault("fetch a pretrained model that is not in the cache")
      .help("Take pretrained models from the disk and the cache only");

  private CommandSettings() {}

  /** Where pretrained models come from; what no flag says, the environment does. */
  static ModelHub hub(Settings settings, Terminal terminal) {
    HubOptions options = HubOptions.ofEnvironment();
    return new ModelHub(settings.get(OFFLINE) ? options.withOffline(true) : options, new DownloadView(terminal));
  }

  /** What fetches files of data from addresses; what no flag says, the environment does. */
  static RemoteFiles remote(Settings settings, Terminal terminal) {
    HubOptions options = HubOptions.ofEnvironment();
    return new RemoteFiles(settings.get(OFFLINE) ? options.withOffline(true) : options, new DownloadView(terminal));
  }

  /** The settings of a run that computes on a certain device, to be kept with it. */
  static Settings computingOn(ComputeOptions compute, Settings settings) {
    Settings certain = settings.with(DEVICE, compute.device().toString());
    // The CPU has no choice.
    return compute.device().equals(Device.CPU) || compute.precision().isEmpty() ? certain
        : certain.with(PRECISION, compute.precision().get());
  }

  /**
   * On what a command computes.
   *
   * @throws UserError when there is no such device
   */
  static ComputeOptions compute(Settings settings) {
    return new ComputeOptions(Device.parse(settings.get(DEVICE)),
        settings.find(THREADS).orElse(ComputeOptions.DEFAULT.threads()), settings.find(PRECISION));
  }
}
