package crema.corpus;

import crema.base.AtomicFile;
import crema.base.CounterRandom;
import crema.base.UserError;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * An archive of invented offers in the layout of the Large-Scale Product Corpus V2020: a zip of {@code .json.gz} members
 * with an offer a line, and the table that maps clusters to classes. It has what the corpus has: several offers of a
 * product in several members, offers of one text, products of other classes or of none, five languages, texts with
 * escaped and with plain characters, and lines that are no offers.
 *
 * <p>Everything is a function of the seed and of the number of offers, so that any part can be made without the others:
 * by any number of threads, always the same.
 *
 * @param bytes about how large the archive shall be
 * @param seed chooses one of the possible archives
 */
public record SampleArchive(long bytes, long seed) {
  /** The name of the table of clusters, in the archive. */
  public static final String MAP = "PDC2020_map.tsv";

  /** The smallest archive. */
  public static final long LEAST_BYTES = 10_000;

  /** What an offer takes in an archive; measured. */
  private static final int COMPRESSED_OFFER = 270;
  /** Members of about 25 MB, and some even of a small archive. */
  private static final int MOST_OFFERS = 100_000;
  private static final int LEAST_MEMBERS = 4;
  private static final int OFFERS_OF_A_CLUSTER = 4;

  private static final LocalDateTime TIME = LocalDateTime.of(2020, 12, 1, 0, 0);
  private static final List<String> OTHER_CLASSES = List.of("Electronics", "Sports_and_Outdoors", "Home_and_Garden");

  private static final HexFormat HEX = HexFormat.of();

  /** Purposes of random numbers, so that none are drawn twice. */
  private static final int OFFER = 1;
  private static final int CLUSTER = 2;
  private static final int CLASS = 3;

  /** Out of 1000 offers: those with the text of another, and lines with a fault of each kind. */
  private static final int COPIES = 80;
  private static final int FAULTS_PER_TEN_THOUSAND = 4;

  /** Watches the making. */
  @FunctionalInterface
  public interface Progress {
    /** Some of the offers are written. */
    void written(long offers, long all);
  }

  /** Checks the size. */
  public SampleArchive {
    if (bytes < LEAST_BYTES) {
      throw new UserError(String.format(Locale.ROOT,
          "the archive must have at least %,d bytes, not %,d", LEAST_BYTES, bytes));
    }
  }

  /** How many lines the members have together. */
  public long offers() {
    return bytes / COMPRESSED_OFFER;
  }

  private int members() {
    return (int) Math.max(LEAST_MEMBERS, Math.ceilDiv(offers(), MOST_OFFERS));
  }

  private long clusters() {
    return Math.max(OFFERS_OF_A_CLUSTER, offers() / OFFERS_OF_A_CLUSTER);
  }

