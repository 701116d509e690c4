package crema.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.Keyed;
import crema.base.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of a test's own sections: what is read, what is refused and in which words, and what is kept. */
class SettingsTest {
  private static final Section BAKING = Section.of("Baking");
  private static final Setting<Integer> LOAVES = BAKING.integer("loaves", 4).atLeast(1).basic().help("How many loaves");
  private static final Setting<Double> SALT = BAKING.number("salt", 0.02).atLeast(0).below(1).help("Share of salt");
  private static final Setting<Double> HEAT = BAKING.number("heat", 240).above(0).help("Degrees");
  private static final Setting<Double> OVEN = BAKING.gibibytes("oven", 4).above(0).help("Room");
  private static final Setting<Long> SEED = BAKING.longInteger("seed", 1).help("Of everything random");
  private static final Setting<Boolean> STEAM = BAKING.flag("steam").help("With steam");
  private static final Setting<Flour> FLOUR = BAKING.choice("flour", Flour.WHEAT).help("Of what");
  private static final Setting<NumberOr<Proof>> PROOF =
      BAKING.wordOrNumber("proof", Proof.class, NumberOr.of(Proof.SHORT))
          .atLeast(0).atMost(24).help("Hours to rise");
  private static final Setting<List<String>> SEEDS = BAKING.texts("grains").help("What is on top");
  private static final Setting<List<Double>> PARTS = BAKING.numbers("parts", List.of(1.0)).above(0).help("Weights");
  private static final Setting<String> NAME = BAKING.optionalText("name").help("What to call it");
  private static final Setting<Integer> PEEL =
      BAKING.optionalInteger("peel").unrecorded().alias("-p").help("Which peel");

  static {
    BAKING.rule(settings -> settings.get(LOAVES) > 10 && settings.get(HEAT) > 300
        ? "loaves (" + settings.get(LOAVES) + ") burn at this heat" : null, LOAVES, HEAT);
  }

  private static final Section EATING = Section.of("Eating");
  private static final Setting<Integer> GUESTS = EATING.integer("guests", 2).atLeast(0).help("Who comes");

  private static final Settings BREAD = Settings.of(BAKING, EATING);

  private enum Flour implements Keyed {
    WHEAT, DARK_RYE
  }

  private enum Proof implements Keyed {
    SHORT, OVER_NIGHT
  }

  @Test
  void whatIsNotGivenHasItsDefault() {
    assertThat(BREAD.get(LOAVES)).isEqualTo(4);
    assertThat(BREAD.get(FLOUR)).isEqualTo(Flour.WHEAT);
    assertThat(BREAD.get(SEEDS)).isEmpty();
    assertThat(BREAD.find(NAME)).isEmpty();
    assertThat(BREAD.isGiven(LOAVES)).isFalse();
    assertThatThrownBy(() -> BREAD.get(NAME)).isInstanceOf(IllegalStateException.class).hasMessageContaining("name");
    assertThat(BREAD.withDefault(LOAVES, 6).get(LOAVES)).isEqualTo(6);
    assertThat(BREAD.withDefault(LOAVES, 6).isGiven(LOAVES)).isFalse();
  }

  @Test
  void valuesAreTypedAndTheSettingsImmutable() {
    Settings many = BREAD.with(LOAVES, 12).with(SALT, 0).with(SEED, 7).with(STEAM, true).with(SEEDS, "oat", "sesame");
    assertThat(many.get(LOAVES)).isEqualTo(12);
    assertThat(many.get(SALT)).isZero();
    assertThat(many.get(SEED)).isEqualTo(7L);
    assertThat(many.get(SEEDS)).containsExactly("oat", "sesame");
    assertThat(many.isGiven(STEAM)).isTrue();
    assertThat(BREAD.get(LOAVES)).isEqualTo(4);
    assertThat(many.without(LOAVES).get(LOAVES)).isEqualTo(4);
    assertThat(BREAD.with(LOAVES, 4)).isEqualTo(BREAD).hasSameHashCodeAs(BREAD);
    assertThat(many).isNotEqualTo(BREAD);
  }

