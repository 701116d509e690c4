package crema.cli;

import crema.base.WrittenNumber;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the numbers of flags that are no settings are read, and refused: as those of settings are. */
final class NumberFlags {
  private NumberFlags() {}

  /** Reads the numbers of a command and of the commands below it. */
  static void register(CommandLine line) {
    ITypeConverter<Integer> whole = converter(WrittenNumber::whole, Integer.MAX_VALUE, true);
    ITypeConverter<Long> longWhole = converter(WrittenNumber::longWhole, Long.MAX_VALUE, true);
    ITypeConverter<Double> real = converter(WrittenNumber::real, Double.MAX_VALUE, false);
    line.registerConverter(int.class, whole).registerConverter(Integer.class, whole)
        .registerConverter(long.class, longWhole).registerConverter(Long.class, longWhole)
        .registerConverter(double.class, real).registerConverter(Double.class, real);
  }

  private static <N extends Number> ITypeConverter<N> converter(Function<String, N> parser, double bound,
      boolean isWhole) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("it must be a " + (isWhole ? "whole " : "") + "number, not '" + text + "'"
            + WrittenNumber.suggestion(text, -bound, bound, isWhole));
      }
    };
  }
}
