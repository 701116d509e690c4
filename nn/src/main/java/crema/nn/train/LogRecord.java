package crema.nn.train;

/** One line of a {@link StepLog}. */
public sealed interface LogRecord permits StepRecord, ValidationRecord, ThresholdRecord, TrialRecord {

  /** The optimizer step after which the line was written, from 1; 0 for what was before the training. */
  long step();

  /** The epochs completed by then, for instance 1.25. */
  double epoch();
}
