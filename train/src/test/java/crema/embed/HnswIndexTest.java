package crema.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.ByteSource;
import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.embed.VectorSearch.Hit;
import crema.embed.VectorSearch.Similarity;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HnswIndexTest {
  private static final int SIZE = 48;

  @TempDir
  Path folder;

  /** Vectors as those of texts are: in clusters of very different sizes, with many that are the same. */
  private static Vectors clustered(int count, int seed) {
    var random = new Random(seed);
    var centres = new Random(99);
    var means = new float[60][SIZE];
    for (float[] mean : means) {
      for (int i = 0; i < SIZE; i++) {
        mean[i] = (float) centres.nextGaussian();
      }
    }
    var values = new float[count * SIZE];
    for (int row = 0; row < count; row++) {
      if (row > 0 && row % 50 == 0) {
        System.arraycopy(values, (row - 1) * SIZE, values, row * SIZE, SIZE);
        continue;
      }
      float[] mean = means[(int) (means.length * Math.pow(random.nextDouble(), 3))];
      double squares = 0;
      for (int i = 0; i < SIZE; i++) {
        values[row * SIZE + i] = (float) (mean[i] + 0.7 * random.nextGaussian());
        squares += values[row * SIZE + i] * values[row * SIZE + i];
      }
      for (int i = 0; i < SIZE; i++) {
        values[row * SIZE + i] /= (float) Math.sqrt(squares);
      }
    }
    return new Vectors(SIZE, values);
  }

  @Test
  void nearlyAllNearestNeighboursAreFound() {
    Vectors vectors = clustered(8000, 1);
    Vectors queries = clustered(300, 2);
    try (var exact = new VectorSearch(vectors, Similarity.DOT, ComputeOptions.threads(1));
        var index = HnswIndex.build(vectors, HnswIndex.Effort.DEFAULT, 1, 1)) {
      List<List<Hit>> truth = exact.nearest(queries, 10);
      List<List<Hit>> found = index.nearest(queries, 10);
      int hits = 0;
      for (int query = 0; query < queries.count(); query++) {
        var rows = new HashSet<Integer>();
        truth.get(query).forEach(hit -> rows.add(hit.row()));
        assertThat(found.get(query)).hasSize(10);
        assertThat(found.get(query)).extracting(Hit::score).isSortedAccordingTo((a, b) -> Float.compare(b, a));
        hits += (int) found.get(query).stream().filter(hit -> rows.contains(hit.row())).count();
      }
      assertThat(hits / (10.0 * queries.count())).isGreaterThanOrEqualTo(0.95);
      // A query has the same answer alone.
      assertThat(index.nearest(queries.row(7), 10)).isEqualTo(found.get(7));
    }
  }

  @Test
  void theIndexIsTheSameForAnyNumberOfThreadsAndAfterItIsReadAgain() throws IOException {
    Vectors vectors = clustered(3000, 3);
    Vectors queries = clustered(40, 4);
    Path one = folder.resolve("one");
    Path four = folder.resolve("four");
    try (var alone = HnswIndex.build(vectors, HnswIndex.Effort.DEFAULT, 1, 1);
        var together = HnswIndex.build(vectors, HnswIndex.Effort.DEFAULT, 1, 4)) {
      alone.save(one);
      together.save(four);
      assertThat(four).hasSameBinaryContentAs(one);
      try (var loaded = HnswIndex.load(ByteSource.of(one), vectors, 2)) {
        assertThat(loaded.nearest(queries, 20)).isEqualTo(alone.nearest(queries, 20));
      }
    }
  }

  @Test
  void anIndexWhoseBuildingWasKilledIsBuiltOnToTheSameBits() throws IOException {
    Vectors vectors = clustered(2000, 3);
    Path whole = folder.resolve("whole");
    try (var index = HnswIndex.build(vectors, HnswIndex.Effort.DEFAULT, 1, 2)) {
      index.save(whole);
    }
    Path checkpoint = folder.resolve("checkpoint");
    int kills = 0;
    for (int pieces = 5;; pieces += 3) {
      var left = new AtomicInteger(pieces);
      var before = Files.exists(checkpoint) ? Files.readAllBytes(checkpoint) : new byte[0];
      try (var index = HnswIndex.build(vectors, HnswIndex.Effort.DEFAULT, 1, 1,
          new IndexCheckpoint(checkpoint, "of this", 0, warning -> {
            throw new AssertionError(warning);
          }) {
            @Override
            void writeIfDue(Progress progress, int[] links, int[] upperLinks) {
              super.writeIfDue(progress, links, upperLinks);
              if (left.decrementAndGet() == 0) {
                throw new IllegalStateException("killed");
              }
            }
          })) {
        index.save(folder.resolve("again"));
        break;
      } catch (IllegalStateException e) {
        assertThat(Files.readAllBytes(checkpoint)).isNotEqualTo(before);
        assertThat(kills++).isLessThan(30);
      }
    }
    assertThat(kills).isGreaterThan(2);
    assertThat(folder.resolve("again")).hasSameBinaryContentAs(whole);
    // Of other vectors it is of no use.
    Vectors others = clustered(2000, 8);
    try (var plain = HnswIndex.build(others, HnswIndex.Effort.DEFAULT, 1, 1);
        var index = HnswIndex.build(others, HnswIndex.Effort.DEFAULT, 1, 1, checkpoint, warning -> {
          throw new AssertionError(warning);
        })) {
      plain.save(whole);
      index.save(folder.resolve("again"));
      assertThat(folder.resolve("again")).hasSameBinaryContentAs(whole);
    }
  }

  @Test
  void fewVectorsAreAllFound() {
    for (int count : new int[] {1, 2, 3, 40}) {
      Vectors vectors = clustered(count, 5);
      try (var index = HnswIndex.build(vectors, HnswIndex.Effort.DEFAULT, 1, 1)) {
        assertThat(index.nearest(vectors.row(0), 100)).extracting(Hit::row).hasSize(count).doesNotHaveDuplicates();
      }
    }
    try (var index = HnswIndex.build(new Vectors(SIZE, new float[0]), HnswIndex.Effort.DEFAULT, 1, 1)) {
      assertThat(index.nearest(new float[SIZE], 3)).isEmpty();
    }
  }

  @Test
  void vectorsThatCameLaterAreFoundBesideThoseOfTheIndex() {
    Vectors vectors = clustered(500, 6);
    Vectors later = clustered(20, 7);
    var all = Arrays.copyOf(vectors.values(), 520 * SIZE);
    System.arraycopy(later.values(), 0, all, 500 * SIZE, 20 * SIZE);
    ComputeOptions options = ComputeOptions.threads(1);
    try (var merged = new VectorSearch(vectors, Similarity.DOT, options)
        .and(new VectorSearch(later, Similarity.DOT, options));
        var together = new VectorSearch(new Vectors(SIZE, all), Similarity.DOT, options)) {
      assertThat(merged.count()).isEqualTo(520);
      Vectors queries = clustered(30, 8);
      assertThat(merged.nearest(queries, 15)).isEqualTo(together.nearest(queries, 15));
    }
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    Vectors vectors = clustered(400, 9);
    Path file = folder.resolve("index.safetensors");
    try (var index = HnswIndex.build(vectors, HnswIndex.Effort.DEFAULT, 1, 1)) {
      index.save(file);
    }
    byte[] whole = Files.readAllBytes(file);
    int layers = whole.length - links(whole);
    for (int place : new int[] {layers, layers + 400 * Integer.BYTES, whole.length - Integer.BYTES}) {
      byte[] wrong = whole.clone();
      // A number far beyond the nodes and the layers.
      wrong[place + 2] = 0x55;
      Files.write(file, wrong);
      assertThatThrownBy(() -> HnswIndex.load(ByteSource.of(file), vectors, 1)).as("at " + place)
          .isInstanceOf(InvalidWeightsException.class).hasMessageContaining("index.safetensors");
    }
    Files.write(file, Arrays.copyOf(whole, whole.length - 100));
    assertThatThrownBy(() -> HnswIndex.load(ByteSource.of(file), vectors, 1))
        .isInstanceOf(InvalidWeightsException.class);
    Files.write(file, whole);
    assertThatThrownBy(() -> HnswIndex.load(ByteSource.of(file), clustered(399, 9), 1))
        .isInstanceOf(InvalidWeightsException.class).hasMessageContaining("399 vectors");
    try (var index = HnswIndex.load(ByteSource.of(file), vectors, 1)) {
      assertThatThrownBy(() -> index.nearest(new float[3], 1)).isInstanceOf(UserError.class)
          .hasMessageContaining("3 features");
      var notFinite = new float[SIZE];
      notFinite[5] = Float.NaN;
      assertThatThrownBy(() -> index.nearest(notFinite, 1)).isInstanceOf(UserError.class)
          .hasMessageContaining("not finite");
    }
  }

  /** The bytes of all tensors. */
  private static int links(byte[] file) {
    long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return (int) (file.length - Long.BYTES - header);
  }
}
