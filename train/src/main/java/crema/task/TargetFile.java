package crema.task;

import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.data.LabelSet;
import crema.metrics.Thresholds;
import crema.nn.loss.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code target.json}: how a model's scores become labels.
 *
 * @param format of the file
 * @param target the kind of target
 * @param multi what is said of several labels, or null
 * @param taxonomy what is said of paths, or null
 */
public record TargetFile(int format, String target, @Nullable Multi multi, @Nullable Tree taxonomy) {
  private static final int FORMAT = 1;

  /**
   * Thresholds of several labels.
   *
   * @param atLeastOne whether a text always has a label
   * @param thresholds one a label, in the order of the labels
   */
  record Multi(boolean atLeastOne, List<Threshold> thresholds) {
    Thresholds of(Path file, LabelSet labels) {
      if (!thresholds.stream().map(Threshold::label).toList().equals(labels.names())) {
        throw new UserError(file + " has thresholds for other labels than labels.json: "
            + firstDifference(labels) + ". The files are of different models");
      }
      var values = new float[labels.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) thresholds.get(i).threshold();
      }
      var each = Thresholds.perLabel(values);
      return atLeastOne ? each.withAtLeastOne() : each;
    }

    private String firstDifference(LabelSet labels) {
      if (thresholds.size() != labels.size()) {
        return thresholds.size() + " thresholds for " + labels.size() + " labels";
      }
      int different = IntStream.range(0, labels.size())
          .filter(i -> !thresholds.get(i).label().equals(labels.name(i))).findFirst().orElseThrow();
      return "number " + (different + 1) + " is '" + thresholds.get(different).label() + "', not '"
          + labels.name(different) + "'";
    }
  }

  /**
   * From which probability on a text has a label.
   *
   * @param label the label's name
   * @param threshold the least probability
   */
  record Threshold(String label, double threshold) {}

  /**
   * How paths are found.
   *
   * @param separator what separates the segments of a path
   * @param scoring what the scores mean
   * @param decoding how they become a path, as in {@link DecisionConfig}
   * @param nodeThreshold of the decoding
   * @param atLeastOne of the decoding
   */
  record Tree(String separator, Link scoring, String decoding, double nodeThreshold, boolean atLeastOne) {
    Decoding treeDecoding() {
      return DecisionConfig.decoding(decoding, nodeThreshold, atLeastOne);
    }
  }

  public static void write(Target target, Path file) throws IOException {
    Multi multi = target instanceof MultiLabelTarget labels ? thresholds(labels) : null;
    Tree tree = target instanceof TaxonomyTarget paths ? tree(paths) : null;
    ModelDirectory.writeJson(file, new TargetFile(FORMAT, target.kind().key(), multi, tree));
  }

  private static Multi thresholds(MultiLabelTarget target) {
    return new Multi(target.thresholds().isAtLeastOne(), IntStream.range(0, target.labels().size())
        .mapToObj(label -> new Threshold(target.labels().name(label), decimal(target.thresholds().value(label))))
        .toList());
  }

  /** The double whose decimal is as short as the float's. */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  private static Tree tree(TaxonomyTarget target) {
    return switch (target.decoding()) {
      case Decoding.Argmax _ -> new Tree(target.separator(), target.link(), "argmax", 0, false);
      case Decoding.TopDown(double threshold) ->
          new Tree(target.separator(), target.link(), "top-down", threshold, false);
      case Decoding.Consistent(double threshold, boolean atLeastOne) ->
          new Tree(target.separator(), target.link(), "consistent", threshold, atLeastOne);
      case Decoding.BestPath _ -> new Tree(target.separator(), target.link(), "best-path", 0, false);
    };
  }

  /**
   * Reads what a model predicts.
   *
   * @throws UserError when the file is missing, damaged, of a newer version, or of another model
   */
  public static Target read(ModelDirectory directory) throws IOException {
    Path file = directory.target();
    if (!Files.exists(file)) {
      throw new UserError(directory.path() + " is not a whole model: it has no target.json");
    }
    LabelSet labels = LabelSet.load(directory.labels());
    TargetFile read = ModelDirectory.readJson(file, TargetFile.class);
    if (read.format > FORMAT) {
      throw new UserError(file + " was written by a newer version of Crema (format " + read.format
          + "; this one reads up to " + FORMAT + "): update Crema");
    }
    return switch (TargetKind.ofKey(read.target)) {
      case SINGLE -> new SingleLabelTarget(labels);
      case MULTI -> new MultiLabelTarget(labels, require(read.multi, file, "thresholds").of(file, labels));
      case TAXONOMY -> {
        Tree tree = require(read.taxonomy, file, "taxonomy");
        var paths = TaxonomyTarget.ofNodes(labels, tree.separator, tree.scoring, tree.treeDecoding());
        if (!IntStream.range(0, paths.taxonomy().size()).mapToObj(paths.taxonomy()::name).toList()
            .equals(labels.names())) {
          throw new UserError(directory.labels() + " does not hold the nodes of a taxonomy whose paths are "
              + "separated by '" + tree.separator + "', as " + file + " says");
        }
        yield paths;
      }
    };
  }

  private static <T> T require(@Nullable T part, Path file, String name) {
    if (part == null) {
      throw new UserError(file + " is damaged: it has no " + name);
    }
    return part;
  }
}
