package crema.embed;

import crema.base.ByteSource;
import crema.base.CounterRandom;
import crema.base.Fingerprint;
import crema.base.OpenLock;
import crema.base.UserError;
import crema.base.WorkerPool;
import crema.embed.VectorSearch.Hit;
import crema.nn.InvalidWeightsException;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.nn.io.StoredWeights;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An index for approximate search among many vectors: a hierarchical navigable small world (Malkov and Yashunin, arXiv
 * 1603.09320). Each vector is a node that is linked to near ones; few nodes are in higher layers too, whose links are
 * longer. A search goes from a node of the highest layer to nearer ones, layer by layer.
 *
 * <p>The same vectors give the same index, for any number of threads: nodes are added in batches that depend on the
 * number of nodes alone, each is looked up in the graph as it was before the batch and among the nodes before it in the
 * batch, and the links back are chosen for each node when the batch is complete.
 */
public final class HnswIndex implements NearestSearch {
  /** A node is looked up in a graph that is at least so many times larger than its batch. */
  private static final int BATCHES = 8;
  private static final int MOST_IN_BATCH = 512;
  private static final int HIGHEST_LAYER = 24;
  private static final int NONE = -1;

  private static final String VERSION_KEY = "hnsw_version";
  private static final String VERSION = "1";
  private static final String ENTRY_KEY = "entry";
  private static final String SEARCHED_KEY = "searched";
  private static final String LAYERS = "layers";
  private static final String LINKS = "links";
  private static final String UPPER_LINKS = "upper_links";

  private final int size;
  private final int count;
  private final float[] values;
  private final Dots dots;
  private final Effort effort;
  /** The highest layer of each node. */
  private final int[] layers;
  /** The links in the lowest layer, {@code [count, 2 * links]}, those that there are first, then {@link #NONE}. */
  private final int[] links;
  /** Where the links of a node in the layers from 1 on begin, in rows of {@link #upperLinks}. */
  private final int[] upperRows;
  /** The links in higher layers, {@code [rows, links]}. */
  private final int[] upperLinks;
  private int entry;
  private final WorkerPool pool;
  private final OpenLock lock = new OpenLock("the index");
  private final ConcurrentLinkedQueue<Visit> visits = new ConcurrentLinkedQueue<>();

  /**
   * How much is done for a good index and good answers.
   *
   * @param links of a node in each layer, twice as many in the lowest: M
   * @param built how many near nodes are kept in mind while the links of a node are sought: efConstruction
   * @param searched how many near nodes are kept in mind in a search, at least as many as are sought: ef
   */
  public record Effort(int links, int built, int searched) {
    /** Finds more than 95 of 100 nearest neighbours of texts. */
    public static final Effort DEFAULT = new Effort(16, 128, 128);

    /** Checks the numbers. */
    public Effort {
      if (links < 2 || links > 512 || built < 1 || searched < 1) {
        throw new IllegalArgumentException(links + " links, " + built + " and " + searched + " make no index");
      }
    }
  }

  private HnswIndex(Vectors vectors, Effort effort, int[] layers, int[] links, int[] upperLinks, int entry,
      int threads) {
    size = vectors.size();
    count = vectors.count();
    values = vectors.values();
    dots = new Dots(values, size);
    this.effort = effort;
    this.layers = layers;
    this.links = links;
    this.upperLinks = upperLinks;
    this.entry = entry;
    upperRows = new int[count + 1];
    for (int node = 0; node < count; node++) {
      upperRows[node + 1] = upperRows[node] + layers[node];
    }
    pool = new WorkerPool(threads);
  }

  /**
   * Builds an index.
   *
   * @param vectors which are near where their product is high; they are not copied
   * @param seed of the layers
   */
  public static HnswIndex build(Vectors vectors, Effort effort, long seed, int threads) {
    return build(vectors, effort, seed, threads, null);
  }

  /**
   * Builds an index, and writes what there is of it to a file every few seconds: an index whose building was killed is
   * built on from there, to the same bits.
   *
   * @param vectors which are near where their product is high; they are not copied
   * @param seed of the layers
   * @param checkpoint one of other vectors is replaced
   * @param warnings told in one line that the file cannot be written
   */
  public static HnswIndex build(Vectors vectors, Effort effort, long seed, int threads, Path checkpoint,
      Consumer<String> warnings) {
    String identity = new Fingerprint("index " + VERSION).add(vectors.size()).add(vectors.values())
        .add(effort.toString()).add(seed).hex();
    return build(vectors, effort, seed, threads, new IndexCheckpoint(checkpoint, identity, warnings));
  }

