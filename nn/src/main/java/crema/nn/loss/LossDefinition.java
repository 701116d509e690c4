package crema.nn.loss;

import crema.base.Keyed;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A row of the {@link LossCatalog}: all that there is to say of a loss. {@code --loss}, help texts, reference pages,
 * tests and benchmarks read it.
 *
 * <pre>{@code
 * LossDefinition.of("hinge", "max(0, 1 - z) for labels that a row has, max(0, 1 + z) for others")
 *     .fits(Targets.Form.MULTI_HOT, Link.SIGMOID)
 *     .creates((settings, labels) -> new HingeLoss());
 * }</pre>
 *
 * @param name what flags and files call it
 * @param help one line for people
 * @param input what it is computed from
 * @param links the forms of targets that it takes, each with what its logits mean
 * @param settings its settings
 * @param factory makes it
 * @param rowFactory makes its form for single rows; null if it has none
 */
public record LossDefinition(String name, String help, Input input,
    Map<Targets.Form, Function<LossSettings, Link>> links, List<LossSetting<?>> settings, Factory factory,
    @Nullable RowFactory rowFactory) implements Keyed {
  /** What losses are computed from. */
  public enum Input {
    /** Logits {@code [rows, labels]}. */
    LOGITS,
    /** Vectors that stand for texts, {@code [rows, hidden]}: such a loss brings texts together or apart. */
    EMBEDDINGS
  }

  /** Makes a loss. */
  @FunctionalInterface
  public interface Factory {
    /**
     * A loss.
     *
     * @throws IllegalArgumentException if the settings do not fit the labels
     */
    Loss create(LossSettings settings, TrainingLabels labels);
  }

  /** Makes a loss of single rows. */
  @FunctionalInterface
  public interface RowFactory {
    /** A loss of many labels a row. */
    RowLoss create(LossSettings settings, LabelFrequencies frequencies);
  }

  /** Copies what there is several of. */
  public LossDefinition {
    if (links.isEmpty()) {
      throw new IllegalArgumentException("the loss " + name + " takes no targets");
    }
    links = Map.copyOf(new EnumMap<>(links));
    settings = List.copyOf(settings);
  }

  /** Begins the definition of a loss of logits. */
  public static Builder of(String name, String help) {
    return new Builder(name, help, Input.LOGITS);
  }

  /** Begins the definition of a loss of embeddings. */
  public static Builder ofEmbeddings(String name, String help) {
    return new Builder(name, help, Input.EMBEDDINGS);
  }

  /** The parts of a definition, until it is complete. */
  public static final class Builder {
    private final String name;
    private final String help;
    private final Input input;
    private final Map<Targets.Form, Function<LossSettings, Link>> links = new EnumMap<>(Targets.Form.class);
    private List<LossSetting<?>> settings = List.of();
    private @Nullable RowFactory rowFactory;

    private Builder(String name, String help, Input input) {
      this.name = name;
      this.help = help;
      this.input = input;
    }

    /** Adds a form of targets that a loss of embeddings takes. */
    public Builder fits(Targets.Form form) {
      if (input != Input.EMBEDDINGS) {
        throw new IllegalArgumentException("the loss " + name + " needs a link from its logits to probabilities");
      }
      links.put(form, _ -> {
        throw new IllegalArgumentException("the loss " + name + " is one of embeddings, which have no probabilities");
      });
      return this;
    }

    /** Adds a form of targets that the loss takes, and what the logits mean that it trains. */
    public Builder fits(Targets.Form form, Link link) {
      return fits(form, _ -> link);
    }

    /** Adds a form of targets; what the logits mean depends on the settings. */
    public Builder fits(Targets.Form form, Function<LossSettings, Link> link) {
      if (input != Input.LOGITS) {
        throw new IllegalArgumentException("the loss " + name + " has no logits that could be linked to probabilities");
      }
      links.put(form, link);
      return this;
    }

    /** The settings of the loss. */
    public Builder settings(LossSetting<?>... all) {
      settings = List.of(all);
      return this;
    }

    /** Lets models that train row by row have the loss too. */
    public Builder createsOfRows(RowFactory factory) {
      rowFactory = factory;
      return this;
    }

    /** The definition of a loss that is made so. */
    public LossDefinition creates(Factory factory) {
      return new LossDefinition(name, help, input, links, settings, factory, rowFactory);
    }
  }

  /** The forms of targets that the loss takes. */
  public Set<Targets.Form> forms() {
    return links.keySet();
  }

  /** The form that the loss takes of some, in the order of preference; empty if it takes none of them. */
  public Optional<Targets.Form> formOf(List<Targets.Form> offered) {
    return offered.stream().filter(links::containsKey).findFirst();
  }

  /** The defaults of the settings. */
  public LossSettings defaults() {
    return LossSettings.defaults(settings);
  }

  /** How the logits become probabilities that are trained with this loss on targets of a form. */
  public Link link(Targets.Form form, LossSettings values) {
    return linkOf(form).apply(values);
  }

  private Function<LossSettings, Link> linkOf(Targets.Form form) {
    Function<LossSettings, Link> link = links.get(form);
    if (link == null) {
      throw new IllegalArgumentException("the loss " + name + " does not take " + form);
    }
    return link;
  }

  /**
   * The loss.
   *
   * @throws IllegalArgumentException if it does not take the form of the targets, or its settings do not fit the labels
   */
  public Loss create(LossSettings values, TrainingLabels labels) {
    linkOf(labels.form());
    return factory.create(values, labels);
  }

  /** Whether there is the loss of single rows, for models that train without a tape. */
  public boolean isOfRows() {
    return rowFactory != null;
  }

  /**
   * The loss of single rows.
   *
   * @throws IllegalArgumentException if there is {@linkplain #isOfRows none}
   */
  public RowLoss createOfRows(LossSettings values, LabelFrequencies frequencies) {
    if (rowFactory == null) {
      throw new IllegalArgumentException("the loss " + name + " is not one of single rows");
    }
    return rowFactory.create(values, frequencies);
  }
}