  /**
   * Writes the archive, whole or not at all.
   *
   * @param threads how many make members at once
   */
  public void write(Path target, int threads, Progress progress) throws IOException {
    AtomicFile.write(target, channel -> {
      try (var pool = Executors.newFixedThreadPool(threads)) {
        // Not closed, as that would close the channel before it is forced to the disk.
        var zip = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16));
        writeMap(zip);
        var waiting = new ArrayDeque<Future<byte[]>>();
        int members = members();
        for (int member = 0, begun = 0; member < members; member++) {
          for (; begun < members && waiting.size() <= threads; begun++) {
            int number = begun;
            waiting.add(pool.submit(() -> member(number)));
          }
          store(zip, String.format(Locale.ROOT, "lspcV2020/part_%04d.json.gz", member), result(waiting.remove()));
          progress.written(first(member + 1), offers());
        }
        zip.finish();
        zip.flush();
      }
    });
  }

  private static byte[] result(Future<byte[]> member) throws IOException {
    try {
      return member.get();
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    var crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Products of the six classes, of some others, and, left out, of none; a few clusters stand in it twice, some of them with two classes. */
  private void writeMap(ZipOutputStream zip) throws IOException {
    var entry = new ZipEntry(MAP);
    entry.setTimeLocal(TIME);
    zip.putNextEntry(entry);
    var out = new BufferedOutputStream(zip, 1 << 16);
    for (long cluster = 0; cluster < clusters(); cluster++) {
      int topic = topic(cluster);
      int kind = percent(CLASS, cluster, 1);
      if (topic < LspcClasses.SIX.size()) {
        // One label of twenty is wrong, as a model gave them.
        line(out, cluster, LspcClasses.SIX.get(kind < 5 ? percent(CLASS, cluster, 2) % LspcClasses.SIX.size() : topic));
        if (kind == 99) {
          boolean isContradicted = percent(CLASS, cluster, 3) < 20;
          line(out, cluster, LspcClasses.SIX.get(isContradicted ? (topic + 1) % LspcClasses.SIX.size() : topic));
        }
      } else if (kind < 60) {
        line(out, cluster, OTHER_CLASSES.get(kind % OTHER_CLASSES.size()));
      }
    }
    out.flush();
    zip.closeEntry();
  }

  private static void line(OutputStream out, long cluster, String label) throws IOException {
    out.write((id(cluster) + "\t" + label + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Numbers with gaps between them, as clusters of the corpus have. */
  private static long id(long cluster) {
    return 1000 + cluster * 7;
  }

  /** The class of a product; a third of the products is of none of the six. */
  private int topic(long cluster) {
    return (int) Long.remainderUnsigned(CounterRandom.bits(seed, CLASS, cluster), LspcClasses.SIX.size() * 3 / 2);
  }

  private int percent(int purpose, long number, int which) {
    return (int) Long.remainderUnsigned(CounterRandom.bits(seed + which, purpose, number), 100);
  }

  private long first(int member) {
    return offers() * member / members();
  }

  private byte[] member(int number) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes, 1 << 16) {
      {
        // A third of the time of the default, for a few more bytes.
        def.setLevel(Deflater.BEST_SPEED);
      }
    }) {
      var text = new StringBuilder();
      for (long offer = first(number); offer < first(number + 1); offer++) {
        addOffer(text, offer, number % 2 == 1);
        if (text.length() > 1 << 16 || offer + 1 == first(number + 1)) {
          if (Thread.currentThread().isInterrupted()) {
            // The pool is closed by who was interrupted: nobody waits for this member.
            throw new CancellationException();
          }
          gzip.write(text.toString().getBytes(StandardCharsets.UTF_8));
          text.setLength(0);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A line; some are faulty. */
  private void addOffer(StringBuilder out, long offer, boolean escaped) {
    int fault = (int) Long.remainderUnsigned(CounterRandom.bits(seed, OFFER, ~offer), 10_000) / FAULTS_PER_TEN_THOUSAND;
    int start = out.length();
    var random = new CounterRandom();
    random.seek(seed, OFFER, offer);
    boolean isCopy = random.nextInt(1000) < COPIES && offer > 0;
    long shown = isCopy ? Long.remainderUnsigned(random.nextLong(), offer) : offer;
    var words = new Offer(shown);
    out.append("{\"id\": ").append(offer);
    if (fault != 0) {
      out.append(", \"cluster_id\": ").append(id(words.cluster));
    }
    out.append(", \"url\": \"https://www.").append(words.brand.toLowerCase(Locale.ROOT)).append('-')
        .append(words.language.code()).append(".example/p/").append(HEX.toHexDigits(random.nextLong()))
        .append(HEX.toHexDigits(random.nextLong())).append('"');
    boolean isBlank = fault == 1;
    field(out, "title", isBlank ? " " : words.title, escaped);
    if (fault == 2) {
      field(out, "title", words.title, escaped);
    }
    if (isBlank || words.description.isEmpty()) {
      out.append(", \"description\": null");
    } else {
      field(out, "description", words.description, escaped);
    }
    field(out, "brand", words.brand, escaped);
    out.append(", \"price\": \"").append(random.nextInt(500)).append('.').append(10 + random.nextInt(90))
        .append("\", \"priceCurrency\": \"").append(words.language == SampleWords.RUSSIAN ? "RUB" : "EUR").append('"');
    field(out, "specTableContent", words.specification, escaped);
    if (fault == 3) {
      out.append(", \"tree\": ").append("[".repeat(10_000)).append("]".repeat(10_000));
    }
    out.append(", \"sku\": ")
        .append(random.nextInt(4) == 0 ? "null" : "\"" + Integer.toHexString(random.nextInt(1 << 30))
            + "\"");
    out.append(", \"gtin13\": \"").append(4_000_000_000_000L + id(words.cluster)).append("\", \"identifier\": null}\n");
    if (fault == 4) {
      // Cut off in its middle.
      out.setLength(start + (out.length() - start) / 2);
      out.append('\n');
    }
  }

  private static void field(StringBuilder out, String key, String value, boolean escaped) {
    out.append(", \"").append(key).append("\": \"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '/' -> out.append(escaped ? "\\/" : "/");
        default -> {
          if (escaped && c > 0x7e) {
            out.append("\\u").append(HEX.toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** What an offer says. */
  private final class Offer {
    final long cluster;
    final SampleWords language;
    final String brand;
    final String title;
    final String description;
    final String specification;

    Offer(long offer) {
      var random = new CounterRandom();
      random.seek(seed + 1, OFFER, offer);
      // Of few products there are many offers.
      double place = random.nextFloat();
      cluster = Math.min((long) (place * Math.sqrt(place) * clusters()), clusters() - 1);
      var product = new CounterRandom();
      product.seek(seed, CLUSTER, cluster);
      int topic = topic(cluster);
      language = SampleWords.of(random.nextInt(100));
      brand = SampleWords.BRANDS.get(product.nextInt(SampleWords.BRANDS.size()));
      int productWord = product.nextInt(1 << 20);
      List<String> things = language.things(topic);
      String thing = things.get(productWord % things.size());
      String colour = language.colours().get(product.nextInt(1 << 20) % language.colours().size());
      String model = Integer.toString(0x1000 + product.nextInt(0xEFFF), 36).toUpperCase(Locale.ROOT) + "-"
          + (10 + product.nextInt(990));
      boolean isNamed = random.nextInt(10) > 0;
      title =
          brand + " " + model + " " + (isNamed ? pick(random, language.adjectives()) + " " + thing + " " : "") + colour
              + (random.nextInt(6) == 0 ? " 1/" + (2 + random.nextInt(8)) + "\"" : "");
      var text = new StringBuilder();
      int sentences = random.nextInt(8);
      for (int i = 0; i < sentences; i++) {
        text.append(i == 0 ? "" : i == 3 ? "\n" : " ").append(i % 2 == 0 ? thing : model)
            .append(" (").append(Integer.toString(1 << 20 | random.nextInt(1 << 20), 36)).append("), ")
            .append(brand).append(": ").append(pick(random, language.phrases())).append('.');
      }
      description = text.toString();
      var table = new StringBuilder();
      int rows = random.nextInt(16);
      for (int i = 0; i < rows; i++) {
        table.append(pick(random, language.adjectives())).append(' ').append(random.nextInt(10_000)).append(" mm ")
            .append(Long.toString(random.nextLong() >>> 8, 36)).append(' ');
      }
      specification = table.append(model).append(' ').append(colour).toString();
    }

    private static String pick(CounterRandom random, List<String> words) {
      return words.get(random.nextInt(words.size()));
    }
  }
}
