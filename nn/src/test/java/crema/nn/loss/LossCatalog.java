package crema.nn.loss;

import crema.base.Forest;
import crema.nn.loss.BalancingMethod.Scaling;
import java.util.LinkedHashMap;
import java.util.Map;

/** All losses with the options that {@code src/test/golden/losses_torch.py} gives them, under the names it uses. */
final class LossCatalog {
  static final int CLASSES = 10;
  static final Forest TREE = new Forest(-1, 0, 0, 5, 1, -1, 3, 3, 1, 6);
  static final ClassFrequencies FREQUENCIES =
      new ClassFrequencies(new long[] {120, 60, 1, 35, 8, 200, 3, 0, 200, 17}, 200);

  private LossCatalog() {}

  /** Losses of one class a row. */
  static Map<String, Loss> single() {
    var losses = new LinkedHashMap<String, Loss>();
    var weights = new double[CLASSES];
    var narrowWeights = new float[CLASSES];
    for (int j = 0; j < CLASSES; j++) {
      weights[j] = 0.5 + j % 3;
      narrowWeights[j] = (float) weights[j];
    }
    losses.put("softmax", new SoftmaxCrossEntropy());
    losses.put("softmax smoothed weighted", new SoftmaxCrossEntropy(0.1f, narrowWeights));
    losses.put("softmax focal", new SoftmaxFocal(2));
    losses.put("softmax focal smoothed weighted", new SoftmaxFocal(1.5, 0.1, weights));
    losses.put("balanced softmax", LogitAdjustment.balancedSoftmax(new SoftmaxCrossEntropy(), FREQUENCIES));
    losses.put("logit-adjusted focal", new LogitAdjustment(new SoftmaxFocal(1), FREQUENCIES, 0.5));
    losses.put("softmax macro-F1", new SoftMacroF1());
    losses.put("softmax and macro-F1", WeightedLosses.mix(new SoftmaxCrossEntropy(), new SoftMacroF1(), 0.3));
    losses.put("ancestors less",
        new AncestorCrossEntropy(TREE, new NodeWeighting.Ancestors(0.5), Focus.NONE));
    losses.put("ancestors same focal",
        new AncestorCrossEntropy(TREE, NodeWeighting.Ancestors.AS_LEAVES, Focus.of(2)));
    losses.put("ancestors more",
        new AncestorCrossEntropy(TREE, new NodeWeighting.Ancestors(2), Focus.NONE));
    losses.put("tree-min", new TreeMin(TREE, Focus.NONE));
    losses.put("tree-min focal", new TreeMin(TREE, Focus.of(2)));
    losses.put("conditional softmax", new ConditionalSoftmax(TREE));
    losses.put("softmax per level", new LevelSoftmax(TREE, new NodeWeighting.Levels(1, 0.5, 2, 0.25)));
    losses.put("contrastive", new SupervisedContrastive(0.1));
    losses.put("tree triplet", new TreeTriplet(TREE, 0.1));
    return losses;
  }

  /** Losses of many labels a row. */
  static Map<String, Loss> multi() {
    var losses = new LinkedHashMap<String, Loss>();
    var weights = new double[CLASSES];
    for (int j = 0; j < CLASSES; j++) {
      weights[j] = 0.5 + j % 3;
    }
    losses.put("bce", new BinaryCrossEntropy());
    losses.put("bce smoothed weighted", new BinaryCrossEntropy(0.1, weights));
    losses.put("focal", new FocalLoss(Focus.of(2)));
    losses.put("focal balanced", new FocalLoss(Focus.balanced(1.5, 0.25)));
    losses.put("asymmetric", new AsymmetricLoss(1, 4, 0.05));
    losses.put("asymmetric unshifted", new AsymmetricLoss(0, 2, 0));
    losses.put("macro-F1", new SoftMacroF1());
    losses.put("ancestors per level",
        new AncestorCrossEntropy(TREE, new NodeWeighting.Levels(1, 2, 3, 0.5), Focus.of(1.5)));
    losses.put("tree-min many balanced", new TreeMin(TREE, Focus.balanced(1.5, 0.25)));
    losses.put("class-balanced average count", classBalanced(ClassBalancing.Mode.AVERAGE_COUNT));
    losses.put("class-balanced average weight", classBalanced(ClassBalancing.Mode.AVERAGE_WEIGHT));
    losses.put("class-balanced minimum count", classBalanced(ClassBalancing.Mode.MINIMUM_COUNT));
    for (Scaling scaling : Scaling.values()) {
      for (BalancingMethod method : BalancingMethod.values()) {
        losses.put(scaling + " " + method, method.loss(FREQUENCIES, scaling));
      }
    }
    return losses;
  }

  private static Loss classBalanced(ClassBalancing.Mode mode) {
    return new LongTailLoss(FREQUENCIES, new ClassBalancing(0.9, mode), null, Focus.of(2), 1);
  }
}
