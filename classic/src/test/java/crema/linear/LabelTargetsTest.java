package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelTargetsTest {
  @Test
  void rowsAndLabelsAreTwoViewsOfTheSame() {
    LabelTargets targets = LabelTargets.multiLabel(4, List.of(new int[] {3, 0}, new int[] {}, new int[] {0}));
    assertThat(targets.labelsOf(0)).containsExactly(0, 3);
    assertThat(targets.rowsOf(0)).containsExactly(0, 2);
    assertThat(targets.rowsOf(1)).isEmpty();
    assertThat(targets.count(3)).isEqualTo(1);
    assertThat(targets.rows(new int[] {2, 0}).rowsOf(0)).containsExactly(0, 1);
    assertThat(LabelTargets.singleLabel(2, new int[] {1, 0, 1}).rowsOf(1)).containsExactly(0, 2);
  }

  @Test
  void labelsOutOfRangeOrTwiceAreRefused() {
    assertThatThrownBy(() -> LabelTargets.singleLabel(2, new int[] {0, 2}))
        .hasMessage("text 1 has the label 2, but labels are 0 to 1");
    assertThatThrownBy(() -> LabelTargets.singleLabel(2, new int[] {-1}))
        .hasMessage("text 0 has the label -1, but labels are 0 to 1");
    assertThatThrownBy(() -> LabelTargets.multiLabel(2, List.of(new int[] {1, 1})))
        .hasMessage("text 0 has the label 1 twice");
  }
}
