package crema.family.fusion;

import crema.nn.model.fusion.FusionKind;
import crema.settings.Section;
import crema.settings.Setting;

/** How texts and pictures are joined, and how that is learned. */
public final class FusionSettings {
  /** How texts and pictures are joined. */
  public static final Section SECTION = Section.of("Fusion");

  public static final Setting<FusionKind> FUSION = SECTION.choice("fusion", FusionKind.CONCAT).basic()
      .help("How both become one");
  public static final Setting<String> TEXT_MODEL = SECTION.optionalFile("text-model").label("MODEL")
      .shownDefault("train one").help("A trained model of texts to join, as it is: a directory or an archive");
  public static final Setting<String> PICTURE_MODEL = SECTION.optionalFile("picture-model").label("MODEL")
      .shownDefault("train one").help("A trained model of pictures to join, likewise");
  public static final Setting<Integer> VISION_EPOCHS = SECTION.optionalInteger("vision-epochs").atLeast(1)
      .shownDefault("as of the family image").help("Passes over the pictures in which the model of pictures learns");
  public static final Setting<Integer> FUSION_SIZE = SECTION.integer("fusion-size", 128).atLeast(1).atMost(8192)
      .help("Features of the joined vector");
  public static final Setting<Double> LEAST_SHARE =
      SECTION.number("least-share", 0.1).atLeast(0).atMost(0.49).label("F")
          .help("The least share that the weaker of texts and pictures keeps");
  public static final Setting<Double> MODALITY_DROPOUT = SECTION.number("modality-dropout", 0.3).atLeast(0).atMost(0.9)
      .label("P").help("Leaves out the text or the picture of a training row that has both, others each time");
  public static final Setting<Double> FUSION_DROPOUT = SECTION.number("fusion-dropout", 0.3).atLeast(0).atMost(0.9)
      .label("P").help("On the joined vector");
  public static final Setting<Integer> FUSION_EPOCHS = SECTION.integer("fusion-epochs", 20).atLeast(1)
      .help("Passes over the training rows in which the joined vector is learned");
  public static final Setting<Double> FUSION_LEARNING_RATE = SECTION.number("fusion-learning-rate", 1e-3).above(0)
      .atMost(100).label("LR").help("The highest learning rate of that");
  public static final Setting<Integer> PICTURE_EPOCHS = SECTION.integer("picture-first-epochs", 3).atLeast(0)
      .help("Passes before those in which noise stands in place of texts, so that pictures are learned first");
  public static final Setting<Double> PICTURE_DECAY = SECTION.number("picture-first-decay", 0.3).atLeast(0).atMost(100)
      .label("W").help("The decay of matrices in these");
  public static final Setting<Integer> JOINT_EPOCHS = SECTION.integer("joint-epochs", 3).atLeast(0)
      .details("0 for none")
      .help("Passes at the end in which the models of texts and of pictures learn too, end to end");
  public static final Setting<Double> JOINT_LEARNING_RATE = SECTION.number("joint-learning-rate", 5e-4).above(0)
      .atMost(100).label("LR").help("The highest learning rate of these; pretrained models take a twentieth");
  public static final Setting<Double> JOINT_PART_LOSS = SECTION.number("joint-part-loss", 0.5).atLeast(0).atMost(100)
      .label("W").help("In these, the weight of the loss of texts alone and of that of pictures alone");
  public static final Setting<Integer> FUSION_BATCH = SECTION.integer("fusion-batch-size", 64).atLeast(2)
      .help("Rows of a batch of the joined vectors");

  private FusionSettings() {}
}
