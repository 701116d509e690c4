package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenDatasetTest {
  private static final LabelSet LABELS = LabelSet.of(List.of("x", "y", "z"), new long[3]);

  @TempDir
  private Path folder;
  private final AtomicInteger encoded = new AtomicInteger();

  @Test
  void theCacheHoldsWhatMemoryHolds() {
    var rows = new ArrayList<Row>();
    var random = new Random(1);
    for (int i = 0; i < 5000; i++) {
      rows.add(Row.of("t".repeat(1 + random.nextInt(300)) + i, Arrays.copyOf(new String[] {"y", "x", "z"}, i % 4))
          .withMeta(new RowMeta(i % 3 == 0 ? null : "группа".repeat(i % 5), i % 2 == 0 ? null : "ru", "f" + i % 7, i)
              .withWeight(1 + i % 5).withPicture(i % 4 == 0 ? null : "фото/".repeat(i % 3) + i)));
    }
    var recipe = recipe(rows, "1", 200);
    try (var memory = TokenDataset.inMemory(recipe, ProblemListener.STRICT);
        var cache = TokenDataset.cached(folder.resolve("new/train.tokens"), recipe, ProblemListener.STRICT)) {
      assertThat(cache).isInstanceOf(TokenCache.class);
      assertThat(dump(cache)).isEqualTo(dump(memory));
      assertThat(cache.size()).isEqualTo(5000);
      assertThat(cache.longest()).isEqualTo(memory.longest()).isEqualTo(200);
      assertThat(cache.tokens()).isEqualTo(memory.tokens());
      assertThat(cache.label(3, 2)).isEqualTo(2);
      assertThat(cache.label(0)).isEqualTo(-1);
      assertThat(cache.meta(4)).isEqualTo(rows.get(4).meta());
      var batch = new Batches(cache, Sampler.shuffled(5000, 1), 1000, 100).epoch(0).next();
      for (int sequence = 0; sequence < batch.sequences(); sequence++) {
        assertThat(batch.meta(sequence)).isEqualTo(rows.get(batch.examples()[sequence]).meta());
      }
    }
    assertThat(folder.resolve("new")).isDirectoryNotContaining(path -> path.toString().endsWith(".tmp"));
  }

  @Test
  void aSecondUseDoesNotEncodeAgain() {
    assertThat(open(recipe(rows("a", "bc"), "1", 10))).containsExactly("[97] [0]", "[98, 99] [0]");
    int before = encoded.get();
    open(recipe(rows("a", "bc"), "1", 10));
    assertThat(encoded.get()).isEqualTo(before);
  }

  @Test
  void otherRowsTokenizerLengthOrLabelsMakeTheCacheStale() {
    open(recipe(rows("a", "bc"), "1", 10));
    assertThat(open(recipe(rows("a", "bd"), "1", 10))).containsExactly("[97] [0]", "[98, 100] [0]");
    assertThat(open(recipe(rows("a", "bd"), "1", 1))).containsExactly("[97] [0]", "[98] [0]");
    int before = encoded.get();
    open(recipe(rows("a", "bd"), "2", 1));
    assertThat(encoded.get()).isEqualTo(before + 2);
    var relabelled = new TokenRecipe(RowSource.of(rows("a", "bd")), LabelSet.of(List.of("w", "x"), new long[2]),
        this::encode, "2", 1);
    assertThat(open(relabelled)).containsExactly("[97] [1]", "[98] [1]");
  }

  @Test
  void aDamagedCacheIsMadeAnewWhateverByteIsWrong() throws IOException {
    var file = folder.resolve("train.tokens");
    var recipe = recipe(rows("a", "bc"), "1", 10);
    var expected = open(recipe);
    var sound = Files.readAllBytes(file);
    for (int at = 0; at < sound.length; at++) {
      var damaged = sound.clone();
      damaged[at] ^= 0x40;
      Files.write(file, damaged);
      assertThat(open(recipe)).isEqualTo(expected);
      assertThat(Files.readAllBytes(file)).isEqualTo(sound);
      Files.write(file, Arrays.copyOf(sound, at));
      assertThat(open(recipe)).isEqualTo(expected);
    }
  }

  @Test
  void aGroupMayBeLongerThanAnyBuffer() {
    var meta = new RowMeta("g".repeat(1 << 20), "", "file", 1L << 40);
    try (var data = TokenDataset.cached(folder.resolve("train.tokens"),
        recipe(List.of(Row.of("a", "x").withMeta(meta), Row.of("b", "y")), "1", 10), ProblemListener.STRICT)) {
      assertThat(data.meta(0)).isEqualTo(meta);
      assertThat(data.meta(1)).isEqualTo(RowMeta.MEMORY);
    }
  }

  @Test
  void anEmptySourceMakesAnEmptyDataset() {
    assertThat(open(recipe(List.of(), "1", 10))).isEmpty();
  }

  @Test
  void aListenerThatStopsLeavesNoFiles() {
    var recipe = recipe(List.of(Row.of("a", "x"), Row.of("b", "unknown")), "1", 10);
    assertThatThrownBy(() -> TokenDataset.cached(folder.resolve("train.tokens"), recipe, ProblemListener.STRICT))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("unknown label: 'unknown' is not among the 3 labels of the training rows");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFolderThatCannotBeMadeIsOneClearLine() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> TokenDataset.cached(
        folder.resolve("file/train.tokens"), recipe(rows("a"), "1", 10), ProblemListener.STRICT))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the token cache").hasMessageContaining("cannot be written or read");
  }

  @Test
  void unknownLabelsAreReportedAndRowsLeftWithoutOneSkipped() {
    var log = new ProblemLog();
    var rows = List.of(Row.of("a", "x"), Row.of("b", "xx"), Row.of("c", "new", "z"), Row.of("d"));
    try (var data = TokenDataset.inMemory(recipe(rows, "1", 10), log)) {
      assertThat(dump(data)).containsExactly("[97] [0]", "[99] [2]", "[100] []");
    }
    assertThat(log.counts()).containsOnly(Map.entry(RowFault.UNKNOWN_LABEL, 1L), Map.entry(RowFault.DROPPED_LABEL, 1L));
    assertThat(log.examples(RowFault.UNKNOWN_LABEL).getFirst().detail())
        .isEqualTo("'xx' is not among the 3 labels of the training rows; the nearest is 'x'");
  }

  @Test
  void aTextWithoutTokensIsSkipped() {
    var log = new ProblemLog();
    TokenEncoder encoder = text -> new int[text.equals("a") ? 0 : 1];
    var recipe = new TokenRecipe(RowSource.of(rows("a", "b")), LABELS, encoder, "", 9);
    try (var data = TokenDataset.inMemory(recipe, log)) {
      assertThat(data.size()).isEqualTo(1);
    }
    assertThat(log.counts()).containsEntry(RowFault.NO_TOKENS, 1L);
  }

  private int[] encode(String text) {
    encoded.incrementAndGet();
    return text.chars().toArray();
  }

  private TokenRecipe recipe(List<Row> rows, String tokenizer, int maxLength) {
    return new TokenRecipe(RowSource.of(rows), LABELS, this::encode, tokenizer, maxLength);
  }

  private List<String> open(TokenRecipe recipe) {
    try (var data = TokenDataset.cached(folder.resolve("train.tokens"), recipe, ProblemListener.STRICT)) {
      return dump(data);
    }
  }

  private static List<Row> rows(String... texts) {
    return Arrays.stream(texts).map(text -> Row.of(text, "x")).toList();
  }

  private static List<String> dump(TokenDataset data) {
    var examples = new ArrayList<String>();
    for (int example = 0; example < data.size(); example++) {
      var ids = new int[data.length(example) + 1];
      assertThat(data.copyIds(example, ids, 1)).isEqualTo(ids.length - 1);
      var labels = new int[data.labelCount(example)];
      for (int n = 0; n < labels.length; n++) {
        labels[n] = data.label(example, n);
      }
      examples.add(Arrays.toString(Arrays.copyOfRange(ids, 1, ids.length)) + " " + Arrays.toString(labels)
          + (data.meta(example).equals(RowMeta.MEMORY) ? "" : " " + data.meta(example)));
    }
    return examples;
  }
}
