package crema.nn.adapter;

import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.nn.io.StoredWeights;
import crema.tensor.DType;
import crema.tensor.Orientation;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The weights of a model with an adapter added to them, or taken out again, as they are read: W + scale · B · A (Hu et al., arXiv 2106.09685,
 * section 4.1), and in place of the parts that were trained as a whole the adapter's. No more of the model is in memory
 * than what is asked for, and it has the bits of {@link LoraAdapter#merge}.
 */
public final class MergedWeights implements Weights, AutoCloseable {
  private static final String WEIGHT = ".weight";
  private static final String DOWN = ".lora_A.weight";
  private static final String UP = ".lora_B.weight";

  private final Weights base;
  private final StoredWeights adapter;
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, Change> changes = new LinkedHashMap<>();
  /** By the name of a parameter that was trained as a whole, that in the adapter's file. */
  private final Map<String, String> replaced = new LinkedHashMap<>();
  private final DType matrices;

  /**
   * What is added to a matrix.
   *
   * @param down the name of A {@code [rank, in]} in the adapter's file
   * @param up the name of B {@code [out, rank]}
   */
  private record Change(String down, String up, double scale) {}

  private MergedWeights(Weights base, StoredWeights adapter, LoraConfig config, String prefix, int sign) {
    this.base = base;
    this.adapter = adapter;
    shapes.putAll(base.shapes());
    matrices = base.shapes().entrySet().stream().filter(entry -> entry.getValue().rank() == 2).findFirst()
        .map(entry -> base.type(entry.getKey())).orElse(DType.F32);
    var unknown = new ArrayList<String>();
    Map<String, Shape> stored = adapter.shapes();
    stored.forEach((name, shape) -> {
      String own = name.startsWith(LoraAdapter.PREFIX) ? name.substring(LoraAdapter.PREFIX.length()) : name;
      if (own.endsWith(DOWN)) {
        String layer = own.substring(0, own.length() - DOWN.length());
        Optional<String> matrix = named(layer + WEIGHT, prefix);
        String up = name.substring(0, name.length() - DOWN.length()) + UP;
        if (matrix.isEmpty()) {
          unknown.add(name);
        } else {
          add(matrix.get(), layer, shape, new Change(name, up, sign * config.scaleOf(layer)),
              Optional.ofNullable(stored.get(up)));
        }
      } else if (own.endsWith(UP)) {
        if (!stored.containsKey(name.substring(0, name.length() - UP.length()) + DOWN)) {
          unknown.add(name);
        }
      } else if (own.contains(".lora_")) {
        unknown.add(name);
      } else {
        replace(named(own, prefix).orElse(own), name, shape);
      }
    });
    if (!unknown.isEmpty()) {
      throw new InvalidWeightsException(adapter.name() + " does not fit the model, which has nothing to add these to: "
          + String.join(", ", unknown));
    }
    if (changes.isEmpty()) {
      throw new InvalidWeightsException(adapter.name() + " holds no low-rank matrices");
    }
  }

  /** The name of a parameter in the model: adapters are made beside encoders alone, and beside models with a head. */
  private Optional<String> named(String name, String prefix) {
    return List.of(name, prefix + name).stream().filter(shapes::containsKey).findFirst();
  }

  private void add(String matrix, String layer, Shape down, Change change, Optional<Shape> up) {
    Shape shape = Objects.requireNonNull(shapes.get(matrix));
    if (up.isEmpty() || down.rank() != 2 || up.get().rank() != 2 || shape.rank() != 2
        || down.extent(0) != up.get().extent(1) || down.extent(1) != shape.extent(1)
        || up.get().extent(0) != shape.extent(0)) {
      throw new InvalidWeightsException(adapter.name() + ": " + layer + " is " + shape + ", and the adapter adds "
          + up.map(Shape::toString).orElse("nothing") + " times " + down);
    }
    changes.put(matrix, change);
  }

  private void replace(String parameter, String stored, Shape shape) {
    replaced.put(parameter, stored);
    shapes.put(parameter, shape);
  }

  /**
   * Opens an adapter beside weights, which stay the caller's to close.
   *
   * @param base weights under the names of a model's state dict in Hugging Face's libraries
   * @param prefix what the names of the encoder's parameters start with there, which adapters of an encoder alone leave
   *     out
   * @param folder of the adapter
   * @throws UserError when its config asks for what is not supported
   * @throws InvalidWeightsException when it does not fit the weights; the message names the tensors
   */
  public static MergedWeights open(Weights base, String prefix, Path folder) throws IOException {
    return open(base, prefix, folder, 1);
  }

  /**
   * Opens weights that an adapter was merged into, without it: those of the base but for rounding.
   *
   * @param merged weights under the names of a model's state dict
   * @param prefix what the names of the encoder's parameters start with there
   * @param folder of the adapter
   * @throws UserError when the adapter replaced parts of the model, which cannot be had back
   * @throws InvalidWeightsException when it does not fit the weights; the message names the tensors
   */
  public static MergedWeights undo(Weights merged, String prefix, Path folder) throws IOException {
    MergedWeights base = open(merged, prefix, folder, -1);
    if (!base.replaced.isEmpty()) {
      base.close();
      throw new UserError(folder + " has replaced parts of the model: " + String.join(", ", base.replaced.keySet()));
    }
    return base;
  }

  private static MergedWeights open(Weights base, String prefix, Path folder, int sign) throws IOException {
    LoraConfig config = LoraConfig.read(folder);
    StoredWeights adapter = StoredWeights.open(LoraAdapter.weights(folder));
    try {
      return new MergedWeights(base, adapter, config, prefix, sign);
    } catch (RuntimeException e) {
      adapter.close();
      throw e;
    }
  }

  /** How many matrices the adapter changes. */
  public int changed() {
    return changes.size();
  }

  /** The names of the parameters that are the adapter's as a whole. */
  public List<String> replaced() {
    return List.copyOf(replaced.keySet());
  }

  @Override
  public Map<String, Shape> shapes() {
    return shapes;
  }

  /** The base's type: what the adapter brings is rounded to it. */
  @Override
  public DType type(String name) {
    return base.shapes().containsKey(name) ? base.type(name) : matrices;
  }

  @Override
  public void read(String name, Tensor target) {
    if (changes.containsKey(name)) {
      readRows(name, 0, target);
      return;
    }
    String stored = replaced.get(name);
    if (stored == null) {
      base.read(name, target);
    } else {
      rounded(target, part -> adapter.read(stored, part));
    }
  }

  @Override
  public void readRows(String name, long firstRow, Tensor rows) {
    Change change = changes.get(name);
    String stored = replaced.get(name);
    if (change != null) {
      rounded(rows, part -> {
        base.readRows(name, firstRow, part);
        add(change, firstRow, part);
      });
    } else if (stored != null) {
      rounded(rows, part -> adapter.readRows(stored, firstRow, part));
    } else {
      base.readRows(name, firstRow, rows);
    }
  }

  private void add(Change change, long firstRow, Tensor rows) {
    try (var scope = new Scope(rows.backend())) {
      Tensor down = scope.empty(rows.dtype(), Objects.requireNonNull(adapter.shapes().get(change.down)));
      adapter.read(change.down, down);
      Tensor up = scope.empty(rows.dtype(), rows.shape().extent(0), down.shape().extent(0));
      adapter.readRows(change.up, firstRow, up);
      rows.backend().ops().pointwise().scale(change.scale, up, up);
      rows.backend().ops().matMul().matmul(Orientation.NN, up, down, rows, Write.ADD);
    }
  }

  /** Something that fills a tensor of at least 32 bits. */
  @FunctionalInterface
  private interface Filling {
    void fill(Tensor part);
  }

  private static void rounded(Tensor target, Filling filling) {
    if (target.dtype() == DType.F32 || target.dtype() == DType.F64) {
      filling.fill(target);
      return;
    }
    try (var scope = new Scope(target.backend())) {
      Tensor wide = scope.empty(DType.F32, target.shape());
      filling.fill(wide);
      target.set(wide.toFloats());
    }
  }

  /** Unmaps the adapter's file. */
  @Override
  public void close() {
    adapter.close();
  }
}
