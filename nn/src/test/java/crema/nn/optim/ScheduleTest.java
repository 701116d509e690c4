package crema.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.nn.optim.Schedule.Decay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ScheduleTest {
  /** Warm-up 4, total 20, minimum 0.1; cosine as {@code scale} of encoder_torch.py computes it. */
  @ParameterizedTest
  @CsvSource({
      "NONE, 0, 0", "NONE, 1, 0.25", "NONE, 4, 1", "NONE, 19, 1",
      "LINEAR, 3, 0.75", "LINEAR, 12, 0.55", "LINEAR, 20, 0.1", "LINEAR, 50, 0.1",
      "COSINE, 4, 1", "COSINE, 8, 0.8681980515339464", "COSINE, 12, 0.55", "COSINE, 20, 0.1", "COSINE, 21, 0.1",
      "EXPONENTIAL, 4, 1", "EXPONENTIAL, 12, 0.31622776601683794", "EXPONENTIAL, 20, 0.1"})
  void scaleAfterSteps(Decay decay, long step, double expected) {
    assertThat(new Schedule(decay, 4, 20, 0.1).scale(step)).isEqualTo(expected, offset(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void withoutWarmUpTheFirstStepIsAtThePeak(Decay decay) {
    assertThat(new Schedule(decay, 0, 10, 0.5).scale(0)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatIsAllWarmUpIsDefined(Decay decay) {
    assertThat(new Schedule(decay, 10, 10, 0.5).scale(9)).isEqualTo(0.9);
  }

  @Test
  void exponentialDecayToZeroIsRefused() {
    assertThatThrownBy(() -> new Schedule(Decay.EXPONENTIAL, 0, 10, 0)).hasMessageContaining("(0, 1]");
  }
}
