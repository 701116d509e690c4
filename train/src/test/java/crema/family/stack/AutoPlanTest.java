package crema.family.stack;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.TrainingListener;
import crema.data.Row;
import crema.data.RowSource;
import crema.family.linear.LinearSettings;
import crema.run.DataSettings;
import crema.settings.Settings;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AutoPlanTest {
  private static final int ROWS = 200;

  private static List<AutoPlan.Member> members(int words, String... columns) {
    Settings settings = new AutoFamily().settings().with(DataSettings.TEXT, List.of(columns));
    List<Row> rows = IntStream.range(0, ROWS).mapToObj(i -> {
      List<String> fields = Collections.nCopies(columns.length, ("some word" + i + " ").repeat(words / 2).strip());
      Row whole = Row.of(String.join(" ", fields), i % 2 == 0 ? "x" : "y");
      return new Row(whole.text(), fields, whole.labels(), whole.meta());
    }).toList();
    return new AutoPlan(settings, RowSource.of(rows), 2).members(new TrainingListener() {});
  }

  private static List<String> names(List<AutoPlan.Member> members) {
    return members.stream().map(AutoPlan.Member::name).toList();
  }

  @Test
  void ofShortTextsTheCheapestIsFirst() {
    List<AutoPlan.Member> members = members(6, "title");
    assertThat(members).isSortedAccordingTo((one, other) -> Double.compare(one.cost(), other.cost()));
    assertThat(names(members)).containsExactlyInAnyOrder("words", "bayes", "characters", "sequences", "union",
        "fasttext");
  }

  @Test
  void ofLongTextsWhatReadsWordsAndAllIsFirstAndCharactersAreLast() {
    assertThat(names(members(100, "body"))).startsWith("words", "union").endsWith("characters", "sequences");
    assertThat(names(members(100, "title", "body"))).startsWith("words", "columns").endsWith("characters",
        "sequences");
  }

  @Test
  void onlyOneMemberIsWeighedByBayesAndItReadsCharactersOfShortTextsToo() {
    for (int words : new int[] {6, 100}) {
      for (AutoPlan.Member member : members(words, "body")) {
        if (member.settings().has(LinearSettings.FEATURE_WEIGHTS)) {
          assertThat(member.settings().get(LinearSettings.FEATURE_WEIGHTS)).as(member.name())
              .isEqualTo(member.kind() == MemberKind.BAYES ? LinearSettings.Features.BAYES
                  : LinearSettings.Features.NONE);
        }
        if (member.kind() == MemberKind.BAYES) {
          assertThat(member.settings().get(LinearSettings.ANALYZERS)).hasSize(words == 6 ? 2 : 1).startsWith("word");
        }
      }
    }
  }
}
