package crema.nn;

import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
