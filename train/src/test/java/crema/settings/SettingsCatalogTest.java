package crema.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.classify.RunKind;
import crema.pretrain.Pretraining;
import crema.run.DistillSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The catalog is complete: each row is a setting of a family, has what a row must have, and is on the reference page. */
class SettingsCatalogTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "settings.md");

  /** Writes the page instead of comparing it. */
  private static final String WRITE = "crema.docs.write";

  static Stream<ModelFamily> families() {
    return ModelFamily.installed().stream().filter(ModelFamily::isTrainable);
  }

  /** All that has settings. */
  static Stream<RunKind> kinds() {
    return Stream.concat(families(), Stream.of(new Pretraining()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theRowsOfARunAreWhole(RunKind family) {
    Settings settings = family.settings();
    for (Setting<?> row : settings.rows()) {
      assertThat(row.name()).as("a name as flags and keys have it")
          .matches("C|C-folds|C-metric|[a-z][a-z0-9]*(-[a-z0-9]+)*");
      assertThat(row.help()).as("the help of " + row).isNotBlank().doesNotEndWith(".").matches("(?s)[A-Z].*");
      assertThat(row.values()).as("the values of " + row).isNotBlank();
      assertThat(row.isFlag() || !row.label().isBlank()).as("the label of " + row).isTrue();
      // A default is checked when the row is made; what a family puts in its place is, too.
      settings.text(row).ifPresent(text -> assertThat(readAgain(settings, row, text)).as(row + " " + text)
          .isEqualTo(settings.plain(row::equals)));
    }
    assertThat(settings.rows()).extracting(Setting::name).doesNotHaveDuplicates();
  }

  /** Texts that are no number of any setting. */
  private static final List<String> NO_NUMBERS = List.of("", " ", "NaN", "Infinity", "-Infinity", "1e999", "1e-400",
      "0x10", "1f", "1,5", "1_000", "\u0661\u0662", "\uFF11", "9223372036854775808.5.1", "one", "null", "true");

  /** Numbers that some settings have. */
  private static final List<String> NUMBERS = List.of("0", "-1", "-0", "1e308", "-1e308", "2147483647", "2147483648",
      "-2147483648", "9223372036854775807", "9223372036854775808", "1e-300", "0.5");

  @ParameterizedTest
  @MethodSource("kinds")
  void eachNumberIsOneInAllFamiliesOrRefusedInOneSentenceWithItsFlag(RunKind family) {
    Settings settings = family.settings();
    for (Setting<?> row : settings.rows()) {
      boolean isNumber = row.values().matches("(several: )?a (whole )?number.*");
      for (String text : Stream.concat(NO_NUMBERS.stream(), NUMBERS.stream()).toList()) {
        // An empty text is none where a setting need not have one.
        if (!isNumber || text.isEmpty() && row.defaultValue().isEmpty()) {
          continue;
        }
        try {
          settings.with(new Assignment(row.name(), text, Origin.FLAG));
          assertThat(NO_NUMBERS).as(row + " takes '" + text + "'").doesNotContain(text);
        } catch (UserError e) {
          assertThat(e.getMessage()).startsWith("--" + row.name()).doesNotContain("Exception", "E-", "E3")
              .hasLineCount(1);
        }
      }
    }
  }

  /** What a setting is after it was given as text what it was before. */
  private static Object readAgain(Settings settings, Setting<?> row, String text) {
    return row.isList() ? settings.plain(row::equals) : settings.with(row.name(), text).plain(row::equals);
  }

  @Test
  void eachRowIsASettingOfAFamily() {
    var listed = new HashSet<Setting<?>>();
    kinds().forEach(kind -> listed.addAll(kind.settings().rows()));
    // A student has these beside those of its own family.
    listed.addAll(DistillSettings.SECTION.rows());
    var rows = new ArrayList<Setting<?>>();
    for (JavaField field : new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("crema.classify", "crema.run", "crema.task", "crema.family", "crema.pretrain")
        .stream().flatMap(type -> type.getFields().stream()).toList()) {
      if (field.getRawType().isEquivalentTo(Setting.class) && field.getModifiers().contains(JavaModifier.STATIC)) {
        rows.add(value(field));
      }
    }
    assertThat(rows).as("rows that were found").hasSizeGreaterThan(80);
    assertThat(rows).as("rows that no family lists").allMatch(listed::contains);
  }

  private static Setting<?> value(JavaField field) {
    try {
      var reflected = field.reflect();
      reflected.setAccessible(true);
      return (Setting<?>) reflected.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theReferencePageHasEachRowAsItIs() throws IOException {
    String page = SettingsPage.markdown(families().toList(), List.of(new Pretraining()));
    if (Boolean.getBoolean(WRITE)) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).as("the reference page is stale; write it with: mvn test -pl train -am -Dtest=SettingsCatalogTest "
        + "-Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true").hasContent(page);
  }
}
