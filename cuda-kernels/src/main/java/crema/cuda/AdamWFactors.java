package crema.cuda;

import crema.tensor.AdamWStep;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The constants of an update, made once in double precision: the struct {@code Factors} of {@code optimizers.cu}.
 *
 * @param step says what they are
 */
record AdamWFactors(AdamWStep step) {
  /** Writes the struct. */
  void write(MemorySegment to, long offset) {
    double correction1 = 1 - Math.pow(step.beta1(), step.step());
    double correction2 = 1 - Math.pow(step.beta2(), step.step());
    double[] factors = {step.gradientScale(), 1 - step.learningRate() * step.weightDecay(), step.beta1(),
        1 - step.beta1(), step.beta2(), 1 - step.beta2(), 1 / Math.sqrt(correction2), step.epsilon(),
        step.learningRate() / correction1};
    for (int i = 0; i < factors.length; i++) {
      to.set(ValueLayout.JAVA_FLOAT, offset + 4L * i, (float) factors[i]);
    }
  }
}
