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
      if (text.matches("0[fF][0-9a-fA-F]{8}")) {
        int bits = Integer.parseUnsignedInt(text.substring(2), 16);
        return new Operand.FloatLiteral(negative ? bits ^ 0x8000_0000 : bits, true);
      }
      if (text.matches("0[dD][0-9a-fA-F]{16}")) {
        long bits = Long.parseUnsignedLong(text.substring(2), 16);
        return new Operand.FloatLiteral(negative ? bits ^ Long.MIN_VALUE : bits, false);
      }
      if (text.contains(".")) {
        double value = Double.parseDouble(text);
        return new Operand.FloatLiteral(Double.doubleToRawLongBits(negative ? -value : value), false);
      }
      String digits = text.endsWith("U") ? text.substring(0, text.length() - 1) : text;
      long value;
      if (digits.startsWith("0x") || digits.startsWith("0X")) {
        value = Long.parseUnsignedLong(digits.substring(2), 16);
      } else if (digits.startsWith("0b") || digits.startsWith("0B")) {
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
}
