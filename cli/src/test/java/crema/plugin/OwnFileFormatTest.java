package crema.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cli.CommandRun;
import crema.data.FileFormat;
import crema.plugin.PluginProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a format from outside are read by the command line as those of Crema's own formats are. */
class OwnFileFormatTest {
  @TempDir
  Path folder;
  private Path rows;
  private PluginProcess processes;

  @BeforeEach
  void provideTheFormat() throws IOException {
    var stanzas = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      stanzas.append(i % 2 == 0 ? "name: red apple %d\nkind: fruit\n\n".formatted(i)
          : "name: blue robot %d\nkind: toy\n\n".formatted(i));
    }
    stanzas.append("name: red pear\n");
    rows = Files.writeString(folder.resolve("rows.stanza"), stanzas);
    processes = new PluginProcess(folder, FileFormat.class, StanzaFormat.class);
  }

  private String crema(Object... arguments) throws IOException, InterruptedException {
    Outcome outcome = processes.crema(arguments);
    assertThat(outcome.code()).as(outcome.output()).isZero();
    return outcome.output();
  }

  @Test
  void theCommandLineTrainsTestsAndPredictsWithItsFiles() throws IOException, InterruptedException {
    Path model = folder.resolve("model");
    assertThat(crema("train", "--model", "linear", "--train", rows, "--text", "name", "--label", "kind", "--threads",
        "1", "--output", model)).contains("Accuracy").contains("rows.stanza, line 181");
    assertThat(crema("evaluate", model, "--data", rows, "-q")).contains("Accuracy");
    assertThat(crema("predict", model, "--file", rows, "--text", "name").lines().filter(line -> line.contains("toy")))
        .hasSize(30);
    Outcome mistake = processes.crema("train", "--model", "linear", "--train", rows, "--text", "nosuch", "--label",
        "kind", "--output", folder.resolve("none"));
    assertThat(mistake.code()).isEqualTo(2);
    assertThat(mistake.output()).contains("nosuch", "name, kind");
  }

  @Test
  void withoutTheFormatItsFilesAreUnknown() {
    CommandRun outcome = CommandRun.of("train", "--model", "linear", "--train", rows.toString(), "--text",
        "name", "--label", "kind", "--output", folder.resolve("none").toString());
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("rows.stanza", "--input-format");
  }
}
