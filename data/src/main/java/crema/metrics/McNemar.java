package crema.metrics;

import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * McNemar's exact test of whether two models get the same number of documents exactly right (McNemar,
 * "Note on the sampling error of the difference between correlated proportions or percentages", 1947). Only
 * documents where one model is right and the other is wrong say anything; under the null hypothesis each of them
 * falls either way with probability one half.
 *
 * @param onlyFirstRight documents that only the first model got right
 * @param onlySecondRight documents that only the second model got right
 * @param pValue two-sided
 */
public record McNemar(int onlyFirstRight, int onlySecondRight, double pValue) {

  /**
   * Runs the test.
   *
   * @throws IllegalArgumentException if the documents are not the same ones
   */
  public static McNemar test(Outcomes first, Outcomes second) {
    PairedDocuments.require(first, second);
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int document = 0; document < first.documents(); document++) {
      boolean firstRight = first.isExact(document);
      boolean secondRight = second.isExact(document);
      onlyFirst += firstRight && !secondRight ? 1 : 0;
      onlySecond += secondRight && !firstRight ? 1 : 0;
    }
    var fair = new BinomialDistribution(null, onlyFirst + onlySecond, 0.5);
    double pValue = Math.min(1, 2 * fair.cumulativeProbability(Math.min(onlyFirst, onlySecond)));
    return new McNemar(onlyFirst, onlySecond, pValue);
  }
}
