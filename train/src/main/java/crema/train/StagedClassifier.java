package crema.train;

import crema.data.LabelSet;
import crema.train.Routes.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A {@link Classifier} that decides in stages, each with a classifier of its own. The probability of a label is the
 * product of the probabilities of the branches on its route.
 */
final class StagedClassifier implements Classifier {
  /** Of a label whose probability is 0. */
  private static final double LEAST_LOGIT = -100;

  private final Target target;
  private final List<Classifier> classifiers;
  /** For each label and each stage on its route: which stage, and which label of its classifier. */
  private final List<List<Step>> steps;

  private record Step(int stage, int branch) {}

  /**
   * A classifier.
   *
   * @param routes how the stages lead to labels
   * @param classifiers of the {@linkplain Routes#stages stages}, in their order; they are closed with this one
   * @throws IllegalArgumentException when a classifier's labels are not the branches of its stage
   */
  StagedClassifier(Routes routes, List<? extends Classifier> classifiers) {
    this.classifiers = List.copyOf(classifiers);
    List<String> labels = routes.labels();
    target = new SingleLabelTarget(LabelSet.of(labels, new long[labels.size()]));
    List<Stage> stages = routes.stages();
    if (stages.size() != classifiers.size()) {
      throw new IllegalArgumentException(stages.size() + " stages, but " + classifiers.size() + " classifiers");
    }
    steps = new ArrayList<>();
    labels.forEach(label -> steps.add(new ArrayList<>()));
    for (int stage = 0; stage < stages.size(); stage++) {
      Map<String, Integer> branches = branches(stages.get(stage), classifiers.get(stage));
      for (int label = 0; label < labels.size(); label++) {
        List<String> route = routes.route(labels.get(label));
        if (stages.get(stage).isOn(route)) {
          int branch = Objects.requireNonNull(branches.get(stages.get(stage).branchOf(route)));
          steps.get(label).add(new Step(stage, branch));
        }
      }
    }
  }

  private static Map<String, Integer> branches(Stage stage, Classifier classifier) {
    var indices = new HashMap<String, Integer>();
    classifier.labels().forEach(label -> indices.put(label, indices.size()));
    if (indices.size() != stage.branches().size() || !indices.keySet().containsAll(stage.branches())) {
      throw new IllegalArgumentException(stage + " decides between " + stage.branches() + ", but its classifier between "
          + classifier.labels());
    }
    return indices;
  }

  @Override
  public Target target() {
    return target;
  }

  /** The logarithms of the probabilities, whose softmax they are. */
  @Override
  public float[][] logits(List<String> texts) {
    List<float[][]> byStage = classifiers.stream().map(classifier -> classifier.probabilities(texts)).toList();
    var logits = new float[texts.size()][];
    for (int text = 0; text < logits.length; text++) {
      var row = new float[steps.size()];
      boolean empty = true;
      for (int label = 0; label < row.length; label++) {
        double product = 1;
        for (Step step : steps.get(label)) {
          product *= byStage.get(step.stage)[text][step.branch];
        }
        row[label] = (float) Math.max(Math.log(product), LEAST_LOGIT);
        empty &= product == 0;
      }
      logits[text] = empty ? new float[0] : row;
    }
    return logits;
  }

  /** The vectors of the first stage's classifier. */
  @Override
  public float[][] embed(List<String> texts) {
    return classifiers.getFirst().embed(texts);
  }

  @Override
  public void close() {
    classifiers.forEach(Classifier::close);
  }
}
