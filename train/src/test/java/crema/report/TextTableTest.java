package crema.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.report.TextTable.Number;
import crema.report.TextTable.Text;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

  private static final TerminalStyle COLOUR = new TerminalStyle(80, true);

  @Test
  void textIsLeftAlignedAndNumbersRightAligned() {
    var table = new TextTable(new Text("Label"), new Number("F1")).row("a", "0.5").row("longer", "10.25");
    assertThat(table.render(TerminalStyle.PLAIN)).isEqualTo(
        """
            Label      F1
            ─────────────
            a         0.5
            longer  10.25
            """);
  }

  @Test
  void wideCharactersTakeTwoColumns() {
    var table = new TextTable(new Text("Label"), new Number("F1"))
        .row("洗濯機", "1")
        .row("e\u0301te\u0301", "2")
        .row("👩‍👩‍👧 🇫🇷", "3");
    assertThat(table.render(TerminalStyle.PLAIN)).isEqualTo(
        """
            Label   F1
            ──────────
            洗濯機   1
            e\u0301te\u0301      2
            👩‍👩‍👧 🇫🇷    3
            """);
  }

  @Test
  void tooWideTextIsCutAndNumbersStayWhole() {
    var table = new TextTable(new Text("Label"), new Text("Other"), new Number("F1"))
        .row("a label that is much too long for it", "short", "0.123456");
    assertThat(table.render(new TerminalStyle(32, false)).lines()).last().asString()
        .isEqualTo("a lab…ng for it  short  0.123456");
  }

  @Test
  void escapeSequencesAndReorderingInCellsAreDisarmed() {
    var rendered = new TextTable(new Text("Label"))
        .row("\u001b[2Jgone\r\n\u202Eevil\u0007")
        .render(TerminalStyle.PLAIN);
    assertThat(rendered.lines()).last().asString().isEqualTo("\uFFFD[2Jgone\uFFFD\uFFFD\uFFFDevil\uFFFD");
  }

  @Test
  void coloursComeOnlyWhereAskedFor() {
    var table = new TextTable(new Text("Label")).row("a");
    assertThat(table.render(TerminalStyle.PLAIN)).doesNotContain("\u001b");
    assertThat(table.render(COLOUR)).startsWith("\u001b[1mLabel\u001b[0m\n");
  }

  @Test
  void rowWithTheWrongNumberOfCellsIsRefused() {
    assertThatThrownBy(() -> new TextTable(new Text("Label")).row("a", "b")).hasMessage("2 cells for 1 columns");
  }

  @Property(tries = 300)
  void linesNeverExceedTheTerminal(
      @ForAll String label, @ForAll String other, @ForAll @IntRange(min = 30, max = 90) int columns) {
    var rendered = new TextTable(new Text("Label"), new Text("Other"), new Number("F1"))
        .row(label, other, "0.123").render(new TerminalStyle(columns, false));
    assertThat(rendered.lines()).hasSize(3)
        .allSatisfy(line -> assertThat(DisplayWidth.of(line)).isLessThanOrEqualTo(columns));
  }

  @Test
  void reportFitsItsTerminalAndNamesWhatItHides() {
    var report = SampleReport.complete().build();
    var rendered = TerminalReport.render(report, new TerminalStyle(60, false), 3);
    assertThat(rendered)
        .contains("Macro F1", "Mobile Phones", "and 7 labels with less support", "Predicted instead", "(95%)");
    assertThat(rendered.lines().filter(line -> line.startsWith("─")))
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(60));
  }

  @Test
  void pathsLoseTheirMiddleAndRowsStayDifferent() {
    var table = new TextTable(new TextTable.Text("Label"), new TextTable.Number("F1"));
    for (int leaf = 0; leaf < 40; leaf++) {
      table.row("Clothing/Shoes/Accessories for every day > 67010000_A group of goods number " + leaf / 4 + " > Leaf "
          + leaf % 3, "0.500");
      table.row("Shop " + leaf + " of clothing, shoes and accessories for every day > Leaf", "0.500");
    }
    for (int columns : new int[] {100, 60, 40}) {
      List<String> rows = table.render(new TerminalStyle(columns, false)).lines().skip(2).toList();
      assertThat(rows).allSatisfy(row -> assertThat(row.length()).isLessThanOrEqualTo(columns));
      assertThat(rows.stream().distinct().count()).isEqualTo(70);
    }
    assertThat(table.render(new TerminalStyle(60, false)).lines().skip(2).findFirst().orElseThrow())
        .startsWith("Clothing").contains("…").contains("number 0 > Leaf 0");
  }

  @Test
  void labelsThatLookAlikeAreShownDifferently() {
    String table = new TextTable(new TextTable.Text("Label")).row("Fruit").row("Fruit\u00A0").row("Cafe\u0301")
        .row("Caf\u00E9").render(new TerminalStyle(80, false));
    assertThat(table).contains("Fruit\n", "Fruit\\u00A0\n", "Cafe\\u0301\n", "Caf\u00E9\n");
    assertThat(table.lines().map(String::strip).distinct().count()).isEqualTo(6);
  }
}
