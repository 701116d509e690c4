package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.json.Json;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TypedTextTest {
  @Test
  void numbersAreTheShortestDecimals() {
    assertThat(TypedText.of(3.0)).isEqualTo("3");
    assertThat(TypedText.of(-0.0)).isEqualTo("0");
    assertThat(TypedText.of(0.1)).isEqualTo("0.1");
    assertThat(TypedText.of(0.1f)).isEqualTo("0.1");
    assertThat(TypedText.of(1e7)).isEqualTo("10000000");
    assertThat(TypedText.of(1e22)).isEqualTo("10000000000000000000000");
    assertThat(TypedText.of(1.5e-7)).isEqualTo("0.00000015");
    assertThat(TypedText.of(Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
    assertThat(TypedText.of(new BigDecimal("1299.9000"))).isEqualTo("1299.9");
    assertThat(TypedText.of(new BigDecimal("100"))).isEqualTo("100");
    assertThat(TypedText.of(new BigDecimal("0.000"))).isEqualTo("0");
  }

  @Test
  void aNumberThatWouldBeLongHasAnExponent() {
    assertThat(TypedText.of(Double.MAX_VALUE)).isEqualTo("1.7976931348623157e308");
    assertThat(TypedText.of(-Double.MIN_VALUE)).isEqualTo("-4.9e-324");
    assertThat(TypedText.of(new BigDecimal("1e2000000000"))).isEqualTo("1e2000000000");
    assertThat(TypedText.of(new BigDecimal("1e-2000000000"))).isEqualTo("1e-2000000000");
  }

  @Test
  void whatIsNoNumberIsEmptyAndWhatIsInfiniteIsAWord() {
    assertThat(TypedText.of(Double.NaN)).isEmpty();
    assertThat(TypedText.of(Float.NaN)).isEmpty();
    assertThat(TypedText.of(Float.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
  }

  @Test
  void datesAndTimesAreThoseOfTheStandardWithSecondsAndNoZerosBehindThem() {
    assertThat(TypedText.of(LocalDate.of(2026, 11, 27))).isEqualTo("2026-11-27");
    assertThat(TypedText.of(LocalTime.of(10, 0))).isEqualTo("10:00:00");
    assertThat(TypedText.of(LocalDateTime.of(2026, 11, 27, 10, 15, 30, 500_000_000)))
        .isEqualTo("2026-11-27T10:15:30.5");
    assertThat(TypedText.of(Instant.ofEpochSecond(0, 1_000))).isEqualTo("1970-01-01T00:00:00.000001Z");
  }

  @Test
  void jsonValuesHaveTheTextsOfTheirTypes() {
    assertThat(TypedText.of(Json.parse("3.0"))).isEqualTo("3");
    assertThat(TypedText.of(Json.parse("1E2"))).isEqualTo("100");
    assertThat(TypedText.of(Json.parse("12345678901234567890123"))).isEqualTo("12345678901234567890123");
    assertThat(TypedText.of(Json.parse("true"))).isEqualTo("true");
    assertThat(TypedText.of(Json.parse("null"))).isEmpty();
    assertThat(TypedText.of(Json.parse("\"3.0\""))).isEqualTo("3.0");
    assertThatThrownBy(() -> TypedText.of(Json.parse("[1]"))).isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 300)
  void aNumberIsReadBackAsItself(@ForAll double value, @ForAll float narrow, @ForAll @Scale(20) BigDecimal decimal) {
    assertThat(Double.parseDouble(TypedText.of(value))).isEqualTo(value == 0 ? 0.0 : value);
    assertThat(Float.parseFloat(TypedText.of(narrow))).isEqualTo(narrow == 0 ? 0f : narrow);
    assertThat(new BigDecimal(TypedText.of(decimal))).isEqualByComparingTo(decimal);
    assertThat(TypedText.of(value)).doesNotEndWith(".0");
  }

  @Test
  void textsAndLabelsOfJsonFollowTheRule(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.jsonl"), "{\"size\": 42.0, \"new\": true, \"label\": 7.0}\n");
    var rows = new ArrayList<Row>();
    FileRows.of(file, Columns.text("size", "new").withLabel("label")).forEach(ProblemListener.STRICT, rows::add);
    assertThat(rows).extracting(Row::text).containsExactly("42 true");
    assertThat(rows.getFirst().labels()).containsExactly("7");
  }
}
