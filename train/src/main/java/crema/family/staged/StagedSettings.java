package crema.family.staged;

import crema.data.LabelSet;
import crema.data.Taxonomy;
import crema.metrics.Metric;
import crema.nn.loss.Link;
import crema.run.RefitSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;

/** Whether several small models decide one after the other. A family that can train such models lists the section. */
public final class StagedSettings {
  /** Whether several small models decide one after the other. */
  public static final Section SECTION = Section.of("Stages");

  public static final Setting<String> TWO_STAGE = SECTION.optionalText("two-stage").label("LABEL").basic()
      .help("Two models: whether it is this catch-all label, then which other");
  public static final Setting<Boolean> LOCAL_CLASSIFIERS = SECTION.flag("local-classifiers").basic()
      .help("A model for each parent of a taxonomy");

  static {
    SECTION.rule(settings -> settings.find(TWO_STAGE).isPresent() && settings.get(LOCAL_CLASSIFIERS)
        ? "--two-stage and --local-classifiers exclude each other" : null, TWO_STAGE, LOCAL_CLASSIFIERS);
  }

  private StagedSettings() {}

  /** Whether settings ask for stages. */
  public static boolean areGiven(Settings settings) {
    return settings.has(TWO_STAGE) && (settings.find(TWO_STAGE).isPresent() || settings.get(LOCAL_CLASSIFIERS));
  }

  /** The settings of a stage, which is trained once: those of all, without any stages below it. */
  static Settings ofStage(Settings settings) {
    return RefitSettings.without(settings.without(TWO_STAGE).without(LOCAL_CLASSIFIERS));
  }

  /**
   * Checks that stages fit what there is to predict.
   *
   * @throws crema.base.UserError when they do not
   */
  static void requireFit(Settings settings) {
    TargetKind target = settings.get(LabelSettings.TARGET);
    if (settings.find(TWO_STAGE).isPresent() && target != TargetKind.SINGLE) {
      throw settings.error(TWO_STAGE, " needs one label a row: --target single");
    }
    if (settings.get(AnswerSettings.DECISION) != Metric.ACCURACY) {
      throw settings.error(AnswerSettings.DECISION, " has no effect on models that decide in stages: leave it out");
    }
    if (settings.get(LOCAL_CLASSIFIERS) && target != TargetKind.TAXONOMY) {
      throw settings.error(LOCAL_CLASSIFIERS, " needs paths as labels: --target taxonomy");
    }
  }

  /** The decisions that lead to the labels of the training rows. */
  static Routes routes(Settings settings, LabelSet labels) {
    return settings.find(TWO_STAGE).map(catchAll -> Routes.twoStage(labels, catchAll))
        .orElseGet(() -> Routes.local(labels,
            Taxonomy.of(labels.names(), settings.get(LabelSettings.PATH_SEPARATOR))));
  }

  /** How a path is found from the decisions of local classifiers. */
  static AnswerSettings answers(Settings settings) {
    return settings.has(AnswerSettings.DECODING) && settings.get(LOCAL_CLASSIFIERS)
        ? new AnswerSettings(settings) : AnswerSettings.DEFAULT;
  }

  /** What all stages together predict. */
  static Target target(Settings settings, LabelSet labels) {
    return settings.find(TWO_STAGE).isPresent()
        ? new SingleLabelTarget(labels)
        : TaxonomyTarget.of(labels, settings.get(LabelSettings.PATH_SEPARATOR), Link.FAMILY_SOFTMAX,
            answers(settings).decoding());
  }
}
