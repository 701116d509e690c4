package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.ModelFamily;
import crema.settings.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The help of training: that of a family is short, and names all that there is. */
class TrainHelpTest {
  private static final int MOST_LINES = 60;

  @ParameterizedTest
  @ValueSource(strings = {"auto", "encoder", "fasttext", "fusion", "linear", "neighbours"})
  void theHelpOfAFamilyIsShortAndNamesEachOfItsSettings(String family) {
    var run = CommandRun.of("train", "--model", family, "--help");
    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
    for (Setting<?> row : ModelFamily.named(family).settings().rows()) {
      assertThat(run.out()).contains(row.flag());
    }
  }

  @Test
  void theHelpShowsADefaultAsTheFamilyHasIt() {
    assertThat(CommandRun.of("train", "--help", "--model=encoder").out())
        .contains("Passes over the training rows (default: chosen from the data)")
        .doesNotContain("--minn");
    assertThat(CommandRun.of("train", "--help", "--model=fasttext").out())
        .contains("Passes over the training rows (default: chosen from the data)").doesNotContain("--hidden-size");
  }

  @Test
  void theHelpIsThatOfTheAutomaticChoiceUnlessASettingBelongsToAnotherFamilyAlone() {
    assertThat(CommandRun.of("train", "--help").out()).contains("joins those that are best together",
        "--time-budget", "(default: auto)").doesNotContain("--hidden-size");
    assertThat(CommandRun.of("train", "--help", "--layers", "2").out()).contains("of the family encoder;");
  }

  @Test
  void allOfItSaysWhatEachSettingOfEachFamilyIs() {
    String help = CommandRun.of("train", "--help=all").out();
    for (ModelFamily family : ModelFamily.installed()) {
      for (Setting<?> row : family.settings().rows()) {
        assertThat(help).contains("  " + row.flag());
      }
    }
    assertThat(help.replaceAll("\\s+", " ")).contains("Passes over the training rows (default: chosen from the data)",
        "Examples:");
  }
}
