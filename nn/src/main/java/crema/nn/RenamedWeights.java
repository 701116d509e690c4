package crema.nn;

import crema.tensor.DType;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Weights under other names, some of them left out. Of several that get the same name, the first is kept. */
final class RenamedWeights implements Weights {
  private final Weights all;
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, String> sources = new LinkedHashMap<>();

  RenamedWeights(Weights all, Function<String, @Nullable String> names) {
    this.all = all;
    all.shapes().forEach((name, shape) -> {
      String target = names.apply(name);
      if (target != null && sources.putIfAbsent(target, name) == null) {
        shapes.put(target, shape);
      }
    });
  }

  @Override
  public Map<String, Shape> shapes() {
    return shapes;
  }

  private String source(String name) {
    String source = sources.get(name);
    if (source == null) {
      throw new InvalidWeightsException("there is no tensor named " + name);
    }
    return source;
  }

  @Override
  public DType type(String name) {
    return all.type(source(name));
  }

  @Override
  public void read(String name, Tensor target) {
    all.read(source(name), target);
  }

  @Override
  public void readRows(String name, long firstRow, Tensor rows) {
    all.readRows(source(name), firstRow, rows);
  }
}
