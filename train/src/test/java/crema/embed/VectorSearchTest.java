package crema.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.embed.VectorSearch.Hit;
import crema.embed.VectorSearch.Similarity;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Search compares with all: it is held against doing just that. */
class VectorSearchTest {
  private static Vectors random(int count, int size, long seed) {
    var values = new float[count * size];
    var random = new Random(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Vectors(size, values);
  }

  private static double similarity(Similarity kind, float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return kind == Similarity.DOT ? dot : aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
  }

  @ParameterizedTest
  @EnumSource
  void theNearestOfAllAreFoundAcrossBlocks(Similarity kind) {
    Vectors rows = random(20_011, 37, 1);
    Vectors queries = random(67, 37, 2);
    try (var search = new VectorSearch(rows, kind, ComputeOptions.threads(2))) {
      List<List<Hit>> found = search.nearest(queries, 9);
      for (int query = 0; query < queries.count(); query += 11) {
        float[] vector = queries.row(query);
        List<Integer> expected = IntStream.range(0, rows.count()).boxed()
            .sorted(Comparator.comparingDouble(row -> -similarity(kind, vector, rows.row(row)))).limit(9).toList();
        assertThat(found.get(query).stream().map(Hit::row)).containsExactlyElementsOf(expected);
        for (Hit hit : found.get(query)) {
          assertThat((double) hit.score()).isCloseTo(similarity(kind, vector, rows.row(hit.row())),
              org.assertj.core.data.Offset.offset(2e-5));
        }
      }
    }
  }

  @Test
  void aQueryHasTheSameBitsAloneAndAmongOthersWithAnyNumberOfThreads() {
    Vectors rows = random(9000, 33, 3);
    Vectors queries = random(70, 33, 4);
    List<List<Hit>> together;
    try (var search = new VectorSearch(rows, Similarity.COSINE, ComputeOptions.threads(1))) {
      together = search.nearest(queries, 5);
    }
    try (var search = new VectorSearch(rows, Similarity.COSINE, ComputeOptions.threads(3))) {
      for (int query = 0; query < queries.count(); query++) {
        assertThat(search.nearest(queries.row(query), 5)).isEqualTo(together.get(query));
      }
    }
  }

  @Test
  void equallyNearRowsComeInTheirOrder() {
    try (var search = new VectorSearch(new Vectors(2, new float[] {0, 1, 2, 0, 1, 0, 3, 0, 0, 0}), Similarity.COSINE,
        ComputeOptions.threads(1))) {
      assertThat(search.nearest(new float[] {5, 0}, 4)).containsExactly(new Hit(1, 1), new Hit(2, 1), new Hit(3, 1),
          new Hit(0, 0));
      assertThat(search.nearest(new float[] {0, 0}, 99)).hasSize(5).allMatch(hit -> hit.score() == 0);
    }
  }

  @Test
  void nothingIsFoundAmongNothing() {
    try (var search = new VectorSearch(new Vectors(3, new float[0]), Similarity.DOT, ComputeOptions.threads(1))) {
      assertThat(search.nearest(new float[] {1, 2, 3}, 4)).isEmpty();
    }
  }

  @Test
  void mistakesAreNamed() {
    Vectors rows = random(3, 4, 5);
    assertThatThrownBy(() -> new VectorSearch(new Vectors(2, new float[] {1, 2, Float.NaN, 0}), Similarity.DOT,
        ComputeOptions.threads(1))).isInstanceOf(UserError.class).hasMessageContaining("row 1");
    try (var search = new VectorSearch(rows, Similarity.DOT, ComputeOptions.threads(1))) {
      assertThatThrownBy(() -> search.nearest(new float[3], 1)).isInstanceOf(UserError.class)
          .hasMessageContaining("3 features").hasMessageContaining("different models");
      assertThatThrownBy(() -> search.nearest(new float[4], 0)).isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least 1");
    }
  }
}
