package crema.data;

import crema.base.IntList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a short scan says of training rows: how many there are, how their labels are spread, how long their texts are and
 * what they are made of. Settings that nobody gives are chosen by it. It depends on the rows alone, and reads them once;
 * it keeps a few numbers a row and the different words.
 *
 * @param rows how many there are
 * @param labels how many different ones
 * @param labelsPerRow of a row, on average
 * @param rareLabels the share of labels that fewer than {@link #RARE} rows have
 * @param words in a text
 * @param characters in a text
 * @param columns the text columns one by one; empty where there is one
 * @param vocabulary how many different words there are, ignoring case
 * @param unseen the share of words that a further text would have and none of these has: that of words seen once, by
 *     Good's estimate (The population frequencies of species, Biometrika 40, 1953)
 * @param oneWord the share of texts of a single word
 * @param codes the share of words with a digit in them: numbers, sizes, part numbers
 * @param uppercase the share of cased letters that are upper case
 * @param unspaced the share of letters of scripts that put no space between words, such as Han and Thai
 * @param script that of most letters
 * @param duplicates the share of rows whose text an earlier row has
 * @param contradictions the share of rows whose text an earlier row has with other labels
 */
public record DataProfile(long rows, int labels, double labelsPerRow, double rareLabels, Lengths words,
    Lengths characters, List<Column> columns, long vocabulary, double unseen, double oneWord, double codes,
    double uppercase, double unspaced, Character.UnicodeScript script, double duplicates, double contradictions) {
  /** A label of fewer rows is rare. */
  public static final int RARE = 5;

  /** Copies the list. */
  public DataProfile {
    columns = List.copyOf(columns);
  }

  /**
   * The lengths of texts.
   *
   * @param total of all texts together
   * @param mean of a text
   * @param median of a text
   * @param ninth which nine of ten texts do not exceed
   * @param longest of all
   */
  public record Lengths(long total, double mean, int median, int ninth, int longest) {
    private static Lengths of(int[] lengths) {
      int[] sorted = lengths.clone();
      Arrays.sort(sorted);
      long total = Arrays.stream(sorted).asLongStream().sum();
      return sorted.length == 0 ? new Lengths(0, 0, 0, 0, 0)
          : new Lengths(total, (double) total / sorted.length, sorted[(sorted.length - 1) / 2],
              sorted[(int) ((sorted.length - 1) * 0.9)], sorted[sorted.length - 1]);
    }
  }

  /**
   * One of several text columns.
   *
   * @param words in its texts
   * @param distinct the share of rows whose text in it no earlier row has
   */
  public record Column(Lengths words, double distinct) {}

  /** Scans rows. */
  public static DataProfile of(RowSource rows) {
    var scan = new Scan();
    rows.forEach(ProblemListener.SILENT, scan::add);
    return scan.profile();
  }

  /** The rows of a label, on average: a row with several counts for each. */
  public double rowsPerLabel() {
    return labels == 0 ? 0 : rows * labelsPerRow / labels;
  }

  /** In a line, for people. */
  public String describe() {
    return String.format(Locale.ROOT,
        "%,d rows, %,d labels (%.0f rows a label%s), %.0f words and %.0f characters a text, of the words %.0f%% with "
            + "digits and %.0f%% seen once, %.0f%% duplicates",
        rows, labels, rowsPerLabel(), rareLabels > 0 ? String.format(Locale.ROOT,
            ", %.0f%% with fewer than %d", rareLabels * 100, RARE)
            : "",
        words.mean(), characters.mean(), codes * 100, unseen * 100, duplicates * 100);
  }

  /** A scan under way. */
  private static final class Scan {
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

    private final Map<String, Long> labels = new HashMap<>();
    private final Map<Long, Long> texts = new HashMap<>();
    private final Set<String> vocabulary = new HashSet<>();
    private final Set<String> seenAgain = new HashSet<>();
    private final Map<Character.UnicodeScript, Long> scripts = new EnumMap<>(Character.UnicodeScript.class);
    private final List<ColumnScan> columns = new ArrayList<>();
    private int[] words = new int[1024];
    private int[] characters = new int[1024];
    private int rows;
    private long assigned;
    private long oneWord;
    private long codes;
    private long upper;
    private long cased;
    private long duplicates;
    private long contradictions;

    void add(Row row) {
      if (rows == words.length) {
        words = Arrays.copyOf(words, 2 * rows);
        characters = Arrays.copyOf(characters, 2 * rows);
      }
      String text = row.text();
      characters[rows] = text.codePointCount(0, text.length());
      words[rows] = addWords(text);
      if (words[rows] <= 1) {
        oneWord++;
      }
      text.codePoints().forEach(this::addCharacter);
      addColumns(row.fields());
      row.labels().forEach(label -> labels.merge(label, 1L, Long::sum));
      assigned += row.labels().size();
      long said = row.labels().hashCode();
      Long before = texts.putIfAbsent(TextHash.of(row.content()), said);
      if (before != null) {
        duplicates++;
        if (before != said) {
          contradictions++;
        }
      }
      rows++;
    }

    private void addColumns(List<String> fields) {
      if (fields.size() < 2) {
        return;
      }
      while (columns.size() < fields.size()) {
        columns.add(new ColumnScan(new IntList(), new HashSet<>()));
      }
      for (int column = 0; column < fields.size(); column++) {
        columns.get(column).add(fields.get(column).strip());
      }
    }

    /**
     * One of several columns under way.
     *
     * @param words in each row
     * @param texts hashes of those that there are
     */
    private record ColumnScan(IntList words, Set<Long> texts) {
      void add(String text) {
        words.add(text.isEmpty() ? 0 : WHITE_SPACE.split(text).length);
        texts.add(TextHash.of(text));
      }

      Column column() {
        return new Column(Lengths.of(words.toArray()), share(texts.size(), words.size()));
      }
    }

    private int addWords(String text) {
      int count = 0;
      for (String word : WHITE_SPACE.split(text.strip())) {
        count++;
        String folded = word.toLowerCase(Locale.ROOT);
        if (!vocabulary.add(folded)) {
          seenAgain.add(folded);
        }
        if (word.codePoints().anyMatch(Character::isDigit)) {
          codes++;
        }
      }
      return count;
    }

    private void addCharacter(int character) {
      if (Character.isLetter(character)) {
        scripts.merge(Character.UnicodeScript.of(character), 1L, Long::sum);
        if (Character.isUpperCase(character)) {
          upper++;
          cased++;
        } else if (Character.isLowerCase(character)) {
          cased++;
        }
      }
    }

    DataProfile profile() {
      Lengths wordLengths = Lengths.of(Arrays.copyOf(words, rows));
      long rare = labels.values().stream().filter(count -> count < RARE).count();
      long letters = scripts.values().stream().mapToLong(Long::longValue).sum();
      long unspacedLetters = scripts.entrySet().stream().filter(entry -> isUnspaced(entry.getKey()))
          .mapToLong(Entry::getValue).sum();
      Character.UnicodeScript most = scripts.entrySet().stream().max(Comparator
          .comparingLong((Entry<Character.UnicodeScript, Long> entry) -> entry.getValue())
          .thenComparing(Entry::getKey, Comparator.reverseOrder())).map(Entry::getKey)
          .orElse(Character.UnicodeScript.COMMON);
      return new DataProfile(rows, labels.size(), share(assigned, rows), share(rare, labels.size()), wordLengths,
          Lengths.of(Arrays.copyOf(characters, rows)), columns.stream().map(ColumnScan::column).toList(),
          vocabulary.size(),
          share((long) vocabulary.size() - seenAgain.size(), wordLengths.total()), share(oneWord, rows),
          share(codes, wordLengths.total()), share(upper, cased), share(unspacedLetters, letters), most,
          share(duplicates, rows), share(contradictions, rows));
    }

    private static double share(long part, long whole) {
      return whole == 0 ? 0 : (double) part / whole;
    }

    private static boolean isUnspaced(Character.UnicodeScript script) {
      return switch (script) {
        case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
        default -> false;
      };
    }
  }
}