  static HnswIndex build(Vectors vectors, Effort effort, long seed, int threads,
      @Nullable IndexCheckpoint checkpoint) {
    int count = vectors.count();
    if ((long) count * 2 * effort.links > Integer.MAX_VALUE - 8) {
      throw new UserError(String.format(Locale.ROOT,
          "%,d vectors are more than an index holds with %,d links", count, effort.links));
    }
    var layers = new int[count];
    double scale = 1 / StrictMath.log(effort.links);
    for (int node = 0; node < count; node++) {
      layers[node] = (int) Math.min(HIGHEST_LAYER,
          -StrictMath.log(1 - CounterRandom.uniform(seed, node, 0)) * scale);
    }
    var links = new int[count * 2 * effort.links];
    var upperLinks = new int[Math.multiplyExact(Arrays.stream(layers).sum(), effort.links)];
    Arrays.fill(links, NONE);
    Arrays.fill(upperLinks, NONE);
    IndexCheckpoint.Progress begun =
        checkpoint == null ? IndexCheckpoint.Progress.NONE : checkpoint.read(links, upperLinks);
    var index = new HnswIndex(vectors, effort, layers, links, upperLinks, begun.entry(), threads);
    for (int node = begun.nodes(); node < count;) {
      int end = Math.min(count, node + Math.clamp(node / BATCHES, 1, MOST_IN_BATCH));
      index.add(node, end);
      node = end;
      if (checkpoint != null) {
        checkpoint.writeIfDue(new IndexCheckpoint.Progress(node, index.entry), links, upperLinks);
      }
    }
    return index;
  }

