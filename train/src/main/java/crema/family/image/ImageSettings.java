package crema.family.image;

import crema.data.image.PicturePreparation;
import crema.run.PictureSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;

/** What a model of pictures is made of, and how pictures are prepared for it. */
public final class ImageSettings {
  /** What a model of pictures is made of. */
  public static final Section SECTION = Section.of("Vision");

  public static final Setting<String> VISION = SECTION.optionalText("vision").label("MODEL").basic()
      .shownDefault("none: a small network learns from nothing")
      .help("A pretrained vision model to start from: folder or name");
  public static final Setting<Boolean> FINE_TUNE = SECTION.flag("fine-tune-vision")
      .shownDefault("train the head alone, on vectors of the pictures that are made once")
      .help("Let the pretrained vision model learn too");
  public static final Setting<Integer> IMAGE_SIZE = SECTION.optionalInteger("image-size").atLeast(16)
      .atMost(PicturePreparation.MAX_SIZE).label("PIXELS").basic()
      .shownDefault("64, or that of the pretrained model").help("The side of the square that a picture becomes");
  public static final Setting<Integer> BOTTLENECK = SECTION.integer("bottleneck", 32).atLeast(0).atMost(65_536)
      .details("0 for none").help("The features between the vector of a picture and the head");
  public static final Setting<Double> IMAGE_DROPOUT =
      SECTION.number("image-dropout", 0.1).atLeast(0).below(1).label("P")
          .help("On what the bottleneck and the head read");
  public static final Setting<Boolean> NO_IMAGE_CHANGES = SECTION.flag("no-image-changes")
      .shownDefault("cut, mirror and recolour them a little, in each epoch otherwise")
      .help("Train on pictures as they are");
  public static final Setting<Boolean> ZERO_SHOT = SECTION.flag("zero-shot")
      .shownDefault("learn from the training rows")
      .help("Train nothing: compare pictures with the names of categories, by the CLIP that --vision names");
  public static final Setting<String> NAME_PROMPT = SECTION.text("name-prompt", "a photo of a {}").label("TEXT")
      .details("{} stands for the name").help("What is read of a category's name with --zero-shot");

  /** Stands for a name in {@link #NAME_PROMPT}. */
  static final String NAME = "{}";

  static {
    SECTION.rule(settings -> settings.get(ZERO_SHOT) && settings.find(VISION).isEmpty()
        ? "--zero-shot compares pictures with names by a CLIP: name one with --vision" : null, ZERO_SHOT, VISION);
    List.of(FINE_TUNE, BOTTLENECK, IMAGE_DROPOUT)
        .forEach(row -> SECTION.rule(settings -> settings.get(ZERO_SHOT) && settings.isChanged(row)
            ? row.flag() + " has no effect with --zero-shot, which trains nothing: leave it out" : null, row,
            ZERO_SHOT));
    SECTION.rule(settings -> !settings.get(ZERO_SHOT) && settings.isChanged(NAME_PROMPT)
        ? "--name-prompt has no effect without --zero-shot: leave it out" : null, NAME_PROMPT, ZERO_SHOT);
    SECTION.rule(settings -> !settings.get(NAME_PROMPT).contains(NAME)
        ? "--name-prompt must have {} where the name is to stand" : null, NAME_PROMPT);
    SECTION.rule(settings -> PictureSettings.areGiven(settings) ? null
        : "a model of pictures needs a column of them: name it with --image", BOTTLENECK, PictureSettings.IMAGE);
    SECTION.rule(settings -> settings.get(FINE_TUNE) && settings.find(VISION).isEmpty()
        ? "--fine-tune-vision has no effect without --vision: a model that starts from nothing learns as a whole"
        : null,
        FINE_TUNE, VISION);
    SECTION.rule(settings -> readsVectors(settings) && settings.isChanged(NO_IMAGE_CHANGES)
        ? "--no-image-changes has no effect with --vision unless it is fine-tuned: vectors of pictures are made once"
        : null, NO_IMAGE_CHANGES, VISION);
  }

  private ImageSettings() {}

  /** Whether the head is trained on vectors of pictures that are made once. */
  public static boolean readsVectors(Settings settings) {
    return settings.find(VISION).isPresent() && !settings.get(FINE_TUNE);
  }

  /** Whether training pictures are changed at random. */
  public static boolean changesPictures(Settings settings) {
    return !readsVectors(settings) && !settings.get(NO_IMAGE_CHANGES);
  }
}
