package crema.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/** A corpus has the offers of its classes once each, no product in two splits, and is the same however it was built. */
class CorpusBuilderTest {
  private static final long BYTES = 2_500_000;
  private static final int MOST_STOPS = 24;

  @TempDir
  static Path shared;
  private static Path sample;
  private static Path corpus;
  private static CorpusSummary summary;

  @TempDir
  Path folder;

  @BeforeAll
  static void build() throws IOException {
    sample = shared.resolve("lspc.zip");
    new SampleArchive(BYTES, 1).write(sample, 2, (_, _) -> {});
    corpus = shared.resolve("corpus");
    summary = CorpusBuilder.build(full(sample), corpus, false, BuildListener.NONE).orElseThrow();
  }

  private static CorpusOptions full(Path zip) {
    return CorpusOptions.of(zip).withSplits(0.05, 0.1, 1, "all");
  }

  private Path built(CorpusOptions options) throws IOException {
    Path target = folder.resolve("corpus");
    CorpusBuilder.build(options, target, true, BuildListener.NONE);
    return target;
  }

  @Test
  void noClusterIsInTwoSplits() throws IOException {
    var splits = new HashMap<Long, Set<String>>();
    for (String split : List.of("train", "validation", "test")) {
      TestArchives.rows(corpus, split).forEach(row -> splits.computeIfAbsent(row.path("cluster").longValue(),
          _ -> new HashSet<>()).add(split));
    }
    assertThat(splits).hasSizeGreaterThan(500).allSatisfy((_, where) -> assertThat(where).hasSize(1));
  }

  @Test
  void eachClassHasTheSameSharesOfRows() throws IOException {
    Map<String, Long> all = labels("all");
    assertThat(all.keySet()).containsExactlyElementsOf(LspcClasses.SIX);
    labels("test").forEach((label, count) -> assertThat(count / (double) all.get(label)).isBetween(0.08, 0.12));
    labels("validation").forEach((label, count) -> assertThat(count / (double) all.get(label)).isBetween(0.035, 0.065));
    assertThat(labels("test")).hasSize(6);
    assertThat(labels("validation")).hasSize(6);
  }

  private static Map<String, Long> labels(String split) throws IOException {
    return TestArchives.rows(corpus, split).stream().collect(
        Collectors.groupingBy(row -> row.path("label").stringValue(), TreeMap::new, Collectors.counting()));
  }

  @Test
  void theFurtherSplitHasAllRows() throws IOException {
    var parts = new ArrayList<String>();
    for (String split : List.of("train", "validation", "test")) {
      parts.addAll(TestArchives.lines(corpus, split));
    }
    assertThat(parts).doesNotHaveDuplicates().hasSizeGreaterThan(2000);
    assertThat(TestArchives.lines(corpus, "all")).containsExactlyInAnyOrderElementsOf(parts);
  }