  @Test
  void textIsReadAsWhatItIs() {
    assertThat(BREAD.with("salt", "1e-2").get(SALT)).isEqualTo(0.01);
    for (String size : List.of("0.5", "512m", "512M", "512 MiB", "0.5g", "5e-1", "524288k", "536.870912MB")) {
      assertThat(BREAD.with("oven", size).get(OVEN)).as(size).isEqualTo(0.5);
    }
    assertThat(BREAD.with("flour", "dark-rye").get(FLOUR)).isEqualTo(Flour.DARK_RYE);
    assertThat(BREAD.with("proof", "over-night").get(PROOF)).isEqualTo(NumberOr.of(Proof.OVER_NIGHT));
    assertThat(BREAD.with("proof", "1.5").get(PROOF)).isEqualTo(NumberOr.of(1.5));
    assertThat(BREAD.with("steam", "true").get(STEAM)).isTrue();
    assertThat(BREAD.with(NAME, "crust").with("name", "").find(NAME)).isEmpty();
    var list = new Assignment("parts", List.of("1", "2.5"), true, Origin.CODE);
    assertThat(BREAD.with(list).get(PARTS)).containsExactly(1.0, 2.5);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "loavs  | 3      | there is no setting 'loavs'; did you mean 'loaves'?",
      "xyzzy  | 3      | there is no setting 'xyzzy'",
      "loaves | many   | loaves must be a whole number, not 'many'",
      "loaves | 0      | loaves must be at least 1, not 0",
      "salt   | 1      | salt must be from 0 to below 1, not 1",
      "salt   | NaN    | salt must be a number, not 'NaN'",
      "heat   | 0      | heat must be above 0, not 0",
      "heat   | hot    | heat must be a number, not 'hot'",
      "oven   | 0      | oven must be above 0, in GiB, or a size such as 500m, not 0",
      "oven   | 4 q    | oven must be a number of GiB or a size such as 500m, not '4 q'",
      "oven   | NaN    | oven must be a number of GiB or a size such as 500m, not 'NaN'",
      "steam  | yes    | steam must be true or false, not 'yes'",
      "flour  | wheet  | flour must be one of wheat, dark-rye, not 'wheet'; did you mean 'wheat'?",
      "proof  | long   | proof must be short, over-night or a number from 0 to 24, not 'long'",
      "proof  | 25     | proof must be short, over-night or a number from 0 to 24, not 25",
      "parts  | -1     | parts must be above 0, not -1",
  })
  void aWrongNameOrValueGetsOneSentenceWhereverItStands(String name, String text, String sentence) {
    Path file = Path.of("bread.yaml");
    assertThatThrownBy(() -> BREAD.with(name, text)).isInstanceOf(UserError.class).hasMessage(sentence);
    assertThatThrownBy(() -> BREAD.with(new Assignment(name, text, Origin.line(file, 3))))
        .isInstanceOf(UserError.class).hasMessage("bread.yaml, line 3: " + sentence);
    assertThatThrownBy(() -> BREAD.with(new Assignment(name, text, Origin.FLAG)))
        .isInstanceOf(UserError.class).hasMessage(sentence.startsWith("there") ? sentence : "--" + sentence);
  }

  @Test
  void aValueThatAProgramGivesIsCheckedToo() {
    assertThatThrownBy(() -> BREAD.with(LOAVES, 0)).isInstanceOf(UserError.class)
        .hasMessage("loaves must be at least 1, not 0");
    assertThatThrownBy(() -> BREAD.with(PARTS, 1.0, -2.0)).isInstanceOf(UserError.class)
        .hasMessage("parts must be above 0, not -2");
    assertThatThrownBy(() -> Settings.of(EATING).with(LOAVES, 1)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("loaves has no effect");
  }

  @Test
  void listsAndSingleValuesAreToldApart() {
    assertThatThrownBy(() -> BREAD.with(new Assignment("salt", List.of("0", "0.1"), true, Origin.CODE)))
        .hasMessage("salt takes one value, not a list");
    assertThatThrownBy(() -> BREAD.with(new Assignment("grains", List.of(), true, Origin.CODE)))
        .hasMessage("grains is an empty list; leave it out");
    assertThat(BREAD.with("grains", "rye, dark").get(SEEDS)).containsExactly("rye, dark");
  }

  @Test
  void aRuleOfSeveralSettingsNamesThePlaceOfTheFirstThatWasGiven() {
    Settings hot = BREAD.with(new Assignment("heat", "310", Origin.line(Path.of("bread.yaml"), 2)));
    assertThat(hot.checked()).isSameAs(hot);
    assertThatThrownBy(() -> hot.withDefault(LOAVES, 20).checked()).isInstanceOf(UserError.class)
        .hasMessage("bread.yaml, line 2: loaves (20) burn at this heat");
    assertThatThrownBy(() -> hot.with(LOAVES, 20).checked()).hasMessage("loaves (20) burn at this heat");
    assertThat(Settings.of(BAKING.only(LOAVES)).with(LOAVES, 20).checked().rows()).containsExactly(LOAVES);
  }

  @Test
  void aRowIsRefusedThatIsNotRight() {
    Section section = Section.of("Wrong");
    assertThatThrownBy(() -> section.integer("a", 0).help(" ")).hasMessageContaining("a has no help");
    assertThatThrownBy(() -> section.integer("b", 0).atLeast(1).help("B")).hasMessageContaining("default of b");
    section.flag("c").help("C");
    assertThatThrownBy(() -> section.flag("c").help("C again")).hasMessageContaining("two settings c");
    assertThatThrownBy(() -> section.only(LOAVES)).hasMessageContaining("has not all of");
    Section other = Section.of("Other");
    other.flag("loaves").help("Not a number");
    assertThatThrownBy(() -> Settings.of(BAKING, other)).hasMessageContaining("two settings are called loaves");
  }

  @Test
  void whatIsKeptWithAModelComesBackWithWhatWasGiven() {
    Settings settings = BREAD.with(SALT, 0.1).with(NAME, "crust").with(SEEDS, "oat").with(PROOF, NumberOr.of(2.5))
        .with(PEEL, 3);
    Map<String, Object> json = StoredSettings.of("bread", settings).json();
    assertThat(json).containsEntry("model", "bread").containsEntry("given", List.of("grains", "name", "proof", "salt"));
    StoredSettings stored = StoredSettings.of(json, Map.of());
    assertThat(stored.values()).containsEntry("loaves", 4).containsEntry("salt", 0.1).doesNotContainKey("peel");
    Settings back = stored.over(BREAD.withDefault(LOAVES, 100));
    assertThat(back.plain()).isEqualTo(settings.plain());
    assertThat(back.isGiven(SALT)).isTrue();
    assertThat(back.isGiven(LOAVES)).isFalse();
    assertThat(back.find(PEEL)).isEmpty();
    assertThatThrownBy(() -> stored.over(Settings.of(EATING))).isInstanceOf(UserError.class)
        .hasMessageContaining("does not know the key 'loaves'");
  }

  @Test
  void theDefaultIsShownAsPeopleWriteIt() {
    Section section = Section.of("Shown");
    Setting<Double> rate = section.number("rate", 3e-4).help("Rate");
    Setting<Integer> limit = section.integer("limit", 0).shownDefault("no limit").help("Limit");
    Setting<Boolean> flag = section.flag("flag").help("Flag");
    Settings settings = Settings.of(section);
    assertThat(settings.shownDefault(rate)).isEqualTo("3e-4");
    assertThat(settings.shownDefault(limit)).isEqualTo("no limit");
    assertThat(settings.shownDefault(flag)).isEmpty();
    assertThat(settings.withDefault(limit, 5).shownDefault(limit)).isEqualTo("5");
    assertThat(settings.withDefault(rate, 0.5).shownDefault(rate)).isEqualTo("0.5");
  }
}
