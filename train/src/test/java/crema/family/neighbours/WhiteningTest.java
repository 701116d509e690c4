package crema.family.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.ByteSource;
import crema.base.WorkerPool;
import crema.embed.Vectors;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhiteningTest {
  private static final int COUNT = 3000;

  @TempDir
  Path folder;

  /** Two categories that differ in the second feature; texts of both differ much more in the first. */
  private static Items noisy() {
    var random = new Random(4);
    var values = new float[COUNT * 3];
    var labels = new ArrayList<int[]>();
    for (int row = 0; row < COUNT; row++) {
      values[row * 3] = (float) random.nextGaussian();
      values[row * 3 + 1] = (float) (0.1 * random.nextGaussian() + (row % 2 == 0 ? 0.2 : -0.2));
      values[row * 3 + 2] = 1;
      UnitLength.scale(values, row * 3, 3);
      labels.add(new int[] {row % 2});
    }
    return new Items(new Vectors(3, values), ItemLabels.of(labels));
  }

  private static Whitening fit(Items items, int threads) {
    try (var pool = new WorkerPool(threads)) {
      return Whitening.fit(items, 2, pool);
    }
  }

  private static double share(Vectors vectors, ItemLabels labels) {
    int right = 0;
    for (int row = 0; row < 300; row++) {
      int nearest = -1;
      float best = Float.NEGATIVE_INFINITY;
      for (int other = 300; other < COUNT; other++) {
        float score = UnitLength.product(vectors.row(row), 0, vectors.row(other), 0, 3);
        if (score > best) {
          best = score;
          nearest = other;
        }
      }
      right += labels.of(nearest)[0] == labels.of(row)[0] ? 1 : 0;
    }
    return right / 300.0;
  }

  @Test
  void whatDiffersWithinCategoriesCountsLess() {
    Items items = noisy();
    Vectors seen;
    try (var pool = new WorkerPool(1)) {
      seen = fit(items, 1).apply(items.vectors(), pool);
    }
    for (int row = 0; row < 20; row++) {
      float[] vector = seen.row(row);
      assertThat((double) UnitLength.product(vector, 0, vector, 0, 3)).isCloseTo(1, within(1e-5));
    }
    double before = spread(items.vectors(), 0) / spread(items.vectors(), 1);
    double after = spread(seen, 0) / spread(seen, 1);
    assertThat(after).isLessThan(before / 4);
    assertThat(share(seen, items.labels())).isGreaterThanOrEqualTo(share(items.vectors(), items.labels()));
  }

  private static double spread(Vectors vectors, int feature) {
    double squares = 0;
    for (int row = 0; row < vectors.count(); row++) {
      squares += vectors.value(row, feature) * vectors.value(row, feature);
    }
    return squares;
  }

  @Test
  void itIsTheSameForAnyNumberOfThreadsAndFromTheFile() throws IOException {
    Items items = noisy();
    Path file = folder.resolve(Whitening.FILE);
    fit(items, 1).save(file);
    Path other = folder.resolve("other");
    fit(items, 2).save(other);
    assertThat(other).hasSameBinaryContentAs(file);
    try (var pool = new WorkerPool(1)) {
      assertThat(Whitening.load(ByteSource.of(file)).apply(items.vectors(), pool))
          .isEqualTo(fit(items, 1).apply(items.vectors(), pool));
    }
    Files.write(file, new byte[40]);
    assertThatThrownBy(() -> Whitening.load(ByteSource.of(file))).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining(Whitening.FILE);
  }

  @Test
  void nothingChangesWhereNoCategoryHasTwoTexts() {
    var items = new Items(new Vectors(2, new float[] {0.6f, 0.8f, 1, 0}),
        ItemLabels.of(List.of(new int[] {0}, new int[] {1})));
    try (var pool = new WorkerPool(1)) {
      assertThat(Whitening.fit(items, 2, pool).apply(items.vectors(), pool).row(0)).containsExactly(new float[] {0.6f,
          0.8f}, within(1e-6f));
    }
  }
}
