package crema.run;

import crema.data.PictureColumn;
import crema.embed.CachedEmbedder;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the pictures of rows are. A family lists the section if its models read pictures, or some of their parts do. */
public final class PictureSettings {
  /** Where the pictures of rows are. */
  public static final Section SECTION = Section.of("Pictures");

  public static final Setting<String> IMAGE = SECTION.optionalText("image").label("COLUMN").basic()
      .shownDefault("none").details("paths or addresses on the web; relative paths begin at the folder of the table")
      .help("The column with the pictures of rows");
  public static final Setting<String> IMAGE_ROOT =
      SECTION.optionalFile("image-root").label("DIR").in(DataSettings.FOLDER)
          .shownDefault("the folder of the table").help("Where relative paths of pictures begin");
  public static final Setting<String> PICTURE_CACHE = SECTION.optionalFile("picture-cache").label("DIR").unrecorded()
      .shownDefault("in the user's folder for caches").help("Where prepared pictures are kept");

  static {
    SECTION.rule(settings -> settings.find(IMAGE_ROOT).isPresent() && settings.find(IMAGE).isEmpty()
        ? "--image-root has no effect without --image: name the column of pictures" : null, IMAGE_ROOT, IMAGE);
  }

  private PictureSettings() {}

  /** The column with the pictures of rows, if the settings name one. */
  public static Optional<PictureColumn> column(Settings settings) {
    return settings.has(IMAGE) ? settings.find(IMAGE).map(name -> column(name,
        settings.find(IMAGE_ROOT).orElse(null))) : Optional.empty();
  }

  /**
   * A column with pictures.
   *
   * @param root where relative paths begin; null for the folder of the table
   */
  public static PictureColumn column(String name, @Nullable String root) {
    return new PictureColumn(name, root == null ? null : Path.of(root));
  }

  /** The same for rows that are read after a training: its folder of pictures may be gone, or on another machine. */
  public static Settings afterTraining(Settings settings) {
    return settings.has(IMAGE_ROOT) && settings.find(IMAGE_ROOT).filter(root -> !Files.isDirectory(Path.of(root)))
        .isPresent() ? settings.without(IMAGE_ROOT) : settings;
  }

  /** Where prepared pictures are kept. */
  public static Path cache(Settings settings) {
    return settings.find(PICTURE_CACHE).map(Path::of)
        .orElseGet(() -> CachedEmbedder.defaultCache().resolveSibling("pictures"));
  }

  /** Whether the settings name a column of pictures. */
  public static boolean areGiven(Settings settings) {
    return settings.has(IMAGE) && settings.find(IMAGE).isPresent();
  }
}
