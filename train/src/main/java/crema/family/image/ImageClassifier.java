package crema.family.image;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.base.WorkerPool;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.Item;
import crema.classify.ItemPicture;
import crema.classify.ModelSource;
import crema.data.image.Picture;
import crema.data.image.PictureLimits;
import crema.data.image.PictureLoader;
import crema.data.image.PictureNumbers;
import crema.data.image.PicturePreparation;
import crema.nn.InvalidWeightsException;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsReader;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A {@link Classifier} of pictures. An item without a picture, or with one that cannot be read, has no label. */
final class ImageClassifier implements Classifier {
  private static final int CHANNELS = 3;
  /** Pictures that run together: enough to fill the machine, few enough to stay small. */
  private static final int BATCH = 32;

  private final Backend backend;
  private final ImageNetwork model;
  private final Target target;
  private final PictureLoader loader;
  private final PictureNumbers numbers;
  private final int size;
  private final WorkerPool pool;
  /** Bounds the batches, and so the memory, that are in work at once however many threads call. */
  private final Semaphore running;
  private final boolean owns;

  private ImageClassifier(Backend backend, ImageNetwork model, Target target, PicturePreparation preparation,
      int threads, boolean owns) {
    this.backend = backend;
    this.model = model;
    this.target = target;
    this.owns = owns;
    loader = new PictureLoader(PictureLimits.DEFAULT, preparation);
    numbers = preparation.numbers();
    size = preparation.size();
    pool = new WorkerPool(threads);
    running = new Semaphore(backend.servesManyThreads() ? Math.max(2, threads) : 1);
  }

  static ImageClassifier load(ModelSource source, ComputeOptions options) throws IOException {
    ImageDescription description = ImageDescription.read(source);
    Target target = source.readTarget();
    if (target.labels().size() != description.network().numLabels()) {
      throw new UserError(source.name() + ": labels.json has " + target.labels().size() + " labels but config.json "
          + description.network().numLabels() + ": the files are of different models");
    }
    Backend backend = options.openBackend();
    try (var weights = SafetensorsReader.open(source.bytes(ImageFamily.WEIGHTS))) {
      var model = new ImageNetwork(ParameterSource.forPrediction(weights, options.weights(), backend),
          description.network());
      model.loadForPrediction(weights);
      return new ImageClassifier(backend, model, target, description.preparation(), options.threads(), true);
    } catch (InvalidWeightsException e) {
      backend.close();
      throw source.damaged(e);
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  /** A model that a run has trained: the run closes it, and its backend. */
  static ImageClassifier ofRun(Backend backend, ImageNetwork model, Target target, PicturePreparation preparation,
      int threads) {
    return new ImageClassifier(backend, model, target, preparation, threads, false);
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public boolean readsPictures() {
    return true;
  }

  @Override
  public boolean readsText() {
    return false;
  }

  /** Two for each parameter and place of a picture that it is applied at, about. */
  @Override
  public double operations(String text) {
    return 2.0 * model.parameterCount();
  }

  @Override
  public float[][] logits(List<String> texts) {
    return new float[texts.size()][0];
  }

  @Override
  public float[][] logits(SequencedCollection<Item> items) {
    return run(items, 0, model::forward);
  }

  @Override
  public float[][] embed(List<String> texts) {
    return new float[texts.size()][model.tower().features()];
  }

  @Override
  public float[][] embed(SequencedCollection<Item> items) {
    return run(items, model.tower().features(), model::vectors);
  }

  /**
   * Runs the pictures of items through the model; items without one keep a row of so many zeros. A picture that several
   * items have, such as those of an explanation, is read and computed once.
   */
  private float[][] run(SequencedCollection<Item> items, int zeros, BiFunction<Tape, Tensor, Variable> forward) {
    var rows = new float[items.size()][zeros];
    var places = new LinkedHashMap<ItemPicture, List<Place>>();
    int row = 0;
    for (Item item : items) {
      Place place = new Place(row++, item.picture());
      if (place.picture != null) {
        places.computeIfAbsent(place.unwatched(), _ -> new ArrayList<>()).add(place);
      }
    }
    List<ItemPicture> pictures = List.copyOf(places.keySet());
    for (int from = 0; from < pictures.size(); from += BATCH) {
      var loaded = new LoadedPictures(loader, pictures.subList(from, Math.min(pictures.size(), from + BATCH)), pool);
      Map<ItemPicture, float[]> computed = run(loaded.pictures(), forward);
      places.forEach((picture, of) -> {
        String fault = loaded.faults().get(picture);
        float[] values = computed.get(picture);
        if (fault != null) {
          of.forEach(place -> place.tell(fault));
        } else if (values != null) {
          of.forEach(place -> rows[place.row] = values.clone());
        }
      });
    }
    return rows;
  }

  /** Which item has a picture, and its picture as the item has it. */
  private record Place(int row, @Nullable ItemPicture picture) {
    ItemPicture unwatched() {
      return picture instanceof ItemPicture.Watched watched ? watched.picture() : Objects.requireNonNull(picture);
    }

    void tell(String fault) {
      if (picture instanceof ItemPicture.Watched watched) {
        watched.unreadable().accept(fault);
      }
    }
  }

  private Map<ItemPicture, float[]> run(SequencedMap<ItemPicture, Picture> pictures,
      BiFunction<Tape, Tensor, Variable> forward) {
    if (pictures.isEmpty()) {
      return Map.of();
    }
    int each = CHANNELS * size * size;
    var pixels = new float[pictures.size() * each];
    int filled = 0;
    for (Picture picture : pictures.values()) {
      numbers.of(picture.rgb(), pixels, each * filled++);
    }
    var rows = new HashMap<ItemPicture, float[]>();
    running.acquireUninterruptibly();
    try (var scope = new Scope(backend)) {
      float[] values = forward.apply(Tape.inference(scope),
          scope.floats(pixels, pictures.size(), CHANNELS, size, size)).value().toFloats();
      int columns = values.length / pictures.size();
      for (ItemPicture picture : pictures.keySet()) {
        int at = rows.size() * columns;
        rows.put(picture, Arrays.copyOfRange(values, at, at + columns));
      }
    } finally {
      running.release();
    }
    return rows;
  }

  @Override
  public void close() {
    loader.close();
    pool.close();
    if (owns) {
      model.close();
      backend.close();
    }
  }
}
