package crema.cli;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.data.PictureColumn;
import crema.run.DataSettings;
import crema.run.PictureSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the pictures are that belong to texts: in a column of their file, or in files beside texts on the command line. */
final class PictureFlags {
  @Option(names = "--image", paramLabel = "COLUMN|FILE", parameterConsumer = CommaSeparated.class,
      description = "The column of --file with pictures (default: as in training); without --file, a picture for each "
          + "text.")
  private List<String> images = new ArrayList<>();

  @Option(names = "--image-root", paramLabel = "DIR",
      description = "Where relative paths in that column begin (default: as in training, or the folder of the file).")
  private @Nullable Path root;

  /** Whether the flags say anything. */
  boolean any() {
    return !images.isEmpty() || root != null;
  }

  /**
   * Checks the flags.
   *
   * @throws UserError when the model reads no pictures
   */
  void require(Classifier classifier, Path model) {
    if (any() && !classifier.readsPictures()) {
      throw new UserError(model + " reads no pictures: leave out --image and --image-root");
    }
  }

  /**
   * The column with pictures.
   *
   * @param before how rows were read in training; null if nobody knows
   */
  @Nullable
  PictureColumn column(@Nullable DataSettings before) {
    if (images.size() > 1) {
      throw new UserError("--image names one column of --file, not " + String.join(", ", images));
    }
    if (!images.isEmpty()) {
      return new PictureColumn(images.getFirst(), root);
    }
    return before == null ? null : PictureSettings.column(PictureSettings.afterTraining(before.settings()))
        .map(column -> new PictureColumn(column.name(), root == null ? column.root() : root)).orElse(null);
  }

  /** The pictures of texts on the command line, one each; empty if there are none. */
  List<String> ofTexts(int texts) {
    if (root != null) {
      throw new UserError("--image-root is of the column in --file: give --file too");
    }
    if (!images.isEmpty() && images.size() != texts) {
      throw new UserError(String.format(Locale.ROOT,
          "--image gives %,d %s for %,d %s: give one for each text", images.size(),
          images.size() == 1 ? "picture" : "pictures", texts, texts == 1 ? "text" : "texts"));
    }
    return images;
  }
}
