package crema.family.neighbours;

import crema.embed.HnswIndex;
import crema.run.TrainingSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.util.Locale;
import java.util.Optional;

/** How texts are compared with categories and other texts. */
public final class NeighboursSettings {
  /** Nearest neighbours. */
  public static final Section SECTION = Section.of("Neighbours");

  public static final Setting<Integer> NEIGHBOURS = SECTION.integer("neighbours", 50).atLeast(1).atMost(10_000)
      .label("K").basic().help("How many of the nearest training texts are looked at");
  public static final Setting<Integer> CANDIDATES = SECTION.integer("candidates", 50).atLeast(2).atMost(10_000)
      .label("K").basic().help("How many of the nearest categories are ranked");
  public static final Setting<Double> NAME_WEIGHT = SECTION.number("name-weight", 0.1).atLeast(0).atMost(1).basic()
      .help("How much the name or path of a category counts in its vector; the mean of its texts counts the rest");
  public static final Setting<Integer> DIMENSIONS = SECTION.integer("dimensions", 512).atLeast(1).atMost(4096).basic()
      .help("How many numbers the terms of a text are projected to");
  public static final Setting<Boolean> NO_WHITENING = SECTION.flag("no-whitening")
      .help("Directions in which the texts of one category differ count as much as others");
  public static final Setting<Integer> RANKER_ROWS = SECTION.integer("ranker-rows", 20_000).atLeast(1)
      .help("From at most so many rows the ranking of candidates is learned");

  public static final Setting<IndexKind> INDEX = SECTION.choice("index", IndexKind.AUTO)
      .details(String.format(Locale.ROOT,
          "auto, hnsw for more than %,d texts; exact, a comparison with all; hnsw, an index, which misses a few",
          IndexKind.MOST_EXACT))
      .help("How the nearest training texts are found");
  public static final Setting<Integer> INDEX_LINKS = SECTION.integer("index-links", 16).atLeast(2).atMost(512)
      .help("Of the index: how many texts each is linked to");
  public static final Setting<Integer> INDEX_BUILT = SECTION.integer("index-built", 128).atLeast(1).atMost(100_000)
      .help("Of the index: how many near texts are kept in mind while links are sought");
  public static final Setting<Integer> INDEX_SEARCHED = SECTION.integer("index-searched", 128).atLeast(1)
      .atMost(100_000).help("Of the index: how many near texts are kept in mind in a search");

  private NeighboursSettings() {}

  /** How much is done for the index. */
  static HnswIndex.Effort effort(Settings settings) {
    return new HnswIndex.Effort(settings.get(INDEX_LINKS), settings.get(INDEX_BUILT), settings.get(INDEX_SEARCHED));
  }

  /** What is searched for. */
  static CandidateFinder.Search search(Settings settings) {
    var labels = new LabelSettings(settings);
    return new CandidateFinder.Search(settings.get(NEIGHBOURS), settings.get(CANDIDATES), settings.get(NAME_WEIGHT),
        labels.kind() == TargetKind.TAXONOMY ? Optional.of(labels.pathSeparator()) : Optional.empty());
  }

  /** The seed of a run. */
  static long seed(Settings settings) {
    return settings.get(TrainingSettings.SEED);
  }
}
