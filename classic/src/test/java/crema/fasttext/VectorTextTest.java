package crema.fasttext;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorTextTest {
  /** What {@code std::cout << value} prints in C++ after {@code std::setprecision(5)}. */
  @ParameterizedTest
  @CsvSource({"0,0", "-0.0,-0", "1,1", "-1.5,-1.5", "0.1,0.1", "100000,1e+05", "99999.5,1e+05", "99999.4,99999",
      "12345.6,12346",
      "0.0001,0.0001", "0.00012345678,0.00012346", "0.000099999,9.9999e-05", "1e-5,1e-05", "1.25e-7,1.25e-07",
      "3.4028235e38,3.4028e+38", "1.4e-45,1.4013e-45", "32768.5,32768", "32769.5,32770", "0.00099999999,0.001", "10,10",
      "1200,1200", "-0.33333334,-0.33333"})
  void numbersAreAsCppStreamsPrintThem(float value, String printed) {
    assertThat(VectorText.format(value, 5)).isEqualTo(printed);
    assertThat(VectorText.format(new float[] {value})).isEqualTo(printed + " ");
  }

  @Test
  void whatIsNoNumberHasItsName() {
    assertThat(VectorText.format(new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}))
        .isEqualTo("nan inf -inf ");
  }

  @Property(tries = 20_000)
  void everyFloatIsRoundedExactly(@ForAll int bits, @ForAll @IntRange(min = 1, max = 9) int digits) {
    float value = Float.intBitsToFloat(bits);
    if (Float.isFinite(value)) {
      assertRounded(value, digits);
    }
  }

  @Property(tries = 20_000)
  void halvesGoToTheEvenDigit(@ForAll @IntRange(min = 1000, max = 999_999) int number) {
    assertRounded(number + 0.5, Integer.toString(number).length());
    assertRounded(number * 0x1p-16, 6);
  }

  private static void assertRounded(double value, int digits) {
    var exact = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    assertThat(new BigDecimal(VectorText.format(value, digits))).isEqualByComparingTo(exact);
  }
}
