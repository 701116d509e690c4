package crema.cli;

import crema.base.UserError;
import crema.metrics.FrequencyBands;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which labels are head, medium and tail in a report. */
final class BandOptions {
  @Option(names = "--head-from", paramLabel = "N",
      description = "Report labels of at least N training rows as head (default: 35).")
  private @Nullable Integer headFrom;

  @Option(names = "--tail-to", paramLabel = "N",
      description = "Report labels of at most N training rows as tail, and those between as medium (default: 8).")
  private @Nullable Integer tailTo;

  /** The bands; what was not given is as in others. */
  FrequencyBands orAsIn(FrequencyBands others) {
    try {
      return new FrequencyBands(headFrom == null ? others.headFrom() : headFrom,
          tailTo == null ? others.tailTo() : tailTo);
    } catch (IllegalArgumentException e) {
      throw new UserError("--head-from and --tail-to: " + e.getMessage(), e);
    }
  }
}
