package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.cuda.WgmmaTile.Cut;
import crema.cuda.WgmmaTimes.Shape;
import crema.tensor.DType;
import crema.tensor.Orientation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The model of Hopper's products beside what an H100 took, {@code h100-wgmma.tsv}: the second run on it, without cuts whose
 * kernel has changed since, and the third.
 */
class WgmmaTimesTest {
  private static final List<Measured> MEASURED = measured();
  /** Cuts of which a shape must have times, so that the fastest of them may be the fastest there is. */
  private static final int MOST_CUTS = 8;

  private record Product(Shape shape, DType output) {
    double microseconds(Cut cut) {
      return WgmmaTimes.nanoseconds(List.of(shape), output, cut) / 1000;
    }
  }

  private record Measured(String run, Product product, Cut cut, double microseconds) {
    static Measured of(String line) {
      String[] cells = line.split("\t");
      long steps = Math.ceilDiv(Long.parseLong(cells[4]), WgmmaTile.K_OF_STAGE);
      var shape = new Shape(Long.parseLong(cells[2]), Long.parseLong(cells[3]), steps);
      // Gradients of weights are F32.
      DType output = Orientation.valueOf(cells[1]) == Orientation.TN ? DType.F32 : DType.BF16;
      var cut = new Cut(WgmmaTile.valueOf("COLUMNS_" + cells[5]), Integer.parseInt(cells[6]));
      return new Measured(cells[0], new Product(shape, output), cut, Double.parseDouble(cells[7]));
    }

    double error() {
      return Math.log(product.microseconds(cut) / microseconds);
    }
  }

  private static List<Measured> measured() {
    try (InputStream table =
        Objects.requireNonNull(WgmmaTimesTest.class.getResourceAsStream("h100-wgmma.tsv"), "h100-wgmma.tsv")) {
      return new String(table.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).map(Measured::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs differ by some percent, so that cuts are compared within one. */
  private static Map<Map.Entry<String, Product>, List<Measured>> byRunAndProduct() {
    return MEASURED.stream().collect(Collectors.groupingBy(row -> Map.entry(row.run, row.product)));
  }

  @Test
  void timesAreThoseOfTheDevice() {
    assertThat(MEASURED).hasSize(149);
    assertThat(MEASURED).allSatisfy(row -> assertThat(row.error()).isCloseTo(0, within(0.31)));
    double squares = MEASURED.stream().mapToDouble(row -> row.error() * row.error()).sum();
    assertThat(Math.sqrt(squares / MEASURED.size())).isLessThan(0.08);
  }

  @Test
  void ofCutsThatWereMeasuredTheChoiceIsNearTheFastest() {
    byRunAndProduct().forEach((key, rows) -> {
      Comparator<Measured> byModel = Comparator.comparingDouble(row -> key.getValue().microseconds(row.cut));
      double chosen = rows.stream().min(byModel).orElseThrow().microseconds;
      double fastest = rows.stream().mapToDouble(Measured::microseconds).min().orElseThrow();
      assertThat(chosen).as(key.toString()).isLessThanOrEqualTo(1.05 * fastest);
    });
  }

  @Test
  void whereManyCutsWereMeasuredNoOtherIsChosen() {
    var whole = byRunAndProduct().entrySet().stream().filter(entry -> entry.getValue().size() >= MOST_CUTS).toList();
    assertThat(whole).hasSizeGreaterThanOrEqualTo(5);
    assertThat(whole).allSatisfy(entry -> {
      Product product = entry.getKey().getValue();
      assertThat(entry.getValue()).extracting(Measured::cut)
          .contains(WgmmaTimes.best(List.of(product.shape), product.output));
    });
  }

  @Test
  void noPartIsWithoutSteps() {
    for (int steps = 0; steps < 8; steps++) {
      Cut cut = WgmmaTimes.best(List.of(new Shape(64, 64, steps)), DType.F32);
      assertThat(cut.parts()).isLessThanOrEqualTo(Math.max(1, steps));
    }
  }

  /** Of 1,536 columns and k = 384: two at 2,048 rows, which took 15.4 us, and one 17.5; where rows are few a launch counts more. */
  @ParameterizedTest
  @CsvSource({"512, true", "2048, false", "4096, true", "16384, true"})
  void gatedProductsAreOneKernelWhereThatIsFaster(int rows, boolean one) {
    assertThat(WgmmaTimes.bestGated(new Shape(rows, 1536, 6)) != null).isEqualTo(one);
  }

  /** What took 17.5, 25.35 and 94.24 us in one kernel, and 15.42, 28.88 and 124 in two. */
  @ParameterizedTest
  @CsvSource({"2048, COLUMNS_128, 17.50, 15.42", "4096, COLUMNS_256, 25.35, 28.88", "16384, COLUMNS_256, 94.24, 124"})
  void gatedProductsTakeWhatTheyTookOnTheDevice(int rows, WgmmaTile tile, double one, double two) {
    var each = new Shape(rows, 1536, 6);
    List<Shape> both = List.of(each, each);
    assertThat(Math.log(WgmmaTimes.nanosecondsGated(each, tile) / 1000 / one)).isCloseTo(0, within(0.1));
    double products = WgmmaTimes.nanoseconds(both, DType.BF16, WgmmaTimes.best(both, DType.BF16));
    assertThat(Math.log((products + WgmmaTimes.swiglu(each)) / 1000 / two)).isCloseTo(0, within(0.1));
  }
}
