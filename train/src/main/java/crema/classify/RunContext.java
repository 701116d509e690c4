package crema.classify;

import crema.data.SplitRows;
import crema.hub.HubOptions;
import crema.hub.ModelHub;
import crema.nn.train.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a training run writes, on what it computes and how it is watched. Apart from the device nothing of it changes
 * what is computed.
 *
 * @param directory where to write; {@linkplain ModelDirectory#prepareForRun prepared}
 * @param compute the device and the number of threads
 * @param checkpoints when to write checkpoints
 * @param listener is notified of progress
 * @param stop asks the run to stop, after writing a checkpoint
 * @param commandLine kept in the provenance
 * @param rows the rows, if they were read before; null to read what the settings say
 * @param hub finds pretrained models; made when one is looked for, since what the environment says may be a mistake
 */
public record RunContext(ModelDirectory directory, ComputeOptions compute, CheckpointSettings checkpoints,
    TrainingListener listener, StopSignal stop, List<String> commandLine, @Nullable SplitRows rows,
    Supplier<ModelHub> hub) {
  /** Copies the command line. */
  public RunContext {
    commandLine = List.copyOf(commandLine);
  }

  /** A run in a directory with the defaults: the CPU, all processors, nobody watching. */
  public static RunContext in(ModelDirectory directory) {
    return new RunContext(directory, ComputeOptions.DEFAULT, CheckpointSettings.DEFAULT, new TrainingListener() {},
        new StopSignal(), List.of(), null, () -> new ModelHub(HubOptions.ofEnvironment()));
  }

  /** The same in another directory. */
  public RunContext withDirectory(ModelDirectory other) {
    return new RunContext(other, compute, checkpoints, listener, stop, commandLine, rows, hub);
  }

  /** The same on another device or with another number of threads. */
  public RunContext withCompute(ComputeOptions other) {
    return new RunContext(directory, other, checkpoints, listener, stop, commandLine, rows, hub);
  }

  /** The same with other checkpoints. */
  public RunContext withCheckpoints(CheckpointSettings other) {
    return new RunContext(directory, compute, other, listener, stop, commandLine, rows, hub);
  }

  /** The same with another listener. */
  public RunContext withListener(TrainingListener other) {
    return new RunContext(directory, compute, checkpoints, other, stop, commandLine, rows, hub);
  }

  /** The same with another way to be stopped. */
  public RunContext withStop(StopSignal other) {
    return new RunContext(directory, compute, checkpoints, listener, other, commandLine, rows, hub);
  }

  /** The same with the command line that the provenance keeps. */
  public RunContext withCommandLine(List<String> other) {
    return new RunContext(directory, compute, checkpoints, listener, stop, other, rows, hub);
  }

  /** The same on rows that were read before. */
  public RunContext withRows(SplitRows other) {
    return new RunContext(directory, compute, checkpoints, listener, stop, commandLine, other, hub);
  }

  /** The same with pretrained models from elsewhere. */
  public RunContext withHub(Supplier<ModelHub> other) {
    return new RunContext(directory, compute, checkpoints, listener, stop, commandLine, rows, other);
  }

  /**
   * The folder or the file of a pretrained model.
   *
   * @param model a folder, a file, or a name on the hub
   * @throws crema.base.UserError when there is none, or it cannot be fetched
   */
  public Path locate(String model) throws IOException {
    return hub.get().locate(model);
  }
}
