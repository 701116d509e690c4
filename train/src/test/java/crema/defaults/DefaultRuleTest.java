package crema.defaults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.classify.ModelFamily;
import crema.data.DataProfile;
import crema.data.Row;
import crema.data.RowSource;
import crema.family.fasttext.FastTextSettings;
import crema.family.linear.LinearSettings;
import crema.run.DataSettings;
import crema.run.PictureSettings;
import crema.run.TrainingSettings;
import crema.settings.Choice;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.settings.StoredSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings that nobody gave are chosen for the rows, by rules that the reference page has as they are. */
class DefaultRuleTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "defaults.md");

  /** Writes the page instead of comparing it. */
  private static final String WRITE = "crema.docs.write";

  private static final Section SECTION = Section.of("Test");
  private static final Setting<Integer> DEPTH = SECTION.integer("depth", 3).atLeast(1).help("Depth");
  private static final Setting<Boolean> WIDE = SECTION.flag("wide").help("Wide");

  private static final List<DefaultRule<?>> RULES = List.of(
      DefaultRule.of(WIDE).when("more than 2 rows", profile -> profile.rows() > 2, true,
          profile -> "there are " + profile.rows() + " rows"),
      DefaultRule.of(DEPTH).where(settings -> settings.get(WIDE))
          .otherwise(profile -> (int) profile.rows() * 2, "two a row", _ -> "two a row"));

  private static DataProfile rows(int count) {
    return profile(IntStream.range(0, count).mapToObj(i -> Row.of("text " + i, "label" + i % 2)).toList());
  }

  private static DataProfile profile(List<Row> rows) {
    return DataProfile.of(RowSource.of(rows));
  }

  private static Settings settings() {
    return Settings.of(SECTION).ofData(DefaultRule.settings(RULES));
  }

  @Test
  void theFirstCaseThatHoldsSaysTheValueAndARuleSeesWhatWasChosenBefore() {
    ChosenSettings chosen = ChosenSettings.of(RULES, settings(), rows(5));
    assertThat(chosen.settings().get(DEPTH)).isEqualTo(10);
    assertThat(chosen.choices()).extracting(Choice::toString)
        .containsExactly("wide true: there are 5 rows", "depth 10: two a row");
    assertThat(ChosenSettings.of(RULES, settings(), rows(2)).choices()).isEmpty();
    assertThat(RULES.get(1).lines()).containsExactly(new DefaultRule.Line("depth", "otherwise", "two a row"));
  }

  @Test
  void whatIsGivenStaysEvenIfItIsTheDefault() {
    ChosenSettings chosen = ChosenSettings.of(RULES, settings().with(DEPTH, 3), rows(5));
    assertThat(chosen.settings().get(DEPTH)).isEqualTo(3);
    assertThat(chosen.choices()).extracting(choice -> choice.setting().name()).containsExactly("wide");
    assertThat(chosen.settings().isGiven(WIDE)).as("a choice is a default").isFalse();
  }

  @Test
  void aRunWithAllValuesGivenLeavesNothingOpen() {
    Settings all = settings().with(DEPTH, 3);
    assertThat(all.isOpenToData()).isTrue();
    assertThat(all.with(WIDE, false).isOpenToData()).isFalse();
    assertThat(Settings.of(SECTION).isOpenToData()).isFalse();
  }

  @Test
  void aSettingThatDoesNotDependOnTheDataIsNotChosen() {
    var choice = new Choice<>(DEPTH, 4, "why not");
    assertThatThrownBy(() -> Settings.of(SECTION).choosing(choice)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("depth");
  }

  static Stream<ModelFamily> families() {
    return ModelFamily.installed().stream().filter(family -> !family.defaultRules().isEmpty());
  }

  /** A run keeps its settings, and a later version may have other rules. */
  @ParameterizedTest
  @MethodSource("families")
  void whatIsKeptWithARunMeansTheSameWithoutTheRows(ModelFamily family) {
    for (DataProfile profile : List.of(rows(3), rows(4000), prose(), codes(), unspaced())) {
      Settings chosen = ChosenSettings.of(family.defaultRules(), family.settings(), profile).settings();
      Settings kept = StoredSettings.of(family.key(), chosen).over(family.settings());
      assertThat(kept).isEqualTo(chosen);
      assertThat(kept.given()).isEmpty();
      for (DefaultRule<?> rule : family.defaultRules()) {
        assertThat(family.settings().shownDefault(rule.setting())).isEqualTo("chosen from the data");
      }
    }
  }

  private static DataProfile prose() {
    String text = "the quick brown fox jumps over the lazy dog and it does so again and again ".repeat(10);
    return profile(IntStream.range(0, 50).mapToObj(i -> Row.of(text, "label" + i % 2)).toList());
  }

  private static DataProfile titles() {
    return profile(IntStream.range(0, 50).mapToObj(i -> Row.of("fresh red apple " + i, "label" + i % 3)).toList());
  }

  private static DataProfile codes() {
    return profile(IntStream.range(0, 50).mapToObj(i -> Row.of("AX-" + i * 977, "label" + i % 2)).toList());
  }

  private static DataProfile unspaced() {
    return profile(IntStream.range(0, 50).mapToObj(i -> Row.of("機械学習の本です", "label" + i % 2)).toList());
  }

  private static Settings chosen(String family, DataProfile profile) {
    ModelFamily named = ModelFamily.named(family);
    return ChosenSettings.of(named.defaultRules(), named.settings(), profile).settings();
  }

  @Test
  void aLinearModelReadsPartsOfCodesAndWordsOfProse() {
    assertThat(chosen("linear", codes()).get(LinearSettings.ANALYZERS)).containsExactly("char_wb");
    assertThat(chosen("linear", prose()).get(LinearSettings.ANALYZERS)).containsExactly("word", "char_wb");
    assertThat(chosen("linear", titles()).get(LinearSettings.ANALYZERS)).containsExactly("word:*:0.5", "char");
    ModelFamily linear = ModelFamily.named("linear");
    assertThat(ChosenSettings.of(linear.defaultRules(),
        linear.settings().with(LinearSettings.COLUMNS, LinearSettings.TextColumns.BOTH), titles()).settings()
        .get(LinearSettings.ANALYZERS)).containsExactly("word", "char");
    assertThat(chosen("linear", prose()).get(LinearSettings.NGRAMS)).isEqualTo(2);
    assertThat(chosen("linear", unspaced()).get(LinearSettings.ANALYZERS)).containsExactly("char");
    assertThat(chosen("linear", codes()).get(DataSettings.LOWERCASE)).isTrue();
  }

  @Test
  void fastTextReadsRunsOfCharactersWhereTextsAreShortAndWordsNew() {
    assertThat(chosen("fasttext", codes()).get(FastTextSettings.MAXN)).isEqualTo(5);
    assertThat(chosen("fasttext", codes()).get(FastTextSettings.WORD_NGRAMS)).isEqualTo(1);
    assertThat(chosen("fasttext", unspaced()).get(FastTextSettings.MAXN)).isEqualTo(5);
    assertThat(chosen("fasttext", prose()).get(FastTextSettings.MAXN)).isZero();
    assertThat(chosen("fasttext", prose()).get(FastTextSettings.WORD_NGRAMS)).isEqualTo(2);
    assertThat(chosen("fasttext", prose()).get(TrainingSettings.EPOCHS))
        .isGreaterThan(chosen("fasttext", rows(4000)).get(TrainingSettings.EPOCHS));
  }

  /** The choices of a family are possible together. */
  @ParameterizedTest
  @MethodSource("families")
  void choicesKeepTheRulesOfTheSettings(ModelFamily family) {
    Settings ofTexts = family.settings().with(DataSettings.TRAIN, "rows.csv").with(DataSettings.TEXT, "text")
        .with("label", "label");
    Settings given = ofTexts.has(PictureSettings.IMAGE) ? ofTexts.with(PictureSettings.IMAGE, "picture") : ofTexts;
    for (DataProfile profile : List.of(rows(3), rows(4000), prose(), codes(), unspaced())) {
      ChosenSettings.of(family.defaultRules(), given, profile).settings().checked();
    }
  }

  @Test
  void theReferencePageHasEachRuleAsItIs() throws IOException {
    String page = DefaultsPage.markdown(families().toList());
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).as("the page is stale; write it with: mvn test -pl train -am -Dtest=DefaultRuleTest "
        + "-Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true").hasContent(page);
    assertThat(page).contains("| `analyzer` |", "| `minn` |");
  }
}
