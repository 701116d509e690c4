package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/reference/commands.md} is what {@code --help} prints of every command; written anew with
 * {@code -Dcrema.update=true}.
 */
class CommandsPageTest {
  private static final Path PAGE = Path.of("").toAbsolutePath().getParent().resolve("docs/reference/commands.md");

  /** A command in the list of commands: two spaces, its name, two spaces, what it does. */
  private static final Pattern LISTED = Pattern.compile("^ {2}([a-z][a-z-]*) {2,}\\S.*");

  @Test
  void thePageHasTheHelpOfEveryCommand() throws IOException {
    var page = new StringBuilder("""
        # Commands

        What `--help` prints. Settings of `train`, by family, are on a page of their own: [settings](settings.md).
        """);
    add(List.of(), page);
    if (Boolean.getBoolean("crema.update")) {
      Files.writeString(PAGE, page.toString());
    }
    assertThat(page.toString().lines().toList())
        .describedAs("docs/reference/commands.md; to write it anew: mvn -pl cli -am test -Dtest=CommandsPageTest "
            + "-Dsurefire.failIfNoSpecifiedTests=false -Dcrema.update=true")
        .isEqualTo(Files.readAllLines(PAGE));
  }

  private static void add(List<String> command, StringBuilder page) {
    var arguments = new ArrayList<>(command);
    arguments.add("--help");
    CommandRun help = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(help.code()).isZero();
    page.append("\n## ").append(String.join(" ", command).isEmpty() ? "crema" : "crema " + String.join(" ", command))
        .append("\n\n```text\n").append(help.out().stripTrailing().replaceAll("[ \\t]+\n", "\n")).append("\n```\n");
    boolean inList = false;
    for (String line : help.out().lines().toList()) {
      inList = inList ? !line.isBlank() : line.startsWith("Commands:");
      var listed = LISTED.matcher(line);
      if (inList && listed.matches()) {
        var nested = new ArrayList<>(command);
        nested.add(listed.group(1));
        add(nested, page);
      }
    }
  }
}
