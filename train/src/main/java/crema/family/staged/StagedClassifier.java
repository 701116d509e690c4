package crema.family.staged;

import crema.classify.Classifier;
import crema.classify.Item;
import crema.family.staged.Routes.Stage;
import crema.run.Panel;
import crema.task.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedCollection;
import java.util.Set;

/**
 * A {@link Classifier} that decides in stages, each with a classifier of its own. The probability of a label is the
 * product of the probabilities of the branches on its route; that of a node of a taxonomy is the sum over the labels
 * that are it or below it.
 */
final class StagedClassifier implements Classifier {
  /** Of a label whose probability is 0. */
  private static final double LEAST_LOGIT = -100;

  private final Target target;
  private final List<Path> paths = new ArrayList<>();
  private final Panel panel;

  /**
   * The way to a label.
   *
   * @param implied the labels of the target that a text has if it gets there
   * @param steps which branches lead there
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Path(int[] implied, List<Step> steps) {}

  private record Step(int stage, int branch) {}

  /**
   * A classifier.
   *
   * @param routes how the stages lead to labels
   * @param target has those labels, and no others but what they imply
   * @param classifiers of the {@linkplain Routes#stages stages}, in their order; they are closed with this one
   * @param threads how many threads ask the classifiers
   * @throws IllegalArgumentException when the labels of the target are others, or a classifier's labels are not the
   *     branches of its stage
   */
  StagedClassifier(Routes routes, Target target, List<? extends Classifier> classifiers, int threads) {
    this.target = target;
    List<Stage> stages = routes.stages();
    if (stages.size() != classifiers.size()) {
      throw new IllegalArgumentException(stages.size() + " stages, but " + classifiers.size() + " classifiers");
    }
    var branches = new ArrayList<Map<String, Integer>>();
    for (int stage = 0; stage < stages.size(); stage++) {
      branches.add(branches(stages.get(stage), classifiers.get(stage)));
    }
    Set<Integer> reached = new LinkedHashSet<>();
    routes.byLabel().forEach((label, route) -> {
      int index = target.labels().indexOf(label);
      if (index < 0) {
        throw new IllegalArgumentException("a route leads to '" + label + "', which is not among the labels");
      }
      var steps = new ArrayList<Step>();
      for (int stage = 0; stage < stages.size(); stage++) {
        if (stages.get(stage).isOn(route)) {
          String branch = stages.get(stage).branchOf(route);
          steps.add(new Step(stage, Objects.requireNonNull(branches.get(stage).get(branch))));
        }
      }
      int[] implied = target.implied(index);
      for (int each : implied) {
        reached.add(each);
      }
      paths.add(new Path(implied, steps));
    });
    if (reached.size() < target.labels().size()) {
      throw new IllegalArgumentException("of " + target.labels().size() + " labels routes lead to " + reached.size());
    }
    panel = new Panel(classifiers, threads);
  }

  private static Map<String, Integer> branches(Stage stage, Classifier classifier) {
    var indices = new HashMap<String, Integer>();
    classifier.labels().forEach(label -> indices.put(label, indices.size()));
    if (indices.size() != stage.branches().size() || !indices.keySet().containsAll(stage.branches())) {
      throw new IllegalArgumentException(stage + " decides between " + stage.branches()
          + ", but its classifier between "
          + classifier.labels());
    }
    return indices;
  }

  @Override
  public Target target() {
    return target;
  }

  /** Those of all stages, which were trained with the same settings. */
  @Override
  public List<String> columns() {
    return panel.classifiers().getFirst().columns();
  }

  @Override
  public boolean readsPictures() {
    return panel.classifiers().getFirst().readsPictures();
  }

  @Override
  public boolean readsText() {
    return panel.classifiers().getFirst().readsText();
  }

  @Override
  public float[][] logits(List<String> texts) {
    return logits(Item.ofTexts(texts));
  }

  /** The logarithms of the probabilities, which are calibrated together and not by stage. */
  @Override
  public float[][] logits(SequencedCollection<Item> items) {
    float[][][] byStage = panel.ask(Collections.nCopies(panel.classifiers().size(), List.copyOf(items)),
        (classifier, some) -> classifier.rawProbabilities(some));
    var logits = new float[items.size()][];
    for (int item = 0; item < logits.length; item++) {
      var probabilities = new double[target.labels().size()];
      double all = 0;
      for (Path path : paths) {
        double product = 1;
        for (Step step : path.steps) {
          product *= byStage[step.stage][item][step.branch];
        }
        for (int label : path.implied) {
          probabilities[label] += product;
        }
        all += product;
      }
      logits[item] = all == 0 ? new float[0] : logarithms(probabilities);
    }
    return logits;
  }

  private static float[] logarithms(double[] probabilities) {
    var logarithms = new float[probabilities.length];
    for (int i = 0; i < logarithms.length; i++) {
      logarithms[i] = (float) Math.max(Math.log(probabilities[i]), LEAST_LOGIT);
    }
    return logarithms;
  }

  /** The vectors of the first stage's classifier. */
  @Override
  public float[][] embed(List<String> texts) {
    return panel.classifiers().getFirst().embed(texts);
  }

  @Override
  public float[][] embed(SequencedCollection<Item> items) {
    return panel.classifiers().getFirst().embed(items);
  }

  @Override
  public double operations(String text) {
    return panel.classifiers().stream().mapToDouble(classifier -> classifier.operations(text)).sum();
  }

  @Override
  public void close() {
    panel.close();
  }
}
