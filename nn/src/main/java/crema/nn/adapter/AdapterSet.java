package crema.nn.adapter;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.UserError;
import crema.nn.Adaptation;
import crema.nn.InvalidWeightsException;
import crema.nn.Linear;
import crema.nn.Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Several adapters beside one model that predicts. Each call chooses one, or none, for its own thread: many threads may
 * call at once, with different adapters. All that an adapter needs is its own matrices.
 *
 * <pre>{@code
 * var adapters = new AdapterSet(encoder);
 * LoraAdapter titles = adapters.add(Path.of("adapters/titles"));
 * Variable x = adapters.with(titles, () -> encoder.forward(tape, ids, sequences));
 * }</pre>
 */
public final class AdapterSet implements AutoCloseable {
  private static final ScopedValue<LoraAdapter> CHOSEN = ScopedValue.newInstance();

  private final Module model;
  private final List<LoraAdapter> adapters = new ArrayList<>();
  private final Set<String> switched = new HashSet<>();

  /** No adapters beside a model. */
  public AdapterSet(Module model) {
    this.model = model;
  }

  /** The place of a layer's adapters. */
  private record Switch(String layer) implements Adaptation {
    private @Nullable LoraLayer chosen() {
      return CHOSEN.isBound() ? CHOSEN.get().layer(layer) : null;
    }

    @Override
    public boolean isActive() {
      return chosen() != null;
    }

    @Override
    public Variable apply(Tape tape, Variable x, Variable product) {
      LoraLayer layer = chosen();
      return layer == null ? product : layer.apply(tape, x, product);
    }
  }

  /**
   * Adds an adapter. No other thread may compute with the model meanwhile.
   *
   * @throws UserError when it replaces parts of the model, which other adapters share, or asks for what is not supported
   * @throws InvalidWeightsException when it does not fit the model
   */
  public LoraAdapter add(Path folder) throws IOException {
    LoraAdapter adapter = LoraAdapter.load(model, folder);
    try {
      if (adapter.replacesParameters()) {
        throw new UserError(
            folder + " was trained with parts of the model (modules_to_save, bias), which other adapters "
                + "beside it share: merge it with crema merge");
      }
      for (String layer : adapter.layers()) {
        if (switched.add(layer) && model.modules().get(layer) instanceof Linear linear) {
          linear.adapt(new Switch(layer));
        }
      }
    } catch (RuntimeException e) {
      adapter.close();
      throw e;
    }
    adapters.add(adapter);
    return adapter;
  }

  /**
   * Computes with an adapter.
   *
   * @param adapter one that was {@linkplain #add added}
   */
  public <T> T with(LoraAdapter adapter, Supplier<T> computation) {
    return ScopedValue.where(CHOSEN, adapter).call(computation::get);
  }

  /** Removes all adapters and gives back their memory; the model stays. */
  @Override
  public void close() {
    switched.forEach(layer -> {
      if (model.modules().get(layer) instanceof Linear linear) {
        linear.adapt(null);
      }
    });
    switched.clear();
    adapters.forEach(LoraAdapter::close);
    adapters.clear();
  }
}
