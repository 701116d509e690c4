package crema.cli;

import crema.base.UserError;
import crema.task.Guarantee;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say what answers are to reach. */
final class GuaranteeFlags {
  @Option(names = "--min-precision", paramLabel = "P",
      description = "Answer only where it is sure enough that a share P of the answers is right, of a taxonomy with the "
          + "deepest such node; 0 to answer every text (default: as in training).")
  private @Nullable Double precision;

  @Option(names = "--coverage", paramLabel = "P",
      description = "Answer with sets of labels, of which a share P has the true label in it (default: as in training).")
  private @Nullable Double coverage;

  /** What was asked for, if anything. */
  Optional<Guarantee> guarantee() {
    if (precision != null && coverage != null) {
      throw new UserError("--min-precision is for one answer that is sure, --coverage for a set of labels: give one of "
          + "them");
    }
    if (precision != null) {
      return Optional.of(new Guarantee.Precision(share("--min-precision", precision)));
    }
    return coverage == null ? Optional.empty() : Optional.of(new Guarantee.Coverage(share("--coverage", coverage)));
  }

  private static double share(String flag, double share) {
    if (!(share >= 0 && share < 1)) {
      throw new UserError(flag + " must be from 0 to below 1, not " + share
          + (share > 1 && share < 100 ? ": " + share + "% is " + share / 100 : ""));
    }
    return share;
  }
}
