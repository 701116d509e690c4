package crema.nn;

import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Named tensors to load from: a file, or tensors in memory. */
public interface Weights {
  /** What there is: the name and shape of each tensor, in the source's order. */
  Map<String, Shape> shapes();

  /**
   * Copies a tensor, converting its elements to the target's type.
   *
   * @param name one of {@link #shapes}
   * @param target of the same shape
   */
  void read(String name, Tensor target);

  /**
   * The type of a tensor's elements where it is stored, if that is one that tensors in memory may have; else the one that
   * they are best converted to.
   *
   * @param name one of {@link #shapes}
   */
  default DType type(String name) {
    return DType.F32;
  }

  /**
   * Copies some rows of a matrix, converting their elements to the target's type.
   *
   * @param name one of {@link #shapes}
   * @param rows {@code [count, columns]}
   */
  default void readRows(String name, long firstRow, Tensor rows) {
    try (var scope = new Scope(rows.backend())) {
      Tensor whole = scope.empty(rows.dtype(), Objects.requireNonNull(shapes().get(name)));
      read(name, whole);
      rows.backend().ops().pointwise().copy(whole.rows(firstRow, firstRow + rows.shape().extent(0)), rows);
    }
  }

  /**
   * Copies every tensor to the target of its name. Nothing is written unless everything fits.
   *
   * @param targets the name and tensor of each
   * @throws InvalidWeightsException when a name is missing or unexpected, or a shape differs; the message lists them
   */
  default void copyTo(Map<String, Tensor> targets) {
    requireFit(targets);
    targets.forEach(this::read);
  }

  /**
   * Checks that these are the tensors of a model.
   *
   * @param targets the name and tensor of each
   * @throws InvalidWeightsException when a name is missing or unexpected, or a shape differs; the message lists them
   */
  default void requireFit(Map<String, Tensor> targets) {
    Map<String, Shape> present = shapes();
    var missing = new ArrayList<String>();
    var different = new ArrayList<String>();
    targets.forEach((name, target) -> {
      Shape shape = present.get(name);
      if (shape == null) {
        missing.add(name);
      } else if (!shape.equals(target.shape())) {
        different.add(name + " is " + shape + " but should be " + target.shape());
      }
    });
    List<String> unexpected = present.keySet().stream().filter(name -> !targets.containsKey(name)).toList();
    var faults = new ArrayList<String>();
    list(faults, "", different);
    list(faults, "missing ", missing);
    list(faults, "unexpected ", unexpected);
    if (!faults.isEmpty()) {
      throw new InvalidWeightsException("the weights do not fit the model: " + String.join("; ", faults));
    }
  }

  private static void list(List<String> faults, String label, List<String> items) {
    int shown = Math.min(items.size(), 8);
    if (shown > 0) {
      String rest = items.size() > shown ? " and " + (items.size() - shown) + " more" : "";
      faults.add(label + String.join(", ", items.subList(0, shown)) + rest);
    }
  }

  /**
   * What weights and a model have in common, and what not.
   *
   * @param common the weights that both have
   * @param missing names that only the model has: such parameters keep their initial values
   * @param unexpected names that only the weights have: such weights are not used
   */
  record Intersection(Weights common, List<String> missing, List<String> unexpected) {
    /** One line that names all that was not loaded; empty if everything was. */
    public String report() {
      var parts = new ArrayList<String>();
      list(parts, "newly initialized: ", missing);
      list(parts, "not used: ", unexpected);
      return String.join("; ", parts);
    }
  }

  /**
   * Those of these weights that have one of some names, for a model that is to start from the weights of a part of it,
   * such as a pretrained encoder.
   *
   * @param names the names that the model has
   */
  default Intersection intersecting(Set<String> names) {
    Set<String> present = shapes().keySet();
    return new Intersection(renamed(name -> names.contains(name) ? name : null),
        names.stream().filter(name -> !present.contains(name)).toList(),
        present.stream().filter(name -> !names.contains(name)).toList());
  }

  /** Those of these weights whose names start with a prefix, under the rest of their names. */
  default Weights under(String prefix) {
    return renamed(name -> name.startsWith(prefix) ? name.substring(prefix.length()) : null);
  }

  /**
   * These weights under other names. Of several that get the same one, the first is kept, as of tensors that a file
   * holds twice because they are tied.
   *
   * @param names the new name of each, or null for one to leave out
   */
  default Weights renamed(Function<String, @Nullable String> names) {
    return new RenamedWeights(this, names);
  }

  /** Weights of several sources, none of which has a name that another one has. */
  static Weights joined(Weights... parts) {
    var shapes = new LinkedHashMap<String, Shape>();
    var sources = new LinkedHashMap<String, Weights>();
    for (Weights part : parts) {
      part.shapes().forEach((name, shape) -> {
        if (sources.put(name, part) != null) {
          throw new IllegalArgumentException("two parts have a tensor named " + name);
        }
        shapes.put(name, shape);
      });
    }
    return new Weights() {
      @Override
      public Map<String, Shape> shapes() {
        return shapes;
      }

      @Override
      public DType type(String name) {
        return source(name).type(name);
      }

      @Override
      public void read(String name, Tensor target) {
        source(name).read(name, target);
      }

      @Override
      public void readRows(String name, long firstRow, Tensor rows) {
        source(name).readRows(name, firstRow, rows);
      }

      private Weights source(String name) {
        Weights source = sources.get(name);
        if (source == null) {
          throw new InvalidWeightsException("there is no tensor named " + name);
        }
        return source;
      }
    };
  }

  /** Tensors in memory as weights; those read must be of the targets' type and backend. */
  static Weights of(Map<String, Tensor> tensors) {
    var shapes = new LinkedHashMap<String, Shape>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return new Weights() {
      @Override
      public Map<String, Shape> shapes() {
        return shapes;
      }

      @Override
      public void read(String name, Tensor target) {
        Tensor source = tensors.get(name);
        if (source == null) {
          throw new InvalidWeightsException("there is no tensor named " + name);
        }
        target.backend().ops().pointwise().copy(source, target);
      }
    };
  }
}
