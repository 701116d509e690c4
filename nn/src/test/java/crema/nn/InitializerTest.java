package crema.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
  /** Values of Python's {@code statistics.NormalDist().inv_cdf}. */
  @ParameterizedTest
  @CsvSource({"0.5, 0", "0.2, -0.8416212335729142", "0.92, 1.4050715603096322", "0.93, 1.475791028179171",
      "0.001, -3.090232306167813", "1e-12, -7.034483825301132"})
  void quantilesOfTheNormalDistribution(double p, double x) {
    assertThat(NormalQuantile.of(p)).isEqualTo(x, offset(2e-7 * Math.abs(x)));
  }

  @Test
  void normalNumbersHaveTheirMomentsAndTails() {
    try (var backend = Backend.open(Device.CPU)) {
      var parameter = ParameterSource.random(backend, 1).create(new Initializer.Normal(0.02), 300, 333);
      float[] values = parameter.value().toFloats();
      double mean = 0;
      double square = 0;
      int beyondTwo = 0;
      for (float value : values) {
        mean += value / values.length;
        square += (double) value * value / values.length;
        beyondTwo += Math.abs(value) > 0.04 ? 1 : 0;
      }
      assertThat(mean).isEqualTo(0, offset(3e-4));
      assertThat(Math.sqrt(square)).isEqualTo(0.02, offset(2e-4));
      assertThat((double) beyondTwo / values.length).isEqualTo(0.0455, offset(0.002));
      parameter.value().close();
    }
  }

  @Test
  void uniformNumbersFillTheirRange() {
    try (var backend = Backend.open(Device.CPU)) {
      var parameter = ParameterSource.random(backend, 1).create(Initializer.Uniform.linear(16), 100, 100);
      float[] values = parameter.value().toFloats();
      Arrays.sort(values);
      assertThat(values[0]).isBetween(-0.25f, -0.249f);
      assertThat(values[values.length - 1]).isBetween(0.249f, 0.25f);
      assertThat(values[values.length / 2]).isEqualTo(0, offset(0.01f));
      parameter.value().close();
    }
  }

  @Test
  void valuesDependOnSeedAndOrderButNotOnDeviceOrType() {
    try (var cpu = Backend.open(Device.CPU); var reference = Backend.open(Device.REFERENCE)) {
      var source = ParameterSource.random(cpu, 7);
      var onCpu = source.create(new Initializer.Normal(1), 5, 7).value();
      var next = source.create(new Initializer.Normal(1), 5, 7).value();
      var onReference =
          ParameterSource.random(reference, DType.F64, 7).create(new Initializer.Normal(1), 5, 7).value();
      var other = ParameterSource.random(cpu, 8).create(new Initializer.Normal(1), 5, 7).value();
      assertThat(onReference.toFloats()).containsExactly(onCpu.toFloats());
      assertThat(onCpu.toFloats()).isNotEqualTo(next.toFloats()).isNotEqualTo(other.toFloats());
    }
  }
}
