package crema.data;

import crema.base.Keyed;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** A way to write the text of a training row anew, so that its label still holds: the catalog of those there are. */
public enum Augmentation implements Keyed {
  /** Leaves words out (Wei and Zou, "EDA: easy data augmentation techniques", EMNLP-IJCNLP 2019). */
  DROP("leaves out each word with this probability, but never all") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      var kept = new ArrayList<String>();
      for (String word : words) {
        if (!draws.happens(p)) {
          kept.add(word);
        }
      }
      return kept.isEmpty() ? List.of(words.get(draws.below(words.size()))) : kept;
    }
  },

  /** Swaps neighbours (Wei and Zou, 2019). */
  SWAP("swaps each word with the next one with this probability") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      var swapped = new ArrayList<>(words);
      for (int i = 0; i + 1 < swapped.size(); i++) {
        if (draws.happens(p)) {
          String next = swapped.get(i + 1);
          swapped.set(i + 1, swapped.get(i));
          swapped.set(i, next);
        }
      }
      return swapped;
    }
  },

  /** Keywords have no order. */
  PERMUTE("writes the words in any order, of so many texts") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      var shuffled = new ArrayList<>(words);
      if (draws.happens(p)) {
        for (int i = shuffled.size() - 1; i > 0; i--) {
          int from = draws.below(i + 1);
          String word = shuffled.get(from);
          shuffled.set(from, shuffled.get(i));
          shuffled.set(i, word);
        }
      }
      return shuffled;
    }
  },

  /** Keys beside the right one. */
  KEYBOARD("writes each letter as one beside it on the keyboard with this probability") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      return byCharacter(words, p, draws, character -> neighbour(KEYS, character, draws));
    }
  },

  /** Characters that optical recognition takes for each other. */
  OCR("writes each character as one of the same shape with this probability: 0 as O, 1 as l, 5 as S, 8 as B") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      return byCharacter(words, p, draws, character -> neighbour(SHAPES, character, draws));
    }
  },

  /** Cyrillic, Greek and accented letters in plain Latin ones, as people type them. */
  TRANSLITERATE("writes each word in plain Latin letters with this probability, if it has others") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      return words.stream().map(word -> draws.happens(p) ? Transliteration.latin(word) : word).toList();
    }
  },

  /** Leaves out words that follow each other: no model needs to know a mask. */
  MASK("leaves out a run of up to a quarter of the words, of so many texts") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      if (words.size() < 2 || !draws.happens(p)) {
        return words;
      }
      int length = 1 + draws.below(Math.max(1, words.size() / 4));
      int from = draws.below(words.size() - length + 1);
      var kept = new ArrayList<>(words.subList(0, from));
      kept.addAll(words.subList(from + length, words.size()));
      return kept;
    }
  },

  /** Two titles of one label in one (compare Guo, Mao and Zhang, "Augmenting data with mixup", 2019, on texts). */
  MIX("writes the second half of another text of the same label behind the first half, of so many texts") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      if (other.isEmpty() || !draws.happens(p)) {
        return words;
      }
      var mixed = new ArrayList<>(words.subList(0, (words.size() + 1) / 2));
      mixed.addAll(other.subList(other.size() / 2, other.size()));
      return mixed;
    }
  },

  /** Sizes and prices that no other row has become ones that others have. */
  NUMBERS("writes the digits of each number as 0 with this probability") {
    @Override
    List<String> apply(List<String> words, double p, Draws draws, List<String> other) {
      return words.stream().map(word -> draws.happens(p) ? DIGITS.matcher(word).replaceAll("0") : word).toList();
    }
  };

  private static final Pattern DIGITS = Pattern.compile("\\p{Nd}");

  /** Keys with those beside them, of QWERTY and ЙЦУКЕН. */
  private static final Map<Character, String> KEYS = Map.copyOf(Rows.neighbours("qwertyuiop", "asdfghjkl", "zxcvbnm",
      "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"));
  private static final Map<Character, String> SHAPES = Map.ofEntries(Map.entry('0', "O"), Map.entry('O', "0"),
      Map.entry('o', "0"), Map.entry('1', "lI"), Map.entry('l', "1I"), Map.entry('I', "l1"), Map.entry('i', "1"),
      Map.entry('5', "S"), Map.entry('S', "5"), Map.entry('8', "B"), Map.entry('B', "8"), Map.entry('6', "G"),
      Map.entry('G', "6"), Map.entry('2', "Z"), Map.entry('Z', "2"), Map.entry('c', "e"), Map.entry('e', "c"),
      Map.entry('u', "v"), Map.entry('v', "u"), Map.entry('h', "b"), Map.entry('n', "r"));

  private final String help;

  Augmentation(String help) {
    this.help = help;
  }

  /** What it does, for people. */
  public String help() {
    return help;
  }

  /**
   * Writes words anew.
   *
   * @param words at least one
   * @param p how often
   * @param other words of another row of the same label; may be empty
   * @return at least one
   */
  abstract List<String> apply(List<String> words, double p, Draws draws, List<String> other);

  /** Whether it needs another row of the same label. */
  boolean needsOther() {
    return this == MIX;
  }

  private static List<String> byCharacter(List<String> words, double p, Draws draws, UnaryOperator<Character> change) {
    return words.stream().map(word -> {
      var written = new StringBuilder();
      for (int i = 0; i < word.length(); i++) {
        written.append(draws.happens(p) ? change.apply(word.charAt(i)) : Character.valueOf(word.charAt(i)));
      }
      return written.toString();
    }).toList();
  }

  private static char neighbour(Map<Character, String> all, char character, Draws draws) {
    String exact = all.get(character);
    if (exact != null) {
      return exact.charAt(draws.below(exact.length()));
    }
    String lower = all.get(Character.toLowerCase(character));
    return lower == null || all == SHAPES ? character
        : Character.toUpperCase(lower.charAt(draws.below(lower.length())));
  }

  /** Rows of a keyboard. */
  private static final class Rows {
    private Rows() {}

    static Map<Character, String> neighbours(String... rows) {
      var all = new HashMap<Character, String>();
      for (String row : rows) {
        for (int i = 0; i < row.length(); i++) {
          all.put(row.charAt(i), (i > 0 ? row.substring(i - 1, i) : "")
              + (i + 1 < row.length() ? row.substring(i + 1, i + 2) : ""));
        }
      }
      return all;
    }
  }

  /** Letters of other scripts in Latin ones, as people type them. */
  private static final class Transliteration {
    private static final String CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя";
    private static final String[] OF_CYRILLIC = {"a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m",
        "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"};
    private static final String GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω";
    private static final String[] OF_GREEK =
        {"a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o",
            "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o"};
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");

    private Transliteration() {}

    static String latin(String word) {
      var latin = new StringBuilder();
      for (char character : word.toCharArray()) {
        char lower = Character.toLowerCase(character);
        String written = of(lower);
        latin.append(lower == character ? written : written.toUpperCase(Locale.ROOT));
      }
      return latin.isEmpty() ? word : latin.toString();
    }

    private static String of(char lower) {
      int cyrillic = CYRILLIC.indexOf(lower);
      if (cyrillic >= 0) {
        return OF_CYRILLIC[cyrillic];
      }
      String plain =
          lower == 'ß' ? "ss" : MARKS.matcher(Normalizer.normalize(String.valueOf(lower), Normalizer.Form.NFD))
              .replaceAll("");
      int greek = plain.length() == 1 ? GREEK.indexOf(plain.charAt(0)) : -1;
      return greek >= 0 ? OF_GREEK[greek] : plain;
    }
  }
}
