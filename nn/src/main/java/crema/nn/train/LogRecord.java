package crema.nn.train;

/** One line of a {@link StepLog}. */
public sealed interface LogRecord permits StepRecord, ValidationRecord, ThresholdRecord {

  /** The optimizer step after which the line was written, from 1. */
  long step();

  /** The epochs completed by then, for instance 1.25. */
  double epoch();
}
