package crema.plugin;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Prediction;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.task.LossConfig;
import crema.task.TargetKind;
import java.nio.file.Path;
import java.util.List;

/** An application that uses the loss by its name. */
public final class HingeApplication {
  private HingeApplication() {}

  /** Without arguments, what the catalog knows of the loss; with a model, the labels that it answers. */
  public static void main(String[] arguments) {
    if (arguments.length > 0) {
      try (Classifier classifier = Classifier.load(Path.of(arguments[0]))) {
        System.out.println("labels "
            + classifier.answer(List.of("washing machine 7")).getFirst().stream().map(Prediction::label).sorted()
                .toList());
      }
      return;
    }
    System.out.println("losses " + LossCatalog.losses().stream().map(LossDefinition::name).toList());
    System.out
        .println("margin " + LossConfig.of("hinge").with(HingeLosses.MARGIN, 2.5).values().get(HingeLosses.MARGIN));
    printMistake(() -> LossConfig.of("hinge").with(HingeLosses.MARGIN, -1.0));
    printMistake(() -> LossConfig.of("hinge").requireFor(TargetKind.SINGLE));
  }

  private static void printMistake(Runnable work) {
    try {
      work.run();
    } catch (UserError e) {
      System.out.println("mistake " + e.getMessage());
    }
  }
}
