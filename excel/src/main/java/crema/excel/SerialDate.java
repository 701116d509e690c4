package crema.excel;

import crema.data.TypedText;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/**
 * Dates and times as Excel counts them: in days since the beginning of 1900 or 1904, to the millisecond.
 *
 * @param is1904 whether day 0 is the first of January 1904, as on early Macs
 */
record SerialDate(boolean is1904) {
  private static final LocalDate OF_1904 = LocalDate.of(1904, 1, 1);
  /** Day 60 is the 29th of February 1900, which there was not: what comes before it is one day later. */
  private static final LocalDate OF_1900 = LocalDate.of(1899, 12, 30);
  private static final int NO_DAY = 60;
  /** The first day that there is no more: the first of January of the year 10000. */
  private static final int END = 2_958_466;
  private static final long MILLIS_A_DAY = 86_400_000;
  private static final long NANOS_A_MILLI = 1_000_000;

  /** The text of a number in a cell whose format is that of a date or a time. */
  String text(double days, CellFormats.Kind kind) {
    if (kind == CellFormats.Kind.NUMBER || !(days >= 0 && days < END)) {
      return TypedText.of(days);
    }
    long millis = Math.round(days * MILLIS_A_DAY);
    LocalTime time = LocalTime.ofNanoOfDay(millis % MILLIS_A_DAY * NANOS_A_MILLI);
    long day = millis / MILLIS_A_DAY;
    if (kind == CellFormats.Kind.TIME) {
      // Hours that were counted, beyond a day, are no time of a day.
      return day == 0 ? TypedText.of(time) : TypedText.of(days);
    }
    LocalDate date = is1904 ? OF_1904.plusDays(day) : OF_1900.plusDays(day < NO_DAY ? day + 1 : day);
    return kind == CellFormats.Kind.DATE && time.equals(LocalTime.MIDNIGHT) ? TypedText.of(date)
        : TypedText.of(LocalDateTime.of(date, time));
  }
}
