package crema.corpus.marketplace;

import crema.base.CounterRandom;
import crema.base.UserError;
import crema.base.json.ArrayNode;
import crema.base.json.Json;
import crema.base.json.ObjectNode;
import crema.data.ProblemListener;
import crema.data.ProductTitles;
import crema.data.Row;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Made-up products of a marketplace, as a marketplace exports them: JSON lines whose texts are a JSON object in a string,
 * with HTML, attributes, a sale flag and a shop, beside pictures. The titles are those of {@link ProductTitles}; the
 * pictures are drawn.
 *
 * <p>Of the 20 categories, 4 can be told only by picture, since they share their titles with another, and 4 only by
 * text, since they look the same. The texts of 30% of the records and, independently, the pictures of 30% are noise: one
 * half says nothing, the other half is of another category. 15% of the records lack one of the two. Records of one
 * product stand in one file: train, validation and test are split by product.
 *
 * <p>The same options give the same files.
 *
 * @param records of all three files together
 * @param seed of everything random
 * @param pictureSize pixels of a side of a picture
 */
public record MarketplaceSample(int records, long seed, int pictureSize) {
  /** The share of records whose text, and of those whose picture, tells nothing or something false. */
  static final double NOISE = 0.3;
  /** The share of records that have no picture or no text; half of them each. */
  static final double INCOMPLETE = 0.15;

  /** Fewer records than this would leave categories out. */
  public static final int LEAST_RECORDS = 200;
  /** More than this are not needed to try something, and would be a million files. */
  public static final int MOST_RECORDS = 1_000_000;
  /** On fewer pixels nothing can be told apart. */
  public static final int LEAST_SIZE = 24;
  /** Pictures of more pixels hold nothing more. */
  public static final int MOST_SIZE = 1024;

  private static final int PICTURES_A_FOLDER = 1000;
  private static final int PNG_EVERY = 4;
  /** Of ten products, seven are for training, one for validation and two for the test. */
  private static final int TRAIN_TENTHS = 7;
  private static final int VALIDATION_TENTHS = 8;

  private static final List<String> SHOPS = List.of("Aurora", "Baltika", "Cormoran", "Delta Market", "Emporia", "Fjord",
      "Granit", "Horizont", "Iskra", "Juniper", "Kaskad", "Lumen", "Meridian", "Nordwind", "Orion", "Polaris");
  private static final List<String> COLOURS = List.of("Black", "White", "Silver", "Grey", "Red", "Blue");
  private static final List<String> COUNTRIES = List.of("Germany", "China", "Poland", "Italy", "Turkey", "Japan");
  /** Titles that say nothing of what is sold. */
  private static final List<String> VAGUE =
      List.of("original new in box", "best price of the week", "free delivery today",
          "hit of the season", "sale sale sale", "see the photo", "clearance, last pieces", "as new, with warranty",
          "gift for him and her", "new model, top quality");

  /** One of the files. */
  enum Part {
    TRAIN, VALIDATION, TEST;

    String file() {
      return name().toLowerCase(Locale.ROOT) + ".jsonl";
    }

