package crema.nn.train;

/**
 * One training step.
 *
 * @param step the optimizer step, from 1
 * @param epoch the epochs completed, for instance 1.25
 * @param loss the mean training loss of the step; may be infinite or NaN when training diverges
 * @param learningRate the learning rate of the step
 * @param gradNorm the norm of the gradient before clipping, or NaN where the trainer has none
 * @param tokensPerSecond tokens (for a model without tokens, examples) trained a second
 * @param seconds seconds of training until the end of this step, over all resumed parts of the run
 */
public record StepRecord(
    long step,
    double epoch,
    double loss,
    double learningRate,
    double gradNorm,
    double tokensPerSecond,
    double seconds)
    implements LogRecord {}
