package crema.family.fusion;

import crema.base.Keyed;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.Item;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.settings.Setting;
import crema.task.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The model of the texts and that of the pictures.
 *
 * @param text reads texts
 * @param picture reads pictures
 */
record FusionParts(Classifier text, Classifier picture) implements AutoCloseable {
  private static final String FOLDER = "parts";

  /** Which of the two. */
  enum Part implements Keyed {
    /** The model of texts, an encoder. */
    TEXT("Texts", "encoder", FusionSettings.TEXT_MODEL),
    /** The model of pictures. */
    PICTURE("Pictures", "image", FusionSettings.PICTURE_MODEL);

    private final String heading;
    private final String family;
    private final Setting<String> trained;

    Part(String heading, String family, Setting<String> trained) {
      this.heading = heading;
      this.family = family;
      this.trained = trained;
    }

    /** The setting that names a trained model for this part. */
    Setting<String> trained() {
      return trained;
    }

    /** What it reads, for people. */
    String heading() {
      return heading;
    }

    /** The family of a model that is trained for it. */
    ModelFamily family() {
      return ModelFamily.named(family);
    }

    /** The directory of this part. */
    ModelDirectory in(ModelDirectory model) {
      return model.folder(FOLDER).folder(key());
    }

    /** The model of this part. */
    ModelSource in(ModelSource model) {
      return model.folder(FOLDER).folder(key());
    }
  }

  /** The folder with both. */
  static String folder() {
    return FOLDER;
  }

  /**
   * What a part says of an item.
   *
   * @param vector {@code [features]}
   * @param logits {@code [labels]}
   */
  @SuppressWarnings("ArrayRecordComponent") // goes into tensors; never compared
  record Said(float[] vector, float[] logits) {}

  /**
   * What both say of an item; null where it does not have what a part reads.
   */
  record SaidOfItem(@Nullable Said text, @Nullable Said picture) {
    /** Whether there is nothing to go by. */
    boolean isNothing() {
      return text == null && picture == null;
    }
  }

  /**
   * What both parts say of items, in their order.
   *
   * @param target whose labels the logits are of
   */
  List<SaidOfItem> say(List<Item> items, Target target) {
    List<@Nullable Said> ofTexts = say(text, target, items, item -> !item.text().isBlank());
    List<@Nullable Said> ofPictures = say(picture, target, items, item -> item.picture() != null);
    var said = new ArrayList<SaidOfItem>();
    for (int i = 0; i < items.size(); i++) {
      said.add(new SaidOfItem(ofTexts.get(i), ofPictures.get(i)));
    }
    return said;
  }

  /** Opens both of a model, or of a run. */
  static FusionParts open(ModelDirectory model, ComputeOptions compute) throws IOException {
    Classifier text = open(Part.TEXT, model, compute);
    try {
      return new FusionParts(text, open(Part.PICTURE, model, compute));
    } catch (IOException | RuntimeException e) {
      text.close();
      throw e;
    }
  }

  private static Classifier open(Part part, ModelDirectory model, ComputeOptions compute) throws IOException {
    ModelDirectory own = part.in(model);
    return ModelFamily.of(own).open(own, compute);
  }

  /** How many features the vectors of a part have. */
  int features(Part part) {
    return (part == Part.TEXT ? text : picture).embed("a").length;
  }

  /** Where the logits of a target's labels are among those of a part. */
  int[] places(Part part, Target target) {
    return places(part == Part.TEXT ? text : picture, target);
  }

  private static int[] places(Classifier part, Target target) {
    return target.labels().names().stream().mapToInt(part.target().labels()::indexOf).toArray();
  }

  /**
   * Checks that parts know all labels.
   *
   * @param name of the model, for messages
   * @throws UserError when one does not
   */
  void requireLabels(Target target, String name) {
    for (Part part : Part.values()) {
      Classifier own = part == Part.TEXT ? text : picture;
      int[] places = places(own, target);
      for (int label = 0; label < places.length; label++) {
        if (places[label] < 0) {
          throw new UserError(name + ": the model of " + part.heading().toLowerCase(Locale.ROOT)
              + " does not know the label '" + target.labels().name(label) + "'");
        }
      }
    }
  }

  private static List<@Nullable Said> say(Classifier part, Target target, List<Item> items, Predicate<Item> has) {
    int[] places = places(part, target);
    List<Item> readable = items.stream().filter(has).toList();
    float[][] logits = part.logits(readable);
    // Of what has no tokens, or is no picture, a classifier has no logits.
    var answered = new ArrayList<Item>();
    for (int i = 0; i < logits.length; i++) {
      if (logits[i].length > 0) {
        answered.add(readable.get(i));
      }
    }
    float[][] vectors = part.embed(answered);
    var said = new ArrayList<@Nullable Said>();
    int asked = 0;
    int vector = 0;
    for (Item item : items) {
      boolean isAnswered = has.test(item) && logits[asked++].length > 0;
      said.add(isAnswered ? new Said(vectors[vector++], picked(logits[asked - 1], places)) : null);
    }
    return said;
  }

  private static float[] picked(float[] logits, int[] places) {
    var picked = new float[places.length];
    for (int label = 0; label < picked.length; label++) {
      picked[label] = logits[places[label]];
    }
    return picked;
  }

  @Override
  public void close() {
    try (text) {
      picture.close();
    }
  }
}
