package crema.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemberTableTest {
  @Test
  void factsOfMembersAreRowsAndTheirCellsStandInColumns() {
    var facts = new LinkedHashMap<String, String>();
    facts.put("Seed", "1");
    facts.put("Member words", "score 0.95 ± 0.01; training 3.0 s; size 2.6 MB");
    facts.put("Member my model", "score 0.90 ± 0.02; size 91 MB");
    MemberTable table = MemberTable.of(facts).orElseThrow();
    assertThat(table.columns()).containsExactly("score", "training", "size");
    assertThat(table.rows()).containsExactly(Map.entry("words", List.of("0.95 ± 0.01", "3.0 s", "2.6 MB")),
        Map.entry("my model", List.of("0.90 ± 0.02", "–", "91 MB")));
    assertThat(table.text().render(TerminalStyle.PLAIN).lines()).containsExactly(
        "Member          Score  Training    Size",
        "───────────────────────────────────────",
        "words     0.95 ± 0.01     3.0 s  2.6 MB",
        "my model  0.90 ± 0.02         –   91 MB");
    assertThat(table.html().render()).contains("Member", "Training", "my model", "91 MB");
    assertThat(MemberTable.of(Map.of("Seed", "1"))).isEmpty();
  }
}
