package crema.nn.loss;

/** Weights of the labels of a row that depend on how often the labels occur. */
public sealed interface Reweighting permits ClassBalancing, Rebalancing {
  /** The weights of rows, for certain frequencies. */
  @FunctionalInterface
  interface Weights {
    /**
     * Computes the weights of a row.
     *
     * @param targets holds the row's targets, from 0 to 1
     * @param from where the row starts in {@code targets}
     * @param weights receives the weight of each label
     */
    void of(double[] targets, int from, double[] weights);
  }

  /** The weights that these frequencies give. */
  Weights weights(LabelFrequencies frequencies);
}
