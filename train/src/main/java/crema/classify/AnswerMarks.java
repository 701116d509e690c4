package crema.classify;

import crema.data.FieldText;
import crema.data.TextWord;
import crema.report.MarkedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Marks the words of a text that is answered wrongly. */
public final class AnswerMarks {
  private AnswerMarks() {}

  /**
   * The text with the words that speak for what was answered rather than for the truth, and against it.
   *
   * @param item as the classifier reads it
   * @param added a label that the answer has and the truth has not; null if there is none
   * @param missed a label that the truth has and the answer has not; null if there is none
   */
  public static MarkedText of(Classifier classifier, Item item, @Nullable String added, @Nullable String missed) {
    List<String> names = Stream.of(Optional.ofNullable(added), Optional.ofNullable(missed)).flatMap(Optional::stream)
        .toList();
    Explanation explanation = classifier.explain(List.of(item), List.of(names)).getFirst();
    var evidence = new double[explanation.words().size()];
    for (Explanation.LabelEvidence label : explanation.labels()) {
      double sign = label.label().equals(added) ? 1 : -1;
      for (int word = 0; word < evidence.length; word++) {
        evidence[word] += sign * label.words().get(word);
      }
    }
    double most = 0;
    for (double each : evidence) {
      most = Math.max(most, Math.abs(each));
    }
    var marks = new ArrayList<MarkedText.Mark>();
    for (int i = 0; i < evidence.length && most > 0; i++) {
      TextWord word = explanation.words().get(i);
      marks.add(new MarkedText.Mark(word.start(), word.end(), evidence[i] / most));
    }
    return new MarkedText(item.text().replace(FieldText.SEPARATOR, ' '), marks);
  }
}
