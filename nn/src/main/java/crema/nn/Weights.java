package crema.nn;

import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
   * Copies every tensor to the target of its name. Nothing is written unless everything fits.
   *
   * @param targets the name and tensor of each
   * @throws InvalidWeightsException when a name is missing or unexpected, or a shape differs; the message lists them
   */
  default void copyTo(Map<String, Tensor> targets) {
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
    targets.forEach(this::read);
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
    var common = new LinkedHashMap<String, Shape>(shapes());
    common.keySet().retainAll(names);
    Weights all = this;
    var selected = new Weights() {
      @Override
      public Map<String, Shape> shapes() {
        return common;
      }

      @Override
      public void read(String name, Tensor target) {
        all.read(name, target);
      }
    };
    return new Intersection(selected, names.stream().filter(name -> !common.containsKey(name)).toList(),
        shapes().keySet().stream().filter(name -> !common.containsKey(name)).toList());
  }

  /** Those of these weights whose names start with a prefix, under the rest of their names. */
  default Weights under(String prefix) {
    var selected = new LinkedHashMap<String, Shape>();
    shapes().forEach((name, shape) -> {
      if (name.startsWith(prefix)) {
        selected.put(name.substring(prefix.length()), shape);
      }
    });
    Weights all = this;
    return new Weights() {
      @Override
      public Map<String, Shape> shapes() {
        return selected;
      }

      @Override
      public void read(String name, Tensor target) {
        all.read(prefix + name, target);
      }
    };
  }

  /**
   * These weights under other names. Of several that get the same one, the first is kept, as of tensors that a file
   * holds twice because they are tied.
   *
   * @param names the new name of each, or null for one to leave out
   */
  default Weights renamed(Function<String, @Nullable String> names) {
    var shapes = new LinkedHashMap<String, Shape>();
    var sources = new LinkedHashMap<String, String>();
    shapes().forEach((name, shape) -> {
      String target = names.apply(name);
      if (target != null && sources.putIfAbsent(target, name) == null) {
        shapes.put(target, shape);
      }
    });
    Weights all = this;
    return new Weights() {
      @Override
      public Map<String, Shape> shapes() {
        return shapes;
      }

      @Override
      public void read(String name, Tensor target) {
        all.read(sources.getOrDefault(name, name), target);
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