  /** What Jackson and a hash set make of the same archive. */
  @Test
  void theRowsAreThoseOfAReadingWithoutBounds() throws IOException {
    var classes = new HashMap<Long, String>();
    var contradicted = new HashSet<Long>();
    var offers = new ArrayList<JsonNode>();
    int[] rejected = {0};
    try (var zip = new ZipFile(sample.toFile())) {
      for (String line : text(zip, SampleArchive.MAP).lines().toList()) {
        String[] entry = line.split("\t");
        String former = classes.put(Long.parseLong(entry[0]), entry[1]);
        if (former != null && !former.equals(entry[1])) {
          contradicted.add(Long.parseLong(entry[0]));
        }
      }
      for (var entry : zip.stream().filter(member -> member.getName().endsWith(".json.gz")).toList()) {
        try (var in = new GZIPInputStream(zip.getInputStream(entry))) {
          for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
            if (isObject(line)) {
              offers.add(Json.parse(line));
            } else {
              rejected[0]++;
            }
          }
        }
      }
    }
    var kept = new TreeMap<String, String>();
    var clusters = new HashMap<String, Long>();
    for (JsonNode offer : offers) {
      long cluster = offer.path("cluster_id").asLong(-1);
      String label = classes.getOrDefault(cluster, "");
      String title = offer.path("title").asString();
      String description = offer.path("description").asString();
      String text = title.strip() + "\0" + description.strip().replace('\n', ' ');
      if (LspcClasses.SIX.contains(label) && !contradicted.contains(cluster) && text.length() > 1
          && cluster < clusters.getOrDefault(text, Long.MAX_VALUE)) {
        clusters.put(text, cluster);
        kept.put(text, title + "\0" + description + "\0" + label + "\0" + cluster);
      }
    }
    assertThat(TestArchives.rows(corpus, "all").stream().map(row -> row.path("title").stringValue() + "\0"
        + row.path("description").stringValue() + "\0" + row.path("label").stringValue() + "\0"
        + row.path("cluster").longValue())).containsExactlyInAnyOrderElementsOf(kept.values());
    assertThat(summary.lines()).isEqualTo(offers.size() + rejected[0]);
    assertThat(summary.rows("all")).isEqualTo(kept.size()).isEqualTo(summary.offers() - summary.duplicates());
    // A field that is twice in an offer of another class, or too deep a value, is not looked at.
    assertThat(rejected[0]).isPositive();
  }

  private static String text(ZipFile zip, String name) throws IOException {
    return new String(zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static boolean isObject(String line) {
    try (var parser = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()
        .createParser(line)) {
      while (parser.nextToken() != null) {
        // All of it is looked at.
      }
      return true;
    } catch (JacksonException | JsonException e) {
      return false;
    }
  }

  @Test
  void everyReasonToRejectALineIsCounted() {
    assertThat(summary.rejected().get(RowFaultKind.BAD_JSON)).isPositive();
    assertThat(summary.rejected().get(RowFaultKind.TOO_DEEP)).isPositive();
    assertThat(summary.rejected().get(RowFaultKind.DUPLICATE_KEY)).isPositive();
    assertThat(summary.rejected().get(RowFaultKind.NO_CLUSTER)).isPositive();
    assertThat(summary.rejected().get(RowFaultKind.NO_TEXT)).isPositive();
    assertThat(summary.lines()).isEqualTo(summary.offers() + summary.others()
        + summary.rejected().values().stream().mapToLong(Long::longValue).sum());
  }

  /** Throws at a moment of its work, as if it were killed there: nothing that is not on the disk is left. */
  private static final class Stop implements BuildListener {
    private int left;

    Stop(int after) {
      left = after;
    }

    private void count() {
      if (left-- == 0) {
        throw new IllegalStateException("stopped");
      }
    }

    @Override
    public void read(long done, long all) {
      count();
    }

    @Override
    public void written(long done, long all) {
      count();
    }
  }

  @Test
  void aBuildThatWasStoppedAnywhereGoesOnToTheSameFiles() throws IOException {
    Map<String, byte[]> expected = TestArchives.files(corpus);
    for (int after = 0; after < MOST_STOPS; after += 4) {
      Path target = folder.resolve("stopped-" + after);
      for (int again = 0; again < 3; again++) {
        try {
          CorpusBuilder.build(full(sample).withBounds(200_000, 1 << 20), target, false, new Stop(after + again));
          break;
        } catch (IllegalStateException e) {
          assertThat(e).hasMessage("stopped");
          assertThat(TestArchives.files(target)).isEmpty();
        }
      }
      CorpusBuilder.build(full(sample), target, false, BuildListener.NONE);
      assertSame(target, expected);
      assertThat(target.resolve("unfinished")).doesNotExist();
    }
  }

  @Test
  void whatAKillLeavesHalfWrittenIsDropped() throws IOException {
    Path target = folder.resolve("corpus");
    assertThatThrownBy(() -> CorpusBuilder.build(full(sample).withBounds(200_000, 1 << 20), target, false, new Stop(2)))
        .hasMessage("stopped");
    Path rows = target.resolve("unfinished/rows");
    byte[] whole = Files.readAllBytes(rows);
    Files.write(rows, Arrays.copyOf(whole, whole.length + 4321));
    Path journal = target.resolve("unfinished/journal");
    byte[] kept = Files.readAllBytes(journal);
    Files.write(journal, Arrays.copyOf(kept, kept.length + 17));
    var notes = new ArrayList<String>();
    CorpusBuilder.build(full(sample), target, false, new BuildListener() {
      @Override
      public void note(String line) {
        notes.add(line);
      }
    });
    assertThat(notes).anyMatch(line -> line.startsWith("Goes on after "));
    assertSame(target, TestArchives.files(corpus));
  }

  private static void assertSame(Path target, Map<String, byte[]> expected) throws IOException {
    Map<String, byte[]> files = TestArchives.files(target);
    assertThat(files.keySet()).isEqualTo(expected.keySet());
    files.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
  }

  @Test
  void rowsThatDoNotFitInMemoryAreTheSameRows() throws IOException {
    assertSame(built(full(sample).withBounds(1 << 20, 8_000)), TestArchives.files(corpus));
  }

  @Test
  void theOrderOfMembersAndLinesChangesNothing() throws IOException {
    var members = new LinkedHashMap<String, byte[]>();
    var lines = new ArrayList<String>();
    try (var zip = new ZipFile(sample.toFile())) {
      members.put("map.tsv", text(zip, SampleArchive.MAP).getBytes(StandardCharsets.UTF_8));
      for (var entry : zip.stream().filter(member -> member.getName().endsWith(".json.gz")).toList()) {
        byte[] plain =
            new GZIPInputStream(new ByteArrayInputStream(zip.getInputStream(entry).readAllBytes())).readAllBytes();
        lines.addAll(new String(plain, StandardCharsets.UTF_8).lines().toList());
      }
    }
    Collections.shuffle(lines, new Random(5));
    for (int member = 0; member < 3; member++) {
      int from = member * lines.size() / 3;
      members.put("z" + (9 - member) + ".json.gz",
          TestArchives.gzip(lines.subList(from, (member + 1) * lines.size() / 3).toArray(String[]::new)));
    }
    assertSame(built(full(TestArchives.zip(folder.resolve("shuffled.zip"), members))), TestArchives.files(corpus));
  }

  @Test
  void anotherSeedDealsOtherClustersAndKeepsTheRows() throws IOException {
    Path other = built(CorpusOptions.of(sample).withSplits(0.05, 0.1, 2, null));
    assertThat(TestArchives.lines(other, "test")).isNotEqualTo(TestArchives.lines(corpus, "test"));
    assertThat(TestArchives.allRows(other)).hasSize(TestArchives.lines(corpus, "all").size());
  }

  @Test
  void aCorpusThatIsThereIsNotBuiltAgainAndAnotherIsNotReplacedUnasked() throws IOException {
    byte[] before = Files.readAllBytes(corpus.resolve("train.jsonl.zst"));
    assertThat(CorpusBuilder.build(full(sample), corpus, false, BuildListener.NONE)).isEmpty();
    CorpusOptions other = CorpusOptions.of(sample).withSplits(0.1, 0.2, 1, null);
    assertThatThrownBy(() -> CorpusBuilder.build(other, corpus, false, BuildListener.NONE))
        .isInstanceOf(UserError.class).hasMessageContaining("holds another corpus");
    assertThat(Files.readAllBytes(corpus.resolve("train.jsonl.zst"))).isEqualTo(before);
    Path occupied = Files.createDirectories(folder.resolve("occupied"));
    Files.writeString(occupied.resolve("thesis.txt"), "mine");
    assertThatThrownBy(() -> CorpusBuilder.build(full(sample), occupied, true, BuildListener.NONE))
        .isInstanceOf(UserError.class).hasMessageContaining("is no corpus");
    assertThat(occupied.resolve("thesis.txt")).hasContent("mine");
  }

  @Test
  void offersOfAShopThatWritesOtherwiseAreRead() throws IOException {
    Path zip = TestArchives.zip(folder.resolve("small.zip"), TestArchives.members(
        "offers/a.json.gz", TestArchives.gzip(
            "{\"cluster_id\":\"7\",\"title\":null,\"name\":\"A \\\"fine\\\" book\",\"description\":\"caf\\u00e9 \\ud83d\\ude00\\/x\"}",
            "{\"description\":\"\",\"title\":\"Sandals\\n size 42\",\"cluster_id\":8.0}",
            "{\"title\":\"Sandals size  42 \",\"cluster_id\":8,\"x\":{\"title\":[1,{\"cluster_id\":9}]}}\r",
            "",
            "{\"\\u0074itle\":\"Boots\",\"cluster_id\":8,\"n\":NaN,\"t\":true}",
            "{\"title\":2001,\"cluster_id\":7}",
            "{\"title\":[\"a\"],\"cluster_id\":7}", "[1]", "{\"title\":\"x\",\"cluster_id\":7} y", "{\"cluster_id\":7"),
        "map.tsv", TestArchives.table("cluster\tcategory", "7\tBooks", "8\t Shoes ", "9\tElectronics", "x\ty")));
    Path target = folder.resolve("corpus");
    CorpusSummary small = CorpusBuilder.build(CorpusOptions.of(zip).withSplits(0, 0, 1, null), target, false,
        BuildListener.NONE).orElseThrow();
    assertThat(TestArchives.lines(target, "train")).containsExactlyInAnyOrder(
        "{\"title\":\"A \\\"fine\\\" book\",\"description\":\"café 😀/x\",\"label\":\"Books\",\"cluster\":7}",
        "{\"title\":\"Sandals size  42 \",\"description\":\"\",\"label\":\"Shoes\",\"cluster\":8}",
        "{\"title\":\"Boots\",\"description\":\"\",\"label\":\"Shoes\",\"cluster\":8}",
        "{\"title\":\"2001\",\"description\":\"\",\"label\":\"Books\",\"cluster\":7}");
    assertThat(small.rejected().get(RowFaultKind.NOT_A_TEXT)).isEqualTo(1);
    assertThat(small.rejected().get(RowFaultKind.BAD_JSON)).isEqualTo(3);
    assertThat(small.otherClasses()).containsExactly(Map.entry("Electronics", 1L));
    assertThat(small.tableFaults()).isEqualTo(1);
    assertThat(target.resolve("test.jsonl.zst")).doesNotExist();
  }

  @Test
  void aTextOfTwoProductsIsThatOfTheSmallerNumberAndClustersOfTwoClassesAreLeftOut() throws IOException {
    Path zip = TestArchives.zip(folder.resolve("small.zip"), TestArchives.members(
        "b.json.gz",
        TestArchives.gzip("{\"cluster_id\":5,\"title\":\"same\"}", "{\"cluster_id\":3,\"title\":\"same\"}"),
        "a.json.gz",
        TestArchives.gzip("{\"cluster_id\":4,\"title\":\"same\"}", "{\"cluster_id\":1,\"title\":\"other\"}"),
        "map.tsv", TestArchives.table("5\tBooks", "3\tShoes", "4\tBooks", "1\tBooks", "1\tBaby")));
    Path target = folder.resolve("corpus");
    CorpusSummary small = CorpusBuilder.build(CorpusOptions.of(zip), target, false, BuildListener.NONE).orElseThrow();
    assertThat(TestArchives.allRows(target)).singleElement()
        .satisfies(row -> assertThat(row.path("cluster").longValue()).isEqualTo(3));
    assertThat(small.duplicates()).isEqualTo(2);
    assertThat(small.contradictions()).isEqualTo(1);
    assertThat(small.contradicted()).isEqualTo(1);
  }

  @Test
  void theTableIsFoundBesideTheArchiveAndMayBeJsonLines() throws IOException {
    Path zip = TestArchives.zip(folder.resolve("small.zip"),
        TestArchives.members("a.json.gz", TestArchives.gzip("{\"cluster_id\":5,\"title\":\"a book\"}")));
    assertThatThrownBy(() -> built(CorpusOptions.of(zip))).isInstanceOf(UserError.class).hasMessageContaining("--map");
    Files.write(folder.resolve(SampleArchive.MAP + ".gz"), TestArchives.gzip("5\tBooks"));
    assertThat(TestArchives.allRows(built(CorpusOptions.of(zip)))).hasSize(1);
    Path published = folder.resolve("voted.json.gz");
    Files.write(published, TestArchives.gzip(
        "{\"id\":1,\"cluster_id\":5,\"predicted_CategoryLabel_majority_voted\":\"Baby\"}"));
    assertThat(TestArchives.allRows(built(CorpusOptions.of(zip).withMap(published)))).singleElement()
        .satisfies(row -> assertThat(row.path("label").stringValue()).isEqualTo("Baby"));
  }

  @Test
  void aTableOfOtherClassesIsRefusedWithTheirNames() throws IOException {
    Path zip = TestArchives.zip(folder.resolve("small.zip"), TestArchives.members("a.json.gz",
        TestArchives.gzip("{\"cluster_id\":5,\"title\":\"a\"}"), "map.tsv",
        TestArchives.table("5\tGarden", "6\tOffice")));
    assertThatThrownBy(() -> built(CorpusOptions.of(zip))).isInstanceOf(UserError.class)
        .hasMessageContaining("but of Garden, Office: name some with --classes");
    assertThat(TestArchives.allRows(built(CorpusOptions.of(zip).withClasses(List.of("Garden"))))).hasSize(1);
  }

  @Test
  void rowsHaveALanguageWhereThatIsAskedFor() throws IOException {
    Path zip = TestArchives.zip(folder.resolve("small.zip"), TestArchives.members("a.json.gz", TestArchives.gzip(
        "{\"cluster_id\":5,\"title\":\"Das ist ein schönes Buch über die Geschichte der Stadt\"}",
        "{\"cluster_id\":5,\"title\":\"This is a book about the history of the town\"}",
        "{\"cluster_id\":5,\"title\":\"X1\",\"language\":\"it\"}"), "map.tsv", TestArchives.table("5\tBooks")));
    Path target = folder.resolve("corpus");
    CorpusSummary small = CorpusBuilder.build(CorpusOptions.of(zip).withLanguages(), target, false, BuildListener.NONE)
        .orElseThrow();
    assertThat(TestArchives.rows(target, "train").stream().map(row -> row.path("language").stringValue()))
        .containsExactlyInAnyOrder("de", "en", "it");
    assertThat(small.languages().get("train")).isEqualTo(Map.of("de", 1L, "en", 1L, "it", 1L));
  }

  @Test
  void anArchiveWithAMemberOutsideOfItsFolderIsRefused() throws IOException {
    for (String name : List.of("../evil.json.gz", "/etc/evil.json.gz", "a\\..\\..\\evil.json.gz", "C:\\evil.json.gz")) {
      Path zip = TestArchives.zip(folder.resolve("evil.zip"), TestArchives.members(name,
          TestArchives.gzip("{\"cluster_id\":5,\"title\":\"a\"}"), "map.tsv", TestArchives.table("5\tBooks")));
      assertThatThrownBy(() -> built(CorpusOptions.of(zip))).isInstanceOf(UserError.class)
          .hasMessageContaining("leads out of the archive");
    }
    assertThat(folder.resolve("corpus")).doesNotExist();
  }

  @Test
  void aBombIsRefusedBeforeItIsInflated() throws IOException {
    // Nothing but zeros in gzip in deflate: a few hundred bytes for 100 MB.
    byte[] zeros = TestArchives.gzip(new byte[100 << 20]);
    Path zip = TestArchives.zip(folder.resolve("bomb.zip"), TestArchives.members("a.json.gz", zeros, "map.tsv",
        TestArchives.table("5\tBooks")));
    assertThat(Files.size(zip)).isLessThan(10_000);
    assertThatThrownBy(() -> built(CorpusOptions.of(zip))).isInstanceOf(UserError.class).hasMessageContaining("bomb");
    assertThat(folder.resolve("corpus")).doesNotExist();
  }

  @Test
  void aMemberThatIsCutOffIsToldAndCanBeSkipped() throws IOException {
    String[] lines = Stream.iterate(0, i -> i + 1).limit(60_000)
        .map(i -> "{\"cluster_id\":5,\"title\":\"book number %d of many, %x\"}".formatted(i, i * 2654435761L))
        .toArray(String[]::new);
    byte[] whole = TestArchives.gzip(lines);
    Path zip = TestArchives.zip(folder.resolve("cut.zip"), TestArchives.members("a.json.gz",
        Arrays.copyOf(whole, whole.length / 2), "b.json.gz",
        TestArchives.gzip("{\"cluster_id\":5,\"title\":\"the last\"}"),
        "map.tsv", TestArchives.table("5\tBooks")));
    assertThatThrownBy(() -> built(CorpusOptions.of(zip))).isInstanceOf(UserError.class)
        .hasMessageContaining("a.json.gz is damaged after line").hasMessageContaining("--skip-damaged");
    assertThat(folder.resolve("corpus")).doesNotExist();
    Path target = folder.resolve("other");
    CorpusSummary rest = CorpusBuilder.build(CorpusOptions.of(zip).skippingDamaged(), target, false, BuildListener.NONE)
        .orElseThrow();
    assertThat(rest.damaged()).containsExactly("a.json.gz");
    assertThat(TestArchives.allRows(target)).hasSizeBetween(5_000, 40_000)
        .anySatisfy(row -> assertThat(row.path("title").stringValue()).isEqualTo("the last"));
  }

  @Test
  void anArchiveThatIsCutOffOrNoneIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(sample);
    Path cut = folder.resolve("cut.zip");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> built(CorpusOptions.of(cut))).isInstanceOf(UserError.class)
        .hasMessageContaining("truncated or damaged");
    assertThatThrownBy(() -> built(CorpusOptions.of(folder.resolve("none.zip")))).isInstanceOf(UserError.class)
        .hasMessageContaining("does not exist");
  }
}
