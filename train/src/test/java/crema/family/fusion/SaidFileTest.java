package crema.family.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaidFileTest {
  private static final SaidFile.Widths WIDTHS = new SaidFile.Widths(3, 2, 4);
  private static final int ROWS = 600;

  @TempDir
  private Path folder;

  private static FusionParts.SaidOfItem item(int row) {
    return new FusionParts.SaidOfItem(row % 3 == 0 ? null : said(row, 3), row % 4 == 1 ? null : said(-row, 2));
  }

  private static FusionParts.Said said(int row, int features) {
    var vector = new float[features];
    for (int i = 0; i < features; i++) {
      vector[i] = row + i / 8f;
    }
    return new FusionParts.Said(vector, new float[] {row, 1, 2, 3});
  }

  /** Writes rows from one on, and is killed before another. */
  private static SaidFile.Content upTo(int end, List<Long> began) {
    return (written, writer) -> {
      began.add(written);
      for (int from = (int) written; from < ROWS; from += SaidFile.BATCH) {
        if (from >= end) {
          throw new IOException("killed");
        }
        var some = new ArrayList<FusionParts.SaidOfItem>();
        for (int row = from; row < Math.min(ROWS, from + SaidFile.BATCH); row++) {
          some.add(item(row));
        }
        writer.add(some);
      }
    };
  }

  private static SaidFile.Content upTo(int end) {
    return upTo(end, new ArrayList<>());
  }

  @Test
  void rowsComeBackAsTheyWereSaid() {
    try (SaidFile file = SaidFile.open(folder.resolve("said"), "a", WIDTHS, upTo(ROWS))) {
      assertThat(file.size()).isEqualTo(ROWS);
      for (int row = 0; row < ROWS; row++) {
        assertThat(file.said(row)).usingRecursiveComparison().isEqualTo(item(row));
        assertThat(file.hasText(row)).isEqualTo(row % 3 != 0);
        assertThat(file.hasPicture(row)).isEqualTo(row % 4 != 1);
      }
    }
  }

  @Test
  void aKilledFileGoesOnBehindTheRowsThatItHasWhole() throws IOException {
    Path path = folder.resolve("said");
    Path whole = folder.resolve("whole");
    SaidFile.open(whole, "a", WIDTHS, upTo(ROWS)).close();
    assertThatThrownBy(() -> SaidFile.open(path, "a", WIDTHS, upTo(300))).hasMessageContaining("killed");
    assertThat(path).doesNotExist();
    // Killed in the middle of a row.
    Path part = folder.resolve("said.part");
    byte[] begun = Files.readAllBytes(part);
    Files.write(part, Arrays.copyOf(begun, begun.length - 5));
    var began = new ArrayList<Long>();
    SaidFile.open(path, "a", WIDTHS, upTo(ROWS, began)).close();
    assertThat(began).containsExactly((long) SaidFile.BATCH);
    assertThat(Files.readAllBytes(path)).isEqualTo(Files.readAllBytes(whole));
    assertThat(part).doesNotExist();
  }

  @Test
  void aFileIsOpenedAgainWithoutAskingButOfOtherRowsOrPartsIsWrittenAnew() {
    Path path = folder.resolve("said");
    var began = new ArrayList<Long>();
    SaidFile.open(path, "a", WIDTHS, upTo(ROWS, began)).close();
    SaidFile.open(path, "a", WIDTHS, upTo(ROWS, began)).close();
    assertThat(began).containsExactly(0L);
    SaidFile.open(path, "b", WIDTHS, upTo(ROWS, began)).close();
    assertThat(began).containsExactly(0L, 0L);
    SaidFile.open(path, "b", new SaidFile.Widths(3, 2, 4), upTo(ROWS, began)).close();
    assertThat(began).hasSize(2);
  }
}
