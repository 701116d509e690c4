package crema.family.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.ByteSource;
import crema.base.WorkerPool;
import crema.linear.SparseMatrix;
import crema.nn.InvalidWeightsException;
import crema.nn.train.StopSignal;
import crema.nn.train.StoppedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TermProjectionTest {
  private static final int TEXTS = 300;
  private static final int TERMS = 120;
  private static final int RANK = 6;

  @TempDir
  Path folder;

  /** A matrix of a given rank, most of whose columns a row does not have. */
  private static SparseMatrix lowRank() {
    var random = new Random(5);
    var topics = new float[RANK][TERMS];
    for (int topic = 0; topic < RANK; topic++) {
      for (int term = topic * 20; term < (topic + 1) * 20; term++) {
        topics[topic][term] = 0.2f + random.nextFloat();
      }
    }
    var starts = new int[TEXTS + 1];
    var columns = new ArrayList<Integer>();
    var values = new ArrayList<Float>();
    for (int text = 0; text < TEXTS; text++) {
      float[] weights = {random.nextFloat(), random.nextFloat()};
      int first = text % RANK;
      int second = Math.min(RANK - 1, first + 1);
      for (int term = 0; term < TERMS; term++) {
        float value = weights[0] * topics[first][term] + weights[1] * topics[second][term];
        if (value != 0) {
          columns.add(term);
          values.add(value);
        }
      }
      starts[text + 1] = columns.size();
    }
    var array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return new SparseMatrix(TERMS, starts, columns.stream().mapToInt(i -> i).toArray(), array);
  }

  private final StopSignal stop = new StopSignal();

  private TermProjection fit(SparseMatrix texts, int size, int threads) {
    return fit(texts, size, threads, String.valueOf(threads));
  }

  private TermProjection fit(SparseMatrix texts, int size, int threads, String run) {
    var checkpoints = new NeighboursCheckpoints(folder.resolve(run), warning -> {
      throw new AssertionError(warning);
    }, stop);
    try (var pool = new WorkerPool(threads)) {
      return TermProjection.fit(texts, size, 1, checkpoints, pool);
    }
  }

  @Test
  void whatWasCutOffGoesOnToTheSameBits() throws IOException {
    SparseMatrix texts = lowRank();
    float[] whole = apply(fit(texts, 4, 1, "killed"), texts);
    Path journal = folder.resolve("killed/projection.journal");
    byte[] all = Files.readAllBytes(journal);
    for (int length : new int[] {0, 50, all.length / 2, all.length - 1, all.length}) {
      Files.write(journal, Arrays.copyOf(all, length));
      assertThat(apply(fit(texts, 4, 1, "killed"), texts)).isEqualTo(whole);
      assertThat(journal).hasBinaryContent(all);
    }
    stop.request();
    assertThat(apply(fit(texts, 4, 1, "killed"), texts)).as("nothing is left to be stopped").isEqualTo(whole);
    assertThatThrownBy(() -> fit(texts, 5, 1, "killed")).isInstanceOf(StoppedException.class);
  }

  private static float[] apply(TermProjection projection, SparseMatrix texts) {
    var values = new float[texts.rows() * projection.size()];
    for (int text = 0; text < texts.rows(); text++) {
      projection.apply(texts, text, values, text * projection.size());
    }
    return values;
  }

  private static double product(SparseMatrix texts, int a, int b) {
    var row = new double[TERMS];
    for (int at = texts.start(a); at < texts.end(a); at++) {
      row[texts.column(at)] = texts.value(at);
    }
    double sum = 0;
    for (int at = texts.start(b); at < texts.end(b); at++) {
      sum += row[texts.column(at)] * texts.value(at);
    }
    return sum;
  }

  @Test
  void productsOfProjectionsAreThoseOfTheTextsWhereThereAreEnoughDirections() {
    SparseMatrix texts = lowRank();
    TermProjection projection = fit(texts, RANK, 1);
    float[] values = apply(projection, texts);
    for (int text = 0; text < TEXTS; text += 7) {
      int other = (text * 13 + 5) % TEXTS;
      double exact = product(texts, text, other);
      // Directions are kept in eight bits of precision.
      assertThat((double) UnitLength.product(values, text * RANK, values, other * RANK, RANK)).isCloseTo(exact,
          within(0.01 + 0.01 * exact));
    }
  }

  /** The sum of the largest eigenvalues of the products of features, by power iteration. */
  private static double largest(float[] values, int size, int count) {
    var products = new double[size][size];
    for (int row = 0; row < values.length; row += size) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          products[i][j] += values[row + i] * values[row + j];
        }
      }
    }
    double sum = 0;
    for (int found = 0; found < count; found++) {
      var vector = new double[size];
      Arrays.fill(vector, 1);
      double eigenvalue = 0;
      for (int step = 0; step < 2000; step++) {
        var next = new double[size];
        for (int i = 0; i < size; i++) {
          for (int j = 0; j < size; j++) {
            next[i] += products[i][j] * vector[j];
          }
        }
        eigenvalue = Math.sqrt(Arrays.stream(next).map(value -> value * value).sum());
        for (int i = 0; i < size; i++) {
          vector[i] = next[i] / eigenvalue;
        }
      }
      sum += eigenvalue;
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          products[i][j] -= eigenvalue * vector[i] * vector[j];
        }
      }
    }
    return sum;
  }

  @Test
  void fewDirectionsHaveAsMuchAsSoManyCanHave() {
    SparseMatrix texts = lowRank();
    double most = largest(apply(fit(texts, RANK, 1), texts), RANK, 3);
    double kept = 0;
    for (float value : apply(fit(texts, 3, 1), texts)) {
      kept += value * value;
    }
    assertThat(kept).isBetween(0.9 * most, 1.01 * most);
  }

  @Test
  void itIsTheSameForAnyNumberOfThreadsAndFromTheFile() throws IOException {
    SparseMatrix texts = lowRank();
    TermProjection one = fit(texts, 4, 1);
    Path file = folder.resolve(TermProjection.FILE);
    one.save(file);
    Path other = folder.resolve("other");
    fit(texts, 4, 2).save(other);
    assertThat(other).hasSameBinaryContentAs(file);
    assertThat(apply(TermProjection.load(ByteSource.of(file)), texts)).isEqualTo(apply(one, texts));
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 200));
    assertThatThrownBy(() -> TermProjection.load(ByteSource.of(file))).isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining(TermProjection.FILE);
  }

  /** Of 50,004 terms, four that fewer texts have than the others are left out. */
  @Test
  void ofManyTermsThoseOfTheMostTextsAreProjected() throws IOException {
    int terms = 50_004;
    var starts = new int[5];
    var columns = new int[4 * terms];
    var values = new float[4 * terms];
    int at = 0;
    for (int text = 0; text < 4; text++) {
      for (int term = 0; term < terms; term++) {
        if (term % 12_501 != 7 || text == 0) {
          columns[at] = term;
          values[at++] = (term * 31 + text * 17) % 97 / 97f;
        }
      }
      starts[text + 1] = at;
    }
    var texts = new SparseMatrix(terms, starts, Arrays.copyOf(columns, at), Arrays.copyOf(values, at));
    TermProjection projection = fit(texts, 3, 2);
    assertThat(projection.terms()).isEqualTo(terms);
    Path file = folder.resolve(TermProjection.FILE);
    projection.save(file);
    TermProjection loaded = TermProjection.load(ByteSource.of(file));
    assertThat(loaded.terms()).isEqualTo(terms);
    assertThat(apply(loaded, texts)).isEqualTo(apply(projection, texts));
    var rare = new SparseMatrix(terms, new int[] {0, 2}, new int[] {7, 12_508}, new float[] {1, 1});
    assertThat(apply(loaded, rare)).containsOnly(0f);
    var frequent = new SparseMatrix(terms, new int[] {0, 1}, new int[] {8}, new float[] {1});
    assertThat(apply(loaded, frequent)).isNotEqualTo(new float[3]);
  }

  @Test
  void textsThatAreAllAlikeHaveOneDirection() {
    var texts = new SparseMatrix(3, new int[] {0, 1, 2, 3, 4}, new int[] {1, 1, 1, 1}, new float[] {1, 1, 1, 1});
    TermProjection projection = fit(texts, 2, 1);
    float[] values = apply(projection, texts);
    assertThat(values).doesNotContain(Float.NaN);
    assertThat(Math.abs(values[0])).isCloseTo(1, within(0.01f));
  }
}
