package crema.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenNumberTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "-0, 0", "384, 384", "+5, 5", "0.1, 0.1", ".5, 0.5", "1., 1", "3e-4, 3e-4", "5.0E-4, 5e-4",
      "' 2 ', 2", "4.9e-324, 4.9e-324", "1.7976931348623157e308, 1.7976931348623157e308", "0e-999, 0"})
  void decimalNumbersAreRead(String text, double value) {
    assertThat(WrittenNumber.real(text) + 0.0).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "NaN", "Infinity", "-Infinity", "inf", "1e999", "1e-400", "0x10", "0x1p3", "1f", "1d",
          "1_000", "1,5", "1.5.1", "e5", ".", "--1", "\u0661\u0662", "\uFF11\uFF12", "1e9999999999", "\u0000"})
  void whatIsNoFiniteDecimalNumberIsRefused(String text) {
    assertThatThrownBy(() -> WrittenNumber.real(text)).isInstanceOf(NumberFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.0", "1e3", "2147483648", "-2147483649", "\u0661\u0662", "\uFF11", "0x10", "1L"})
  void whatIsNoWholeNumberOf32BitsIsRefused(String text) {
    assertThatThrownBy(() -> WrittenNumber.whole(text)).isInstanceOf(NumberFormatException.class);
    assertThat(WrittenNumber.whole("-2147483648")).isEqualTo(Integer.MIN_VALUE);
    assertThat(WrittenNumber.longWhole("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "1,5 | ; write 1.5", "0,001 | ; write 0.001", "1e999 | ; it cannot be above 100",
      "-1e999 | ; it cannot be below 0",
      "1e-400 | ; so small a number cannot be told from 0", "\u0661 | ; write it with the digits 0 to 9",
      "1,000,000 | ; write 1000000", "abc | \"\"", "NaN | \"\""})
  void numbersThatWereMeantAreSuggested(String text, String suggestion) {
    assertThat(WrittenNumber.suggestion(text, 0, 100, false)).isEqualTo(suggestion);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
      "1e3 | ; write 1000", "10.0 | ; write 10", "1.5 | \"\"", "1_000 | ; write 1000", "1,000 | ; write 1000",
      "2147483648 | ; it cannot be above 2147483647", "\uFF11 | ; write it with the digits 0 to 9"})
  void wholeNumbersThatWereMeantAreSuggested(String text, String suggestion) {
    assertThat(WrittenNumber.suggestion(text, 0, Integer.MAX_VALUE, true)).isEqualTo(suggestion);
  }

  @Test
  void longTextsAreNoNumbersAndTakeNoTime() {
    String text = "1".repeat(100_000);
    assertThatThrownBy(() -> WrittenNumber.real(text)).isInstanceOf(NumberFormatException.class);
    assertThat(WrittenNumber.suggestion(text, 0, 1, false)).isEmpty();
  }
}
