package crema.report;

import static org.assertj.core.api.Assertions.assertThat;

import crema.metrics.Interval;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scale on which intervals are shown. */
class IntervalPlotTest {
  @Test
  void theScaleOfSharesDoesNotPassZeroAndOne() {
    assertThat(scale(1, 1)).isEqualTo("0.5 to 1");
    assertThat(scale(0, 0)).isEqualTo("0 to 0.5");
    assertThat(scale(0.91, 0.98)).isEqualTo("0.9 to 0.98");
    assertThat(scale(-0.02, 0.05)).isEqualTo("-0.02 to 0.06");
    assertThat(scale(3, 3)).isEqualTo("1 to 5");
  }

  private static String scale(double low, double high) {
    return new IntervalPlot(List.of(new Interval(low, low, high, 0.95))).scale();
  }
}
