package crema.ptx.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of opcodes. */
class OpcodesTest {
  @Test
  void coversWhatThePlanExpects() {
    assertThat(Opcodes.count()).isGreaterThanOrEqualTo(55);
    assertThat(Opcodes.rows().stream().mapToLong(row -> row.form().combinations()).sum()).isGreaterThanOrEqualTo(190);
  }

  @Test
  void noRowStandsTwice() {
    var seen = new HashSet<String>();
    for (Opcode row : Opcodes.rows()) {
      assertThat(seen.add(row.name() + " " + row.form())).as("%s %s", row.name(), row.form()).isTrue();
    }
  }

  @Test
  void optionalModifiersMayBeLeftOut() {
    var form = new Form("[.rn|.rz] [.ftz] .f32");
    assertThat(form.match(List.of(".rn", ".ftz", ".f32")).whole()).isTrue();
    assertThat(form.match(List.of(".f32")).whole()).isTrue();
    assertThat(form.match(List.of(".ftz", ".rn", ".f32")))
        .isEqualTo(new Form.Match(false, 1, Set.of(".f32")));
    assertThat(form.match(List.of(".rz")).wanted()).containsExactlyInAnyOrder(".f32", ".ftz");
    assertThat(form.combinations()).isEqualTo(6);
  }
}
