package crema.pretrain;

import crema.classify.ComputeOptions;
import crema.classify.RunContext;
import crema.classify.RunKind;
import crema.settings.Settings;
import crema.tensor.Backend;
import crema.tensor.Device;
import java.io.IOException;

/** Masked-language modelling as a run that has settings, a folder, and can be resumed in it. */
public final class Pretraining implements RunKind {
  /** A kind of run; all are alike. */
  public Pretraining() {}

  @Override
  public String key() {
    return "masked-lm";
  }

  @Override
  public Settings settings() {
    return PretrainingSettings.all();
  }

  /** The settings with the defaults that depend on what was given. */
  public Settings resolved(Settings settings) {
    return PretrainingSettings.resolved(settings);
  }

  /**
   * Trains in the context's directory to the end, or until asked to stop; or goes on with the run that is there.
   *
   * @param settings {@link #settings}, with other values
   * @throws crema.base.UserError when training diverges, or a setting or the data cannot be used
   */
  public PretrainingResult run(Settings settings, RunContext context) throws IOException {
    ComputeOptions compute = context.compute().resolved();
    try (Backend backend = compute.openBackend()) {
      if (!compute.device().equals(Device.CPU)) {
        context.listener().model("on " + compute.describe());
      }
      try (var run = new PretrainingRun(resolved(settings), backend, context)) {
        return run.run();
      }
    }
  }
}
