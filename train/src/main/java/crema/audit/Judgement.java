package crema.audit;

import java.util.List;

/**
 * What a model that was not trained on a row says of its labels.
 *
 * @param row the row
 * @param confidence how probable its labels are to the model, from 0 to 1: of several, the decision that is the least so
 * @param isDoubtful whether the labels are probably wrong, by confident learning
 * @param suggested the labels that the row should have; those that it has, if they are not doubtful
 * @param likeliest the most probable label that the row does not have; empty where there is none
 * @param probability of that label
 * @param isJudged whether other rows have the labels too: a label of its own cannot be judged
 */
public record Judgement(AuditRow row, double confidence, boolean isDoubtful, List<String> suggested, String likeliest,
    double probability, boolean isJudged) {
  /** Copies the list. */
  public Judgement {
    suggested = List.copyOf(suggested);
  }
}
