package crema.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A word, or a run of words or characters, that speaks for a label in whatever text it stands.
 *
 * @param text as the model knows it
 * @param weight how much it speaks for the label, above 0; only to be compared with other words of the same model
 */
public record TellingWord(String text, double weight) {
  private static final Comparator<TellingWord> STRONGEST =
      Comparator.comparingDouble(TellingWord::weight).reversed().thenComparing(TellingWord::text);

  /** Keeps the strongest words of each label. */
  public static final class Strongest {
    private final int most;
    private final List<PriorityQueue<TellingWord>> ofLabels = new ArrayList<>();

    /**
     * None yet.
     *
     * @param labels how many labels there are
     * @param most how many words of each are kept, at least 1
     */
    public Strongest(int labels, int most) {
      this.most = most;
      for (int label = 0; label < labels; label++) {
        ofLabels.add(new PriorityQueue<>(STRONGEST.reversed()));
      }
    }

    /** Whether a word of this weight would be kept, as far as its weight decides. */
    public boolean wants(int label, double weight) {
      PriorityQueue<TellingWord> kept = ofLabels.get(label);
      return weight > 0 && (kept.size() < most || weight >= kept.element().weight());
    }

    /** Keeps a word if it is among the strongest, and speaks for the label at all. */
    public void add(int label, String text, double weight) {
      if (wants(label, weight)) {
        PriorityQueue<TellingWord> kept = ofLabels.get(label);
        kept.add(new TellingWord(text, weight));
        if (kept.size() > most) {
          kept.remove();
        }
      }
    }

    /** The words of each label, the strongest first, equal ones in the order of their text. */
    public List<List<TellingWord>> all() {
      return ofLabels.stream().map(kept -> kept.stream().sorted(STRONGEST).toList()).toList();
    }
  }
}
