package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cli.console.Terminal;
import crema.report.TerminalStyle;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The flags of all commands that take a number and are no settings: whatever else is given is refused before anything is
 * read, in one line that names the flag and says what is wrong in a user's words.
 */
class NumberFlagsTest {
  private static final Set<Class<?>> NUMBERS =
      Set.of(int.class, Integer.class, long.class, Long.class, double.class, Double.class, float.class, Float.class);

  private static final List<String> WRONG = List.of("", " ", "NaN", "Infinity", "1e999", "1e-400", "1,5", "0x10",
      "\u0661", "9223372036854775808.5.1", "one");

  /** A flag, with the command that it is of. */
  private record Flag(List<String> command, String name, Class<?> type) {}

  private static void add(CommandLine line, List<String> command, List<Flag> flags) {
    for (OptionSpec option : line.getCommandSpec().options()) {
      Class<?> type = option.isMultiValue() ? option.auxiliaryTypes()[0] : option.type();
      // A size in megabytes, for instance, is read otherwise.
      if (NUMBERS.contains(type) && option.converters().length == 0) {
        flags.add(new Flag(command, option.longestName(), type));
      }
    }
    line.getSubcommands().forEach((name, nested) -> {
      var path = new ArrayList<>(command);
      path.add(name);
      add(nested, path, flags);
    });
  }

  private static List<Flag> flags() {
    var nowhere = new PrintStream(OutputStream.nullOutputStream());
    var flags = new ArrayList<Flag>();
    add(Crema.line(new Terminal(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, TerminalStyle.PLAIN, false,
        100)), List.of(), flags);
    return flags;
  }

  @Test
  void whatIsNoNumberIsRefusedWithTheNameOfTheFlag() {
    List<Flag> flags = flags();
    assertThat(flags).hasSizeGreaterThan(40);
    var soft = new SoftAssertions();
    for (Flag flag : flags) {
      for (String wrong : WRONG) {
        // A list is taken apart at its commas.
        if (wrong.equals("1,5") && !flag.type.equals(double.class) && !flag.type.equals(int.class)) {
          continue;
        }
        var arguments = new ArrayList<>(flag.command);
        if (flag.name.startsWith("--")) {
          arguments.add(flag.name + "=" + wrong);
        } else {
          arguments.addAll(List.of(flag.name, wrong));
        }
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        String why = String.join(" ", arguments) + "\n" + run.err();
        soft.assertThat(run.code()).as(why).isEqualTo(Crema.MISTAKE);
        soft.assertThat(run.err()).as(why).doesNotContain("\tat ", "Exception", " int", "double", "float")
            .contains(flag.name)
            .contains("number").hasLineCount(1);
      }
    }
    soft.assertAll();
  }
}