  /** Adds the nodes of a batch. */
  private void add(int from, int to) {
    List<int[][]> chosen = pool.map(to - from, i -> choose(from, from + i));
    var back = new ArrayList<long[]>();
    for (int i = 0; i < chosen.size(); i++) {
      int node = from + i;
      for (int layer = 0; layer < chosen.get(i).length; layer++) {
        int[] near = chosen.get(i)[layer];
        setLinks(layer, node, near);
        for (int other : near) {
          back.add(new long[] {(long) layer << 32 | other, node});
        }
      }
    }
    back.sort((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
    var starts = new ArrayList<Integer>();
    for (int i = 0; i < back.size(); i++) {
      if (i == 0 || back.get(i)[0] != back.get(i - 1)[0]) {
        starts.add(i);
      }
    }
    pool.run(starts.size(), (group, _) -> {
      int start = starts.get(group);
      int end = group + 1 < starts.size() ? starts.get(group + 1) : back.size();
      linkBack((int) (back.get(start)[0] >> 32), (int) back.get(start)[0],
          IntStream.range(start, end).map(i -> (int) back.get(i)[1]).toArray());
    });
    for (int node = from; node < to; node++) {
      if (layers[node] > layers[entry]) {
        entry = node;
      }
    }
  }

  /** The links of a new node, by layer. */
  private int[][] choose(int from, int node) {
    Visit visit = visit();
    try {
      var chosen = new int[Math.min(layers[node], layers[entry]) + 1][];
      int nearest = entry;
      for (int layer = layers[entry]; layer > layers[node]; layer--) {
        nearest = climb(values, node * size, nearest, layer);
      }
      int[] starts = {nearest};
      for (int layer = chosen.length - 1; layer >= 0; layer--) {
        Near near = search(values, node * size, starts, effort.built, layer, visit);
        for (int mate = from; mate < node; mate++) {
          if (layers[mate] >= layer) {
            near.offer(mate, dots.of(values, node * size, mate), effort.built);
          }
        }
        int[] sorted = near.sorted();
        chosen[layer] = diverse(node, sorted, effort.links);
        starts = Arrays.stream(sorted).filter(other -> other < from).toArray();
      }
      return chosen;
    } finally {
      visits.add(visit);
    }
  }

  /** Adds links back to a node, and keeps the best where there are too many. */
  private void linkBack(int layer, int node, int[] others) {
    int most = mostLinks(layer);
    int[] own = linksOf(layer, node);
    int[] all = Arrays.copyOf(own, own.length + others.length);
    System.arraycopy(others, 0, all, own.length, others.length);
    if (all.length > most) {
      var near = new Near(all.length);
      for (int other : all) {
        near.offer(other, dots.of(values, node * size, other), all.length);
      }
      all = diverse(node, near.sorted(), most);
    }
    setLinks(layer, node, all);
  }

  /**
   * Of near nodes those that are not nearer to each other than to the node (algorithm 4 of the paper), and then the
   * nearest of the others.
   *
   * @param near the nearest first
   */
  private int[] diverse(int node, int[] near, int most) {
    if (near.length <= most) {
      return near;
    }
    var chosen = new int[most];
    var left = new int[near.length];
    int found = 0;
    int passed = 0;
    for (int i = 0; i < near.length && found < most; i++) {
      float score = dots.of(values, node * size, near[i]);
      boolean isDiverse = true;
      for (int j = 0; j < found && isDiverse; j++) {
        isDiverse = dots.of(values, near[i] * size, chosen[j]) < score;
      }
      if (isDiverse) {
        chosen[found++] = near[i];
      } else {
        left[passed++] = near[i];
      }
    }
    for (int i = 0; i < passed && found < most; i++) {
      chosen[found++] = left[i];
    }
    return Arrays.copyOf(chosen, found);
  }

  private int mostLinks(int layer) {
    return layer == 0 ? 2 * effort.links : effort.links;
  }

  private int[] array(int layer) {
    return layer == 0 ? links : upperLinks;
  }

  private int place(int layer, int node) {
    return layer == 0 ? node * 2 * effort.links : (upperRows[node] + layer - 1) * effort.links;
  }

  private void setLinks(int layer, int node, int[] others) {
    int place = place(layer, node);
    System.arraycopy(others, 0, array(layer), place, others.length);
    Arrays.fill(array(layer), place + others.length, place + mostLinks(layer), NONE);
  }

  private int[] linksOf(int layer, int node) {
    int place = place(layer, node);
    int end = place;
    while (end < place + mostLinks(layer) && array(layer)[end] != NONE) {
      end++;
    }
    return Arrays.copyOfRange(array(layer), place, end);
  }

  /** Goes to ever nearer nodes of a layer. */
  private int climb(float[] query, int begin, int start, int layer) {
    int nearest = start;
    float best = dots.of(query, begin, start);
    int[] array = array(layer);
    boolean moved = true;
    while (moved) {
      moved = false;
      int place = place(layer, nearest);
      for (int at = place; at < place + mostLinks(layer) && array[at] != NONE; at++) {
        float score = dots.of(query, begin, array[at]);
        if (score > best || score == best && array[at] < nearest) {
          best = score;
          nearest = array[at];
          moved = true;
        }
      }
    }
    return nearest;
  }

  /** The nearest nodes of a layer that are found from some (algorithm 2 of the paper). */
  private Near search(float[] query, int begin, int[] starts, int kept, int layer, Visit visit) {
    var found = new Near(kept);
    var open = new Open();
    visit.begin();
    for (int start : starts) {
      if (visit.isFirst(start)) {
        float score = dots.of(query, begin, start);
        found.offer(start, score, kept);
        open.add(start, score);
      }
    }
    int[] array = array(layer);
    while (!open.isEmpty() && !found.isWorse(open.score(), kept)) {
      int node = open.take();
      int place = place(layer, node);
      for (int at = place; at < place + mostLinks(layer) && array[at] != NONE; at++) {
        int other = array[at];
        if (visit.isFirst(other)) {
          float score = dots.of(query, begin, other);
          if (found.offer(other, score, kept)) {
            open.add(other, score);
          }
        }
      }
    }
    return found;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int size() {
    return size;
  }

  /** {@inheritDoc} Some of the nearest may be missing. */
  @Override
  public List<List<Hit>> nearest(Vectors queries, int k) {
    queries.requireQueries(size, k);
    return lock.whileOpen(() -> pool.map(queries.count(), query -> nearest(queries.values(), query, k)));
  }

  private List<Hit> nearest(float[] queries, int query, int k) {
    for (int i = query * size; i < (query + 1) * size; i++) {
      if (!Float.isFinite(queries[i])) {
        throw new UserError("query " + query + " of the vectors has a number that is not finite");
      }
    }
    if (count == 0) {
      return List.of();
    }
    Visit visit = visit();
    try {
      int nearest = entry;
      for (int layer = layers[entry]; layer > 0; layer--) {
        nearest = climb(queries, query * size, nearest, layer);
      }
      int kept = Math.min(count, Math.max(k, effort.searched));
      Near found = search(queries, query * size, new int[] {nearest}, kept, 0, visit);
      return Arrays.stream(found.sorted()).limit(k).mapToObj(row -> new Hit(row, dots.of(queries, query * size, row)))
          .toList();
    } finally {
      visits.add(visit);
    }
  }

  private Visit visit() {
    Visit visit = visits.poll();
    return visit == null ? new Visit(count) : visit;
  }

  /** Which nodes a search has seen. */
  private static final class Visit {
    private final int[] seen;
    private int search;

    Visit(int count) {
      seen = new int[count];
    }

    void begin() {
      if (++search == 0) {
        Arrays.fill(seen, 0);
        search = 1;
      }
    }

    boolean isFirst(int node) {
      boolean isFirst = seen[node] != search;
      seen[node] = search;
      return isFirst;
    }
  }

  /** A heap of nodes; of equally near ones that with the lower number is nearer. */
  private abstract static class Heap {
    int[] nodes;
    float[] scores;
    int length;

    Heap(int capacity) {
      nodes = new int[capacity];
      scores = new float[capacity];
    }

    /** Whether the first of two is on top of the second. */
    abstract boolean isAbove(float score, int node, float otherScore, int otherNode);

    static boolean isNearer(float score, int node, float otherScore, int otherNode) {
      return score > otherScore || score == otherScore && node < otherNode;
    }

    void push(int node, float score) {
      if (length == nodes.length) {
        nodes = Arrays.copyOf(nodes, Math.max(16, 2 * length));
        scores = Arrays.copyOf(scores, nodes.length);
      }
      int at = length++;
      while (at > 0) {
        int parent = (at - 1) >> 1;
        if (!isAbove(score, node, scores[parent], nodes[parent])) {
          break;
        }
        nodes[at] = nodes[parent];
        scores[at] = scores[parent];
        at = parent;
      }
      nodes[at] = node;
      scores[at] = score;
    }

    int pop() {
      int top = nodes[0];
      int node = nodes[--length];
      float score = scores[length];
      int at = 0;
      while (2 * at + 1 < length) {
        int child = 2 * at + 1;
        if (child + 1 < length && isAbove(scores[child + 1], nodes[child + 1], scores[child], nodes[child])) {
          child++;
        }
        if (!isAbove(scores[child], nodes[child], score, node)) {
          break;
        }
        nodes[at] = nodes[child];
        scores[at] = scores[child];
        at = child;
      }
      nodes[at] = node;
      scores[at] = score;
      return top;
    }
  }

  /** Nodes whose links are still to be followed, the nearest first. */
  private static final class Open extends Heap {
    Open() {
      super(64);
    }

    @Override
    boolean isAbove(float score, int node, float otherScore, int otherNode) {
      return isNearer(score, node, otherScore, otherNode);
    }

    boolean isEmpty() {
      return length == 0;
    }

    float score() {
      return scores[0];
    }

    void add(int node, float score) {
      push(node, score);
    }

    int take() {
      return pop();
    }
  }

  /** The nearest nodes so far, the farthest on top. */
  private static final class Near extends Heap {
    Near(int most) {
      super(most);
    }

    @Override
    boolean isAbove(float score, int node, float otherScore, int otherNode) {
      return isNearer(otherScore, otherNode, score, node);
    }

    /** Keeps a node if it is among the nearest. */
    boolean offer(int node, float score, int most) {
      if (length == most) {
        if (!isNearer(score, node, scores[0], nodes[0])) {
          return false;
        }
        pop();
      }
      push(node, score);
      return true;
    }

    /** Whether there are enough, all of them nearer. */
    boolean isWorse(float score, int most) {
      return length == most && score < scores[0];
    }

    /** The nodes, the nearest first; there are none afterwards. */
    int[] sorted() {
      var sorted = new int[length];
      for (int i = length - 1; i >= 0; i--) {
        sorted[i] = pop();
      }
      return sorted;
    }
  }

  /** Writes the links, atomically; the vectors are kept elsewhere. */
  public void save(Path file) throws IOException {
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      var tensors = new LinkedHashMap<String, Tensor>();
      tensors.put(LAYERS, scope.ints(layers, count));
      tensors.put(LINKS, scope.ints(links, count, 2L * effort.links));
      if (upperLinks.length > 0) {
        tensors.put(UPPER_LINKS, scope.ints(upperLinks, upperRows[count], effort.links));
      }
      SafetensorsWriter.write(file, tensors, Map.of(VERSION_KEY, VERSION, ENTRY_KEY, Integer.toString(entry),
          SEARCHED_KEY, Integer.toString(effort.searched)));
    }
  }

  /**
   * Opens what {@link #save} wrote. The file is untrusted.
   *
   * @param vectors of which the index was built; they are not copied
   * @throws InvalidWeightsException when it is malformed or of other vectors; the message names the file
   */
  public static HnswIndex load(ByteSource file, Vectors vectors, int threads) throws IOException {
    try (var reader = SafetensorsReader.open(file)) {
      int[] layers = ints(reader, LAYERS, 1);
      int[] links = ints(reader, LINKS, 2);
      int width = (int) Objects.requireNonNull(reader.shapes().get(LINKS)).extent(1);
      int[] upper = reader.shapes().containsKey(UPPER_LINKS) ? ints(reader, UPPER_LINKS, 2) : new int[0];
      int entry = number(reader, ENTRY_KEY);
      int searched = number(reader, SEARCHED_KEY);
      if (!VERSION.equals(reader.metadata().get(VERSION_KEY)) || layers.length != vectors.count()
          || links.length != (long) layers.length * width || width % 2 != 0 || width < 4 || width > 1024
          || searched < 1 || entry < 0 || entry >= layers.length) {
        throw new InvalidWeightsException("it is not the index of " + vectors.count() + " vectors");
      }
      requireLinks(layers, links, upper, width / 2, entry);
      return new HnswIndex(vectors, new Effort(width / 2, Effort.DEFAULT.built, searched), layers, links, upper, entry,
          threads);
    } catch (InvalidWeightsException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file.name()) ? e
          : new InvalidWeightsException(file + " is damaged: " + message, e);
    }
  }

  /** Checks that every link leads to a node that is in the layer. */
  private static void requireLinks(int[] layers, int[] links, int[] upper, int width, int entry) {
    long rows = 0;
    for (int layer : layers) {
      if (layer < 0 || layer > HIGHEST_LAYER || layer > layers[entry]) {
        throw new InvalidWeightsException("a node is in layer " + layer);
      }
      rows += layer;
    }
    if (rows * width != upper.length) {
      throw new InvalidWeightsException("it has links for other layers than its nodes");
    }
    requireNodes(links, 0, links.length, 0, layers);
    int row = 0;
    for (int node : layers) {
      for (int layer = 1; layer <= node; layer++, row++) {
        requireNodes(upper, row * width, (row + 1) * width, layer, layers);
      }
    }
  }

  private static void requireNodes(int[] links, int from, int to, int layer, int[] layers) {
    for (int at = from; at < to; at++) {
      if (links[at] < NONE || links[at] >= layers.length || links[at] >= 0 && layers[links[at]] < layer) {
        throw new InvalidWeightsException("a link leads to node " + links[at] + ", which is not in layer " + layer);
      }
    }
  }

  private static int[] ints(StoredWeights reader, String name, int rank) {
    Shape shape = reader.shapes().get(name);
    if (shape == null || shape.rank() != rank || shape.elements() > Integer.MAX_VALUE - 8) {
      throw new InvalidWeightsException("it needs a tensor " + name + " with " + rank + " dimensions");
    }
    try (var backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      Tensor tensor = scope.empty(DType.I32, shape);
      reader.read(name, tensor);
      return tensor.toInts();
    }
  }

  private static int number(StoredWeights reader, String key) {
    try {
      return Integer.parseInt(reader.metadata().getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      throw new InvalidWeightsException("its " + key + " is no number", e);
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    lock.close(pool::close);
  }
}
