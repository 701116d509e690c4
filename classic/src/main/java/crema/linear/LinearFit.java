package crema.linear;

import java.util.List;

/**
 * What training gave.
 *
 * @param model the trained model
 * @param unconverged the labels, ascending, that ran out of iterations before they reached the tolerance; their
 *     hyperplanes are usable, and more iterations, a smaller C or a larger tolerance would make them converge
 */
public record LinearFit(LinearModel model, List<Integer> unconverged) {
  /** Copies the list. */
  public LinearFit {
    unconverged = List.copyOf(unconverged);
  }
}
