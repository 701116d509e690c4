package crema.nn.loss;

import static crema.nn.loss.Targets.Form.INDICES;
import static crema.nn.loss.Targets.Form.PAIRS;

import crema.nn.loss.LossSetting.Choice;
import crema.nn.loss.LossSetting.Decimal;
import java.util.List;

/**
 * Losses that bring texts together or apart, a row each. Those of {@link Targets.Pairs} look at the pairs that were
 * drawn, those of {@link Targets.Indices} at all texts of a batch by their labels.
 */
public final class EmbeddingLosses implements LossProvider {
  /** How far apart texts of different labels are to be. */
  public static final Decimal MARGIN = new Decimal("pair-margin", 0.5, 0, 2,
      "How far apart texts of different labels are to be: 1 minus their cosine.");

  /** What cosines are divided by. */
  public static final Decimal TEMPERATURE = new Decimal("pair-temperature", 0.05, 1e-3, 1e3,
      "What the cosines of texts are divided by before a softmax.");

  /** Which triplets count. */
  public static final Choice<TripletLoss.Mining> TRIPLETS = new Choice<>("triplets", TripletLoss.Mining.ALL,
      "Of triplet: all of a batch that are not far enough apart, or the hardest of each text.");

  /** How much the least similar text of a label counts more than others of it. */
  public static final Decimal SIMILAR_SCALE = new Decimal("similar-scale", 2, Double.MIN_NORMAL, 1e3,
      "Of multi-similarity: how much the least similar text of a label counts more than others of it.");

  /** How much the most similar text of another label counts more than others. */
  public static final Decimal OTHER_SCALE = new Decimal("other-scale", 50, Double.MIN_NORMAL, 1e3,
      "Of multi-similarity: how much the most similar text of another label counts more than others.");

  /** The cosine that parts similar texts from others. */
  public static final Decimal THRESHOLD = new Decimal("similarity-threshold", 0.5, -1, 1,
      "Of multi-similarity: the cosine that parts texts of one label from others.");

  /** Found as a service. */
  public EmbeddingLosses() {}

  @Override
  public List<LossDefinition> losses() {
    return List.of(
        LossDefinition.ofEmbeddings("cosine-similarity", "Squared error of the cosine, which is to be 1 or 0.")
            .fits(PAIRS)
            .creates((_, _) -> new CosineError()),
        LossDefinition.ofEmbeddings("contrastive", "Squared distance of similar texts, others up to the margin.")
            .fits(PAIRS)
            .settings(MARGIN)
            .creates((settings, _) -> new ContrastiveLoss(settings.get(MARGIN))),
        LossDefinition.ofEmbeddings("multiple-negatives", "Softmax of a similar text over all others of a batch.")
            .fits(INDICES)
            .settings(TEMPERATURE)
            .creates((settings, _) -> new MultipleNegatives(settings.get(TEMPERATURE))),
        LossDefinition.ofEmbeddings("supervised-contrastive", "Softmax over all texts of a batch, similar or not.")
            .fits(INDICES)
            .settings(TEMPERATURE.withDefault(0.1))
            .creates((settings, _) -> new SupervisedContrastive(settings.get(TEMPERATURE))),
        LossDefinition.ofEmbeddings("triplet", "A text is to be nearer to one of its label than to any other.")
            .fits(INDICES)
            .settings(MARGIN.withDefault(0.25), TRIPLETS)
            .creates((settings, _) -> new TripletLoss(settings.get(MARGIN), settings.get(TRIPLETS))),
        LossDefinition.ofEmbeddings("multi-similarity", "The hard pairs of a batch, the hardest weighing most.")
            .fits(INDICES)
            .settings(SIMILAR_SCALE, OTHER_SCALE, THRESHOLD, MARGIN.withDefault(0.1))
            .creates((settings, _) -> new MultiSimilarity(settings.get(SIMILAR_SCALE), settings.get(OTHER_SCALE),
                settings.get(THRESHOLD), settings.get(MARGIN))));
  }
}
