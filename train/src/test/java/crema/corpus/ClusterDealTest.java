package crema.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterDealTest {
  private static ClusterClasses classes(int... clustersOf) {
    var classes = new ClusterClasses(List.of("a", "b", "c").subList(0, clustersOf.length));
    long cluster = 0;
    for (int label = 0; label < clustersOf.length; label++) {
      for (int i = 0; i < clustersOf[label]; i++) {
        classes.put(cluster++, classes.classes().get(label).getBytes(StandardCharsets.UTF_8), 0, 1);
      }
    }
    return classes;
  }

  private static long[] rows(ClusterClasses classes, int[] rows, byte[] deal, int label) {
    var sums = new long[3];
    for (int place = 0; place < rows.length; place++) {
      if (classes.isTaken(place) && classes.label(place) == label) {
        sums[deal[place]] += rows[place];
      }
    }
    return sums;
  }

  @Test
  void sharesOfRowsAreMetInEachClassWhateverTheSizesOfClusters() {
    ClusterClasses classes = classes(3000, 200);
    var rows = new int[classes.places()];
    var random = new Random(1);
    for (int place = 0; place < rows.length; place++) {
      rows[place] = classes.isTaken(place) ? (int) (1 / (0.01 + random.nextDouble())) : 0;
    }
    byte[] deal = ClusterDeal.deal(classes, rows, 0.05, 0.1, 1);
    for (int label = 0; label < 2; label++) {
      long[] sums = rows(classes, rows, deal, label);
      double all = sums[0] + sums[1] + sums[2];
      assertThat(sums[1] / all).isBetween(0.045, 0.055);
      assertThat(sums[2] / all).isBetween(0.09, 0.11);
    }
    assertThat(ClusterDeal.deal(classes, rows, 0.05, 0.1, 2)).isNotEqualTo(deal);
  }

  @Test
  void aClassOfThreeClustersHasOneInEachSplit() {
    ClusterClasses classes = classes(3, 2);
    var rows = new int[classes.places()];
    for (int place = 0; place < rows.length; place++) {
      rows[place] = classes.isTaken(place) ? 100 : 0;
    }
    byte[] deal = ClusterDeal.deal(classes, rows, 0.05, 0.1, 1);
    assertThat(rows(classes, rows, deal, 0)).containsExactly(100, 100, 100);
    assertThat(rows(classes, rows, deal, 1)).containsExactly(200, 0, 0);
  }
}
