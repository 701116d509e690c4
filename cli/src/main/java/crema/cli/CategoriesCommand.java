package crema.cli;

import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.family.neighbours.ModelCategories;
import crema.family.neighbours.ModelCategories.Category;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands about the categories of a model of neighbours. */
@Command(name = "categories", mixinStandardHelpOptions = true,
    description = "Lists the categories of a model of neighbours, and adds some without training.",
    synopsisSubcommandLabel = "COMMAND")
final class CategoriesCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  CategoriesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Without a command: the help. */
  @Override
  public void run() {
    Objects.requireNonNull(spec).commandLine().usage(terminal.out());
  }

  /** Adds a category. */
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      abbreviateSynopsis = true,
      description = {
          "Adds a category to a model that 'crema train --model neighbours' trained, without training.",
          "Its vector is made of its name and of texts that belong to it; where the model has an encoder, the name is "
              + "enough. The model is whole at every moment: who loads it meanwhile has the categories as they were."
      },
      footer = {
          "",
          "Examples:",
          "  crema categories add models/titles --name \"Appliances > Wine Coolers\"",
          "  crema categories add models/titles --name \"Wine Coolers\" --items coolers.csv --text title"
      })
  static final class Add implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "The directory of the model.")
    private Path model = Path.of("");

    @Option(names = "--name", paramLabel = "NAME", required = true,
        description = "The name of the category; in a taxonomy its path.")
    private String name = "";

    @Option(names = "--items", paramLabel = "FILE",
        description = "Texts of the category: the lines of a plain file, the rows of CSV, TSV or JSONL (also .gz, "
            + ".zst).")
    private @Nullable Path items;

    @Option(names = "--text", paramLabel = "COLUMN", parameterConsumer = CommaSeparated.class,
        description = "The text columns of the file (default: as in training).")
    private List<String> text = new ArrayList<>();

    @Mixin
    private FileFlags files = new FileFlags();

    @Mixin
    private ComputeFlags compute = new ComputeFlags();

    Add(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      if (items == null && !text.isEmpty()) {
        throw new UserError("--text names columns of a file: give --items too");
      }
      var categories = new ModelCategories(model);
      List<String> texts = items == null ? List.of() : texts(items, categories);
      String added = categories.add(name, texts, compute.options());
      terminal.out().println("Added '" + added + "' to " + model + (texts.isEmpty() ? ", by its name"
          : String.format(Locale.ROOT, " with %,d %s", texts.size(), texts.size() == 1 ? "text" : "texts")));
      return 0;
    }

    private List<String> texts(Path file, ModelCategories categories) throws IOException {
      TextInput input = TextInput.ofColumns(text, files);
      input.tellApart(categories.columns());
      input.asIn(() -> TextInput.trainingOf(model, null));
      List<String> texts = InputText.texts(input.of(file)).stream().filter(each -> !each.isBlank()).toList();
      input.report(terminal);
      if (texts.isEmpty()) {
        throw new UserError(file + " has no text: give some that belong to the category, or leave out --items");
      }
      return texts;
    }
  }

  /** Lists categories. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      abbreviateSynopsis = true,
      description = {
          "Lists the categories of a model that 'crema train --model neighbours' trained: how many texts are known of "
              + "each, and its name. Those that were added after the training come last and are marked with +."
      },
      footer = {"", "Examples:", "  crema categories list models/titles"})
  static final class ListAll implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "The model: a directory or an archive.")
    private Path model = Path.of("");

    ListAll(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      List<Category> all = new ModelCategories(model).list();
      int width = all.stream().mapToInt(category -> String.format(Locale.ROOT,
          "%,d", category.items()).length()).max().orElse(1);
      for (Category category : all) {
        terminal.out().println(String.format(Locale.ROOT,
            "%," + width + "d %s %s", category.items(), category.isAdded() ? "+" : " ",
            category.name()));
      }
      return 0;
    }
  }
}
