package crema.nn.loss;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * All losses that models can be trained with, by name: Crema's own, and those of any {@link LossProvider} on the path.
 */
public final class LossCatalog {
  private static final List<LossDefinition> LOSSES = load();

  private LossCatalog() {}

  private static List<LossDefinition> load() {
    List<LossProvider> providers = ServiceLoader.load(LossProvider.class, LossCatalog.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing((LossProvider provider) -> !(provider instanceof StandardLosses))
            .thenComparing(provider -> !(provider instanceof EmbeddingLosses))
            .thenComparing(provider -> provider.getClass().getName()))
        .toList();
    var byName = new LinkedHashMap<String, LossDefinition>();
    for (LossProvider provider : providers) {
      for (LossDefinition loss : provider.losses()) {
        if (byName.put(loss.name(), loss) != null) {
          throw new IllegalStateException(
              provider.getClass().getName() + " has a loss " + loss.name() + ", but there is one of that name already");
        }
      }
    }
    return List.copyOf(byName.values());
  }

  /** All losses: Crema's own first. */
  public static List<LossDefinition> losses() {
    return LOSSES;
  }

  /** The losses of logits, or those of embeddings. */
  public static List<LossDefinition> of(LossDefinition.Input input) {
    return LOSSES.stream().filter(loss -> loss.input() == input).toList();
  }

  /** The losses of logits that take targets of one of some forms. */
  public static List<LossDefinition> fitting(List<Targets.Form> forms) {
    return of(LossDefinition.Input.LOGITS).stream().filter(loss -> loss.formOf(forms).isPresent()).toList();
  }

  /** The losses of single rows. */
  public static List<LossDefinition> ofRows() {
    return LOSSES.stream().filter(LossDefinition::isOfRows).toList();
  }

  /** The settings of all losses, each name once, as the first loss has it. */
  public static List<LossSetting<?>> settings() {
    var byName = new LinkedHashMap<String, LossSetting<?>>();
    LOSSES.forEach(loss -> loss.settings().forEach(setting -> byName.putIfAbsent(setting.name(), setting)));
    return new ArrayList<>(byName.values());
  }

  /** The loss of a name, if there is one. */
  public static Optional<LossDefinition> find(String name) {
    return LOSSES.stream().filter(loss -> loss.name().equals(name)).findFirst();
  }

  /** The loss for targets of a form where none is chosen: the first that takes it. */
  public static LossDefinition defaultFor(Targets.Form form) {
    return fitting(List.of(form)).getFirst();
  }
}
