package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.Keyed;
import crema.base.UserError;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Settings that are written here and nowhere else, as flags, as keys of a config file, and as a program gives them. */
class SettingOptionsTest {
  private static final Section TEA = Section.of("Tea");
  private static final Setting<Integer> MINUTES = TEA.integer("minutes", 3).atLeast(1).alias("-m").help("How long");
  private static final Setting<Boolean> MILK = TEA.flag("milk").help("With milk");
  private static final Setting<Kind> KIND = TEA.choice("kind", Kind.BLACK).help("Which");
  private static final Setting<List<String>> GUESTS = TEA.texts("guests").help("For whom");
  private static final Setting<String> SHELF = TEA.optionalFile("shelf").help("Where the tins are");
  private static final Setting<List<String>> TINS = TEA.files("tins").in(SHELF).help("Which tins");
  private static final Setting<String> SPOON = TEA.optionalFile("spoon").help("Which spoon");

  @TempDir
  Path folder;

  private enum Kind implements Keyed {
    BLACK, OOLONG
  }

  private Settings read(List<Path> configs, String... arguments) throws IOException {
    var command = CommandSpec.create();
    SettingOptions.addTo(command, TEA.rows());
    return GivenSettings.of(new CommandLine(command).parseArgs(arguments), TEA.rows(), configs).over(Settings.of(TEA));
  }

  private Path yaml(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void aFlagAKeyAndAProgramGiveTheSame() throws IOException {
    Settings expected = Settings.of(TEA).with(MINUTES, 5).with(MILK, true).with(KIND, Kind.OOLONG)
        .with(GUESTS, "Ann", "Bob");
    assertThat(read(List.of(), "--minutes=5", "--milk", "--kind", "oolong", "--guests", "Ann,Bob")).isEqualTo(expected);
    assertThat(read(List.of(), "-m", "5", "--milk", "--kind=oolong", "--guests=Ann", "--guests", "Bob"))
        .isEqualTo(expected);
    assertThat(read(List.of(yaml("tea.yaml", "minutes: 5\nmilk: true\nkind: oolong\nguests: [Ann, Bob]\n"))))
        .isEqualTo(expected);
  }

  @Test
  void aFlagOverridesAFileAndALaterFileAnEarlierOne() throws IOException {
    List<Path> configs =
        List.of(yaml("a.yaml", "minutes: 5\nkind: oolong\nmilk: true\n"), yaml("b.yaml", "minutes: 6\n"));
    Settings settings = read(configs, "--milk=false");
    assertThat(settings.get(MINUTES)).isEqualTo(6);
    assertThat(settings.get(MILK)).isFalse();
    assertThat(settings.get(KIND)).isEqualTo(Kind.OOLONG);
    assertThat(read(configs, "--minutes", "7").get(MINUTES)).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "minuts  | 3    | there is no setting 'minuts'; did you mean 'minutes'?",
      "minutes | long | minutes must be a whole number, not 'long'",
      "minutes | 0    | minutes must be at least 1, not 0",
      "kind    | blak | kind must be one of black, oolong, not 'blak'; did you mean 'black'?",
  })
  void whatIsWrongGetsTheSameSentenceInAFlagAKeyAndAProgram(String name, String value, String sentence)
      throws IOException {
    assertThatThrownBy(() -> Settings.of(TEA).with(name, value)).isInstanceOf(UserError.class).hasMessage(sentence);
    Path config = yaml("tea.yaml", "milk: true\n" + name + ": " + value + "\n");
    assertThatThrownBy(() -> read(List.of(config))).isInstanceOf(UserError.class)
        .hasMessage(config + ", line 2: " + sentence);
    if (name.equals("minuts")) {
      assertThat(SettingOptions.unknown("--" + name, TEA::rows)).hasMessage(sentence);
    } else {
      assertThatThrownBy(() -> read(List.of(), "--" + name, value)).isInstanceOf(UserError.class)
          .hasMessage("--" + sentence);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"Ann, Bob's aunt\"", "\"Ann, Bob's aunt\",Cy", "Cy,\"Ann, Bob's aunt\""})
  void anItemWithACommaIsWrittenInQuotesOrAsAnItemOfAList(String text) throws IOException {
    assertThat(read(List.of(), "--guests", text).get(GUESTS)).contains("Ann, Bob's aunt");
    assertThat(read(List.of(yaml("tea.yaml", "guests: [" + text + "]\n"))).get(GUESTS)).contains("Ann, Bob's aunt");
    assertThat(read(List.of(yaml("tea.yaml", "guests: \"Ann, Bob's aunt\"\n"))).get(GUESTS))
        .containsExactly("Ann, Bob's aunt");
  }

  @Property(tries = 200)
  void anyListComesBackFromTheCommandLine(@ForAll List<String> items) {
    if (!items.isEmpty()) {
      assertThat(CommaSeparated.split(CommaSeparated.join(items))).isEqualTo(items);
    }
  }

  @Test
  void filesAreRelativeToTheConfigOrToTheFolderThatASettingNames() throws IOException {
    Path config = yaml("tea.yaml", "tins: [green, " + folder.resolve("black") + "]\nspoon: silver\n");
    Settings settings = read(List.of(config));
    assertThat(settings.get(SPOON)).isEqualTo(folder.resolve("silver").toString());
    assertThat(settings.get(TINS)).containsExactly(folder.resolve("green").toString(),
        folder.resolve("black").toString());
    assertThat(read(List.of(config), "--shelf", "high").get(TINS).getFirst())
        .isEqualTo(Path.of("high", "green").toString());
    assertThat(read(List.of(), "--tins", "green").get(TINS)).containsExactly("green");
  }

  @Test
  void whatOnlyASharedFileGivesIsNotForeign() throws IOException {
    var command = CommandSpec.create();
    SettingOptions.addTo(command, TEA.rows());
    Settings some = Settings.of(TEA.only(MINUTES));
    List<Path> configs = List.of(yaml("shared.yaml", "milk: true\n"), yaml("own.yaml", "minutes: 4\n"));
    assertThat(GivenSettings.of(new CommandLine(command).parseArgs(), TEA.rows(), configs).foreign(some)).isEmpty();
    assertThat(GivenSettings.of(new CommandLine(command).parseArgs("--milk"), TEA.rows(), configs).foreign(some))
        .get().extracting("name").isEqualTo("milk");
  }
}
