package crema.data;

import crema.base.Fingerprint;
import crema.base.Keyed;
import crema.base.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Writes the texts of training rows anew, differently in each epoch. What comes out is a function of the seed, the epoch
 * and the number of the row: the same after a resume, and for any number of threads.
 */
public final class Augmenter {
  private final List<Wanted> wanted;
  private final long seed;
  private final Function<List<String>, String> compose;

  /**
   * An augmentation, and how often it is done.
   *
   * @param kind which
   * @param p its probability, above 0 and at most 1
   */
  public record Wanted(Augmentation kind, double p) {
    /**
     * Reads {@code NAME:P}, such as {@code drop:0.1}.
     *
     * @throws DataException if there is no such augmentation, or P is no probability
     */
    public static Wanted parse(String text) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new DataException("'" + text + "' does not say how often: write NAME:P, for instance drop:0.1");
      }
      Augmentation kind = Keyed.find(List.of(Augmentation.values()), text.substring(0, colon).strip(), "augment");
      double p;
      try {
        p = Double.parseDouble(text.substring(colon + 1).strip());
      } catch (NumberFormatException e) {
        p = Double.NaN;
      }
      if (!(p > 0 && p <= 1)) {
        throw new DataException("augment " + kind.key() + " must happen with a probability above 0 and at most 1, not '"
            + text.substring(colon + 1) + "'");
      }
      return new Wanted(kind, p);
    }
  }

  /**
   * An augmenter.
   *
   * @param wanted what is done to each text, in this order
   * @param compose makes the text of a row of its text columns
   */
  public Augmenter(List<Wanted> wanted, long seed, Function<List<String>, String> compose) {
    this.wanted = List.copyOf(wanted);
    this.seed = seed;
    this.compose = compose;
  }

  /**
   * The rows of one epoch. As many as there are, with the same labels, in the same order.
   *
   * @param epoch from 0
   */
  public RowSource rows(RowSource train, long epoch) {
    return new RowSource() {
      @Override
      public RowCursor open(ProblemListener listener) {
        Map<List<String>, List<Row>> byLabels = wanted.stream().anyMatch(each -> each.kind().needsOther())
            ? byLabels(train) : Map.of();
        var number = new int[1];
        return train.open(listener).map(row -> augmented(row, new Draws(new Rng(seed, epoch).stream(number[0]++)),
            byLabels.getOrDefault(row.labels(), List.of())));
      }

      @Override
      public String fingerprint() {
        return new Fingerprint("augmented").add(train.fingerprint()).add(wanted.toString()).add(Long.toString(seed))
            .add(Long.toString(epoch)).hex();
      }
    };
  }

  private static Map<List<String>, List<Row>> byLabels(RowSource train) {
    var byLabels = new HashMap<List<String>, List<Row>>();
    train.forEach(ProblemListener.SILENT,
        row -> byLabels.computeIfAbsent(row.labels(), _ -> new ArrayList<>()).add(row));
    return byLabels;
  }

  private Row augmented(Row row, Draws draws, List<Row> ofTheSameLabels) {
    Row other = ofTheSameLabels.size() < 2 ? null : ofTheSameLabels.get(draws.below(ofTheSameLabels.size()));
    if (row.fields().isEmpty()) {
      return row.withText(written(row.text(), draws, other == null ? "" : other.text()));
    }
    var fields = new ArrayList<String>();
    for (int i = 0; i < row.fields().size(); i++) {
      fields.add(written(row.fields().get(i), draws,
          other == null || i >= other.fields().size() ? "" : other.fields().get(i)));
    }
    return new Row(compose.apply(fields), fields, row.labels(), row.meta());
  }

  private String written(String text, Draws draws, String other) {
    List<String> words = words(text);
    if (words.isEmpty()) {
      return text;
    }
    List<String> others = words(other);
    for (Wanted each : wanted) {
      words = each.kind().apply(words, each.p(), draws, others);
    }
    return String.join(" ", words);
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }
}
