package crema.family.neighbours;

import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.data.Taxonomy;
import crema.embed.Vectors;
import crema.linear.SparseMatrix;
import crema.family.linear.FeatureSpaces;
import crema.task.Target;
import crema.task.TargetFile;
import crema.task.TaxonomyTarget;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The categories of a model of neighbours, to which others are added without training.
 *
 * <pre>{@code
 * var categories = new ModelCategories(Path.of("models/titles"));
 * categories.add("Appliances > Wine Coolers", List.of("caso wine fridge 12 bottles"), ComputeOptions.DEFAULT);
 * }</pre>
 *
 * <p>The model is whole at every moment, whenever a process is killed and whoever reads it: the file of categories is
 * replaced first, and what it has more than {@code labels.json}, which is replaced last, is not there.
 *
 * @param model its directory
 */
public record ModelCategories(Path model) {
  /**
   * A category.
   *
   * @param name as labels have it
   * @param items how many texts of it are known
   * @param added how many of these were given when it was added after the training; -1 where it was in the training
   */
  public record Category(String name, int items, int added) {
    /** Whether it was added after the training. */
    public boolean isAdded() {
      return added >= 0;
    }
  }

  /**
   * All categories, those that were added last.
   *
   * @throws UserError when it is not a model of neighbours, or is damaged
   */
  public List<Category> list() throws IOException {
    return ModelSource.read(model, source -> {
      requireFamily(source);
      Target target = source.readTarget();
      NeighbourFiles.Known known = NeighbourFiles.readCategories(source);
      var listed = new ArrayList<Category>();
      for (int i = 0; i < known.categories().count(); i++) {
        String name = known.categories().names().get(i);
        if (target.labels().indexOf(name) >= 0) {
          int items = known.categories().counts()[i];
          listed.add(new Category(name, items, i < known.trained() ? -1 : items));
        }
      }
      return listed;
    });
  }

  /**
   * The text columns that the model tells apart, in their order; none if a text is all that it reads.
   *
   * @throws UserError when it is not a model of neighbours, or is damaged
   */
  public List<String> columns() throws IOException {
    return ModelSource.read(model, source -> {
      requireFamily(source);
      return FeatureSpaces.columns(source);
    });
  }

  private static void requireFamily(ModelSource source) throws IOException {
    ModelFamily family = ModelFamily.of(source);
    if (!(family instanceof NeighboursFamily)) {
      throw new UserError(source.name() + " is a model of the family " + family.key() + ", whose categories are fixed "
          + "by its training: train one with --model neighbours");
    }
  }

  /**
   * Adds a category, which the next one that loads the model can answer with.
   *
   * @param name as labels have it: in a taxonomy the path, whose nodes above need not exist
   * @param items texts of it; none where its name has to do, which takes an encoder
   * @return the name as it is in the model
   * @throws UserError when it is no model of neighbours in a directory, the name is blank or there already, or there is
   *     neither an encoder nor a text; nothing is changed then
   */
  public String add(String name, List<String> items, ComputeOptions compute) throws IOException {
    if (name.isBlank()) {
      throw new UserError("a category needs a name: give one with --name");
    }
    if (Files.isRegularFile(model)) {
      throw new UserError(model
          + " is an archive: categories are added to the model's directory, which is then packed");
    }
    var directory = new ModelDirectory(model);
    requireFamily(directory);
    try (var channel = FileChannel.open(directory.config(), StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (lock == null) {
        throw new UserError(model + " is having a category added by another process: try again when that is done");
      }
      return addTo(directory, name, items.stream().filter(item -> !item.isBlank()).toList(), compute);
    }
  }

  /** Keeps others from adding at the same time, and none from reading: what is locked is past the end of the file. */
  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(Long.MAX_VALUE - 1, 1, false);
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private String addTo(ModelDirectory directory, String given, List<String> items, ComputeOptions compute)
      throws IOException {
    NeighboursDescription description = NeighboursDescription.read(directory);
    Target target = directory.readTarget();
    String name = name(target, given, items);
    NeighbourFiles.Known known = NeighbourFiles.readCategories(directory);
    // What a process that was killed left behind.
    int count = (int) known.categories().names().stream().filter(each -> target.labels().indexOf(each) >= 0).count();
    Categories categories = known.categories().first(count);
    if (categories.names().contains(name)) {
      throw new UserError(model + " has the category '" + name + "' already");
    }
    try (TextVectors texts = TextVectors.load(directory, compute.onCpu(new NeighboursFamily()))) {
      if (items.isEmpty() && !texts.spaces().hasEncoder()) {
        throw new UserError("'" + name + "' needs texts (--items): " + model
            + " has no encoder that knows what a name means");
      }
      Vectors named = texts.of(List.of(description.search().text(name)));
      SparseMatrix features = texts.spaces().of(items);
      Vectors vectors = items.isEmpty() ? Items.none(texts.size()).vectors() : texts.of(features);
      Items more = new Items(vectors, ItemLabels.of(Collections.nCopies(items.size(), new int[] {count})));
      TermSums terms = TermSums.of(features, IntStream.range(0, items.size()).toArray(),
          ItemLabels.of(Collections.nCopies(items.size(), new int[1])), more.weights(), 1);
      Target longer = target.withLabel(name, items.size());
      NeighbourFiles.write(directory, new NeighbourFiles.Known(categories.and(name, named.row(0), vectors),
          known.added().below(count).and(more), known.addedTerms().first(count - known.trained()).and(terms),
          known.trained()));
      TargetFile.write(longer, directory.target());
      longer.labels().save(directory.labels());
    }
    return name;
  }

  /** The name as labels have it. */
  private String name(Target target, String given, List<String> items) {
    if (!(target instanceof TaxonomyTarget paths)) {
      return given.strip();
    }
    List<String> segments = Arrays.stream(given.split(Pattern.quote(paths.separator().strip()), -1))
        .map(String::strip).toList();
    if (segments.contains("")) {
      throw new UserError("the path '" + given + "' has an empty segment");
    }
    String name = String.join(paths.separator(), segments);
    Taxonomy tree = paths.taxonomy();
    int node = tree.indexOf(name);
    if (node >= 0 && tree.isLeaf(node)) {
      throw new UserError(model + " has the category '" + name + "' already");
    }
    if (node >= 0 && items.isEmpty()) {
      throw new UserError("'" + name + "' has categories below it: give texts that belong to it and to none of these "
          + "(--items), or name a category below it");
    }
    return name;
  }
}
