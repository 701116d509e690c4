package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.data.Columns;
import crema.data.FileRows;
import crema.data.LabelSet;
import crema.data.ProblemListener;
import crema.data.TokenDataset;
import crema.data.TokenRecipe;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same rows make the same examples, whatever format they are in. */
class SameRowsTest {
  private static final Columns COLUMNS = Columns.text("title", "price", "count", "new", "added", "seen")
      .withLabel("category").withGroup("group");
  /** Where the header of a token cache has the numbers of examples and of ints, and where the ints begin. */
  private static final int EXAMPLES = 48;
  private static final int INTS = 64;
  private static final int HEADER = 96;
  private static final int INDEX_BYTES = 20;

  @TempDir
  private Path folder;

  @Test
  void csvJsonParquetAndExcelMakeTheSameTokenCacheToTheBit() throws IOException, URISyntaxException {
    byte[] first = null;
    List<String> groups = null;
    for (String format : List.of("csv", "jsonl", "parquet", "xlsx")) {
      Path file = Path.of(Objects.requireNonNull(SameRowsTest.class.getResource("same-rows/rows." + format)).toURI());
      Path cache = folder.resolve(format + ".tokens");
      var recipe = new TokenRecipe(FileRows.of(file, COLUMNS), LabelSet.of(List.of("home", "kitchen", "phones"),
          new long[] {1, 1, 1}), text -> text.chars().toArray(), "characters", 1000);
      var read = new ArrayList<String>();
      try (TokenDataset examples = TokenDataset.cached(cache, recipe, ProblemListener.STRICT)) {
        assertThat(examples.size()).as(format).isEqualTo(200);
        for (int i = 0; i < examples.size(); i++) {
          read.add(String.valueOf(examples.meta(i).group()));
        }
      }
      // Beside tokens, labels and their places, a cache has only where rows come from.
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(cache)).order(ByteOrder.LITTLE_ENDIAN);
      int end = (int) (HEADER + bytes.getLong(INTS) * Integer.BYTES + bytes.getLong(EXAMPLES) * INDEX_BYTES);
      byte[] part = Arrays.copyOfRange(bytes.array(), HEADER, end);
      first = first == null ? part : first;
      groups = groups == null ? read : groups;
      assertThat(part).as(format).isEqualTo(first);
      assertThat(read).as(format).isEqualTo(groups);
    }
  }
}
