package crema.corpus.marketplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.Sha256;
import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.ObjectNode;
import crema.data.ProblemListener;
import crema.data.ProductTitles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarketplaceSampleTest {
  private static final int RECORDS = 1500;

  @TempDir
  private Path folder;

  @Test
  void atMostAFifthOfTheCategoriesAreToldByPictureAloneAndAtMostAFifthByTextAlone() throws IOException {
    write("a", RECORDS, 1);
    List<String> lines = Files.readAllLines(folder.resolve("a/categories.tsv"));
    long all = lines.size() - 1;
    for (String alone : List.of("\tpicture", "\ttext")) {
      assertThat(lines.stream().filter(line -> line.endsWith(alone)).count()).isPositive()
          .isLessThanOrEqualTo(all / 5);
    }
  }

  @Test
  void theShareOfIncompleteRecordsAndOfMisleadingTextsIsWhatIsDocumented() throws IOException {
    List<ObjectNode> records = write("a", RECORDS, 1);
    Map<String, Set<String>> titles = titlesByLabel();
    long withoutText = records.stream().filter(record -> !has(record, "text_fields")).count();
    long withoutPicture = records.stream().filter(record -> !has(record, "picture")).count();
    long own = records.stream().filter(record -> has(record, "text_fields")
        && titles.get(record.path("category").stringValue()).contains(title(record))).count();

    assertThat(records).hasSize(RECORDS);
    assertThat(withoutText + withoutPicture).isBetween((long) (0.11 * RECORDS), (long) (0.19 * RECORDS));
    assertThat(records).allMatch(record -> has(record, "text_fields") || has(record, "picture"));
    // Besides the texts that are not noise, a few of another category are in this one, too: those that share titles.
    assertThat(own / (double) (RECORDS - withoutText)).isBetween(0.66, 0.76);
  }

  @Test
  void everyPictureThatARecordNamesIsOneOfTheSizeThatWasAskedFor() throws IOException {
    int pictures = 0;
    for (ObjectNode record : write("a", 300, 1)) {
      if (has(record, "picture")) {
        String name = record.path("picture").stringValue();
        BufferedImage picture = ImageIO.read(folder.resolve("a").resolve(name).toFile());
        assertThat(picture.getWidth()).as(name).isEqualTo(32).isEqualTo(picture.getHeight());
        pictures++;
      }
    }
    assertThat(pictures).isGreaterThan(200);
  }

  @Test
  void theSameOptionsGiveTheSameFilesAndAnotherSeedOthers() throws IOException {
    write("a", 250, 1);
    write("b", 250, 1);
    write("c", 250, 2);
    assertThat(digests("b")).isEqualTo(digests("a"));
    assertThat(digests("c").get("train.jsonl")).isNotEqualTo(digests("a").get("train.jsonl"));
  }

  @Test
  void noProductOfTheTrainingFileIsInTheTest() throws IOException {
    write("a", RECORDS, 1);
    var products = new HashMap<String, Set<String>>();
    ProductTitles.rows().forEach(ProblemListener.STRICT, row -> products
        .computeIfAbsent(row.text(), _ -> new HashSet<>()).add(Objects.requireNonNull(row.meta().group())));
    Set<String> trained = products(records("a", "train.jsonl"), products);
    Set<String> tested = products(records("a", "test.jsonl"), products);
    assertThat(trained).isNotEmpty();
    assertThat(tested).isNotEmpty().doesNotContainAnyElementsOf(trained);
  }

  @ParameterizedTest
  @CsvSource({"10, 48, records must be from 200", "1000, 4, the size of pictures must be from 24"})
  void optionsOutOfTheirRangeAreTold(int records, int size, String message) {
    assertThatThrownBy(() -> new MarketplaceSample(records, 1, size)).isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  private List<ObjectNode> write(String name, int records, long seed) throws IOException {
    Path target = Files.createDirectory(folder.resolve(name));
    new MarketplaceSample(records, seed, 32).write(target, _ -> {});
    return records(name, "train.jsonl", "validation.jsonl", "test.jsonl");
  }

  private List<ObjectNode> records(String name, String... files) throws IOException {
    var records = new ArrayList<ObjectNode>();
    for (String file : files) {
      for (String line : Files.readAllLines(folder.resolve(name).resolve(file))) {
        records.add((ObjectNode) Json.parse(line));
      }
    }
    return records;
  }

  private Map<String, String> digests(String name) throws IOException {
    var digests = new TreeMap<String, String>();
    try (Stream<Path> files = Files.walk(folder.resolve(name))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        digests.put(folder.resolve(name).relativize(file).toString(), Sha256.ofFile(file));
      }
    }
    return digests;
  }

  private static Map<String, Set<String>> titlesByLabel() {
    var titles = new HashMap<String, Set<String>>();
    MarketplaceSample.forEachTitle(
        (category, row) -> titles.computeIfAbsent(category.label(), _ -> new HashSet<>()).add(row.text()));
    return titles;
  }

  /** The products of which a title that is of one product alone is in the records. */
  private static Set<String> products(List<ObjectNode> records, Map<String, Set<String>> products) {
    var found = new HashSet<String>();
    for (ObjectNode record : records) {
      Set<String> candidates = !has(record, "text_fields") ? Set.of() : products.getOrDefault(title(record), Set.of());
      if (candidates.size() == 1) {
        found.addAll(candidates);
      }
    }
    return found;
  }

  private static boolean has(ObjectNode record, String field) {
    return !record.path(field).isNull();
  }

  private static String title(ObjectNode record) {
    return Json.parse(record.path("text_fields").stringValue()).path("title").stringValue();
  }
}
