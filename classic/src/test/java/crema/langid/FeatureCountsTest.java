package crema.langid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureCountsTest {

  @Test
  void sentencesAreCountedByFeatureAndLanguage() {
    FeatureCounts counts = FeatureCounts.of(4, List.of(
        new Example(0, new int[] {0, 2}), new Example(0, new int[] {2}), new Example(1, new int[] {1, 2, 3})));
    assertThat(counts.entries().starts()).containsExactly(0, 1, 2, 4, 5);
    assertThat(counts.entries().languages()).containsExactly(new short[] {0, 1, 0, 1, 1});
    assertThat(counts.counts()).containsExactly(1, 1, 2, 1, 1);
  }
}