    static Part of(int product) {
      int tenth = Math.floorMod(Integer.reverse(product * 0x9E3779B9), 10);
      return tenth < TRAIN_TENTHS ? TRAIN : tenth < VALIDATION_TENTHS ? VALIDATION : TEST;
    }
  }

  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{Nd}]+");

  /**
   * Checks the options.
   *
   * @throws UserError when one is out of its range
   */
  public MarketplaceSample {
    require("records", records, LEAST_RECORDS, MOST_RECORDS);
    require("the size of pictures", pictureSize, LEAST_SIZE, MOST_SIZE);
  }

  private static void require(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new UserError(what + " must be from " + least + " to " + most + ", not " + value);
    }
  }

  /**
   * Writes {@code train.jsonl}, {@code validation.jsonl}, {@code test.jsonl}, {@code categories.tsv}, which says how
   * each category can be told, and {@code pictures/}.
   *
   * @param folder exists and is empty
   * @param progress receives the number of records that are written
   */
  public void write(Path folder, IntConsumer progress) throws IOException {
    Map<ProductCategory, Map<Part, List<String>>> offers = offers();
    var categories = new StringBuilder("category\ttold_by\n");
    for (ProductCategory category : ProductCategory.values()) {
      categories.append(category.label()).append('\t').append(category.toldBy().name().toLowerCase(Locale.ROOT))
          .append('\n');
    }
    Files.writeString(folder.resolve("categories.tsv"), categories);
    var drawing = new Drawing(pictureSize);
    int written = 0;
    for (Part part : Part.values()) {
      int end = switch (part) {
        case TRAIN -> (int) (records * 0.7);
        case VALIDATION -> (int) (records * 0.8);
        case TEST -> records;
      };
      try (var lines = Files.newBufferedWriter(folder.resolve(part.file()), StandardCharsets.UTF_8)) {
        for (; written < end; written++) {
          requireWanted();
          var random = new SplittableRandom(CounterRandom.bits(seed, written, 0));
          lines.write(Json.write(record(written, part, offers, drawing, folder, random)));
          lines.write('\n');
          progress.accept(written + 1);
        }
      }
    }
  }

  private static Map<ProductCategory, Map<Part, List<String>>> offers() {
    var offers = new EnumMap<ProductCategory, Map<Part, List<String>>>(ProductCategory.class);
    for (ProductCategory category : ProductCategory.values()) {
      var parts = new EnumMap<Part, List<String>>(Part.class);
      Stream.of(Part.values()).forEach(part -> parts.put(part, new ArrayList<>()));
      offers.put(category, parts);
    }
    forEachTitle((category, row) -> {
      int product = Integer.parseInt(Objects.requireNonNull(row.meta().group()));
      Objects.requireNonNull(Objects.requireNonNull(offers.get(category)).get(Part.of(product)))
          .add(row.text());
    });
    return offers;
  }

  /** Leaves off when somebody interrupts the thread: hardly anything that is done here looks at that by itself. */
  private static void requireWanted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
  }

  /** Passes every title to a consumer, once for each category whose products may have it. */
  static void forEachTitle(BiConsumer<ProductCategory, Row> consumer) {
    ProductTitles.rows().forEach(ProblemListener.STRICT, row -> {
      requireWanted();
      Set<String> words = Set.copyOf(NO_WORD.splitAsStream(row.text().toLowerCase(Locale.ROOT)).toList());
      for (ProductCategory category : ProductCategory.values()) {
        if (category.titles().hold(words, row.labels().getFirst())) {
          consumer.accept(category, row);
        }
      }
    });
  }

  private ObjectNode record(int number, Part part, Map<ProductCategory, Map<Part, List<String>>> offers,
      Drawing drawing,
      Path folder, RandomGenerator random) throws IOException {
    ProductCategory category = drawCategory(random);
    ProductCategory written = category;
    ProductCategory shown = category;
    boolean vague = false;
    boolean banner = false;
    if (random.nextDouble() < NOISE) {
      vague = random.nextBoolean();
      written = another(category, random);
    }
    if (random.nextDouble() < NOISE) {
      banner = random.nextBoolean();
      shown = another(category, random);
    }
    double lacking = random.nextDouble();
    boolean hasText = lacking >= INCOMPLETE / 2;
    boolean hasPicture = !hasText || lacking >= INCOMPLETE;
    List<String> own =
        Objects.requireNonNull(Objects.requireNonNull(offers.get(written)).get(part));
    String offered = own.get(random.nextInt(own.size()));
    String title = vague ? VAGUE.get(random.nextInt(VAGUE.size())) : offered;
    int shop = random.nextInt(SHOPS.size());
    var record = new ObjectNode();
    record.put("product_id", 100_000 + number);
    record.put("shop_title", SHOPS.get(shop));
    record.put("shop_id", shop + 1);
    record.put("sale", random.nextInt(5) == 0);
    record.put("rating", random.nextInt(30, 51) / 10.0);
    record.put("text_fields", hasText ? Json.write(texts(title, random)) : null);
    if (hasPicture) {
      BufferedImage picture = banner ? drawing.banner(random) : drawing.product(shown.design(), random);
      record.put("picture", save(picture, number, folder));
    } else {
      record.putNull("picture");
    }
    record.put("category", category.label());
    return record;
  }

  /** Categories have unlike numbers of records: the first has three times as many as the last. */
  private static ProductCategory drawCategory(RandomGenerator random) {
    ProductCategory[] all = ProductCategory.values();
    double share = random.nextDouble();
    double quantile = 1.5 - Math.sqrt(2.25 - 2 * share);
    return all[Math.min(all.length - 1, (int) (quantile * all.length))];
  }

  private static ProductCategory another(ProductCategory category, RandomGenerator random) {
    ProductCategory[] all = ProductCategory.values();
    return all[(category.ordinal() + 1 + random.nextInt(all.length - 1)) % all.length];
  }

  private static ObjectNode texts(String title, RandomGenerator random) {
    var texts = new ObjectNode();
    texts.put("title", title);
    texts.put("description", "<p>" + title.replace("&", "&amp;") + "&nbsp;&mdash; "
        + (random.nextBoolean() ? "delivery in " + random.nextInt(1, 10) + " days" : "in stock")
        + ".</p><br/><p>Warranty: "
        + random.nextInt(1, 4) + "&nbsp;years.</p>");
    ArrayNode attributes = texts.putArray("attributes");
    attributes.add("Country: " + pick(COUNTRIES, random));
    if (random.nextBoolean()) {
      attributes.add("Weight in the box: " + random.nextInt(2, 90) / 2.0 + " kg");
    }
    texts.putObject("custom_characteristics").putArray("Colour").add(pick(COLOURS, random));
    texts.putObject("defined_characteristics");
    texts.putObject("filters").putArray("Colour").add(pick(COLOURS, random)).add(pick(COLOURS, random));
    return texts;
  }

  private static String pick(List<String> values, RandomGenerator random) {
    return values.get(random.nextInt(values.size()));
  }

  /** Writes a picture; returns its path from the folder. */
  private static String save(BufferedImage picture, int number, Path folder) throws IOException {
    boolean isPng = number % PNG_EVERY == 0;
    String name = String.format(Locale.ROOT,
        "pictures/%03d/%d.%s", number / PICTURES_A_FOLDER, 100_000 + number, isPng ? "png" : "jpg");
    Path file = folder.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    if (!ImageIO.write(picture, isPng ? "png" : "jpg", file.toFile())) {
      throw new IOException("this Java cannot write " + (isPng ? "PNG" : "JPEG"));
    }
    return name;
  }
}
