package crema.family.stack;

import crema.settings.Section;
import crema.settings.Setting;
import java.util.List;

/** What a stack is made of, and how its second level is found. */
public final class StackSettings {
  /** How a second level is found. */
  public static final Section SECTION = Section.of("Stack");

  public static final Setting<Integer> FOLDS = SECTION.optionalInteger("folds").atLeast(2).atMost(100).basic()
      .shownDefault("5, or 3 from 20,000 training rows on")
      .help("The folds of the cross-validation that compares models and second levels");
  public static final Setting<LevelKind> LEVEL = SECTION.optionalChoice("level", List.of(LevelKind.values()))
      .shownDefault("that which validates best")
      .details("average, of probabilities, found by greedy selection; logistic, a regression with a weight a model; "
          + "best, one model alone")
      .help("How several models make one answer");

  /** Which models are stacked. */
  public static final Section MODELS_SECTION = Section.of("Members");

  public static final Setting<List<String>> MODELS = MODELS_SECTION.files("models").label("MODEL").basic()
      .help("Trained models to stack: directories, or archives of crema pack");

  private StackSettings() {}
}
