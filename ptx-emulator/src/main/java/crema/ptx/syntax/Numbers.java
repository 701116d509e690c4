package crema.ptx.syntax;

import org.jspecify.annotations.Nullable;

/**
 * Literals: decimal, {@code 0x}, {@code 0b}, octal, with a {@code U}; {@code 0f} and {@code 0d} with the bits of a
 * float; decimal fractions.
 */
final class Numbers {
  private Numbers() {}

  /** The literal, or null if the text is none. */
  static @Nullable Operand parse(String text, boolean negative) {
    try {
      if (text.length() == 10 && prefixed(text, 'f')) {
        int bits = Integer.parseUnsignedInt(text.substring(2), 16);
        return new Operand.FloatLiteral(negative ? bits ^ 0x8000_0000 : bits, true);
      }
      if (text.length() == 18 && prefixed(text, 'd')) {
        long bits = Long.parseUnsignedLong(text.substring(2), 16);
        return new Operand.FloatLiteral(negative ? bits ^ Long.MIN_VALUE : bits, false);
      }
      if (text.indexOf('.') >= 0) {
        double value = Double.parseDouble(text);
        return new Operand.FloatLiteral(Double.doubleToRawLongBits(negative ? -value : value), false);
      }
      String digits = text.endsWith("U") ? text.substring(0, text.length() - 1) : text;
      long value;
      if (prefixed(digits, 'x')) {
        value = Long.parseUnsignedLong(digits.substring(2), 16);
      } else if (prefixed(digits, 'b')) {
        value = Long.parseUnsignedLong(digits.substring(2), 2);
      } else if (digits.length() > 1 && digits.startsWith("0")) {
        value = Long.parseUnsignedLong(digits, 8);
      } else {
        value = Long.parseUnsignedLong(digits);
      }
      return new Operand.IntegerLiteral(negative ? -value : value);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Whether a literal starts with a zero and this letter, small or capital. */
  private static boolean prefixed(String text, char letter) {
    return text.length() > 1 && text.charAt(0) == '0' && (text.charAt(1) | 0x20) == letter;
  }
}
