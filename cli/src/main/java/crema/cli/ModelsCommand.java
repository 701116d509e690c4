package crema.cli;

import crema.cli.console.Terminal;
import crema.hub.CachedModel;
import crema.hub.ModelHub;
import crema.report.TextTable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the pretrained models in the cache. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Lists the pretrained models in the cache.",
        "They are those that 'crema pull' fetched, and those of Hugging Face's tools."
    },
    footer = {"", "Example:", "  crema models"})
final class ModelsCommand implements Callable<Integer> {
  private static final int COMMIT_DIGITS = 8;

  private final Terminal terminal;

  @Mixin
  private CacheFlags cache = new CacheFlags();

  ModelsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    var source = new ModelHub(cache.options());
    List<CachedModel> models = source.models();
    if (models.isEmpty()) {
      terminal.err().println("No models in " + source.cacheFolder() + "; 'crema pull NAME' fetches one");
      return 0;
    }
    var table = new TextTable(new TextTable.Text("Model"), new TextTable.Text("Architecture"),
        new TextTable.Number("Size"), new TextTable.Text("Revision"));
    for (CachedModel model : models) {
      boolean isNamed = !model.name().revision().equals(model.commit());
      table.row(model.name().id(), model.architecture().orElse("-"),
          String.format(Locale.ROOT, "%,.1f MB", model.bytes() / 1e6),
          (isNamed ? model.name().revision() + " " : "") + model.commit().substring(0, COMMIT_DIGITS));
    }
    terminal.out().print(table.render(terminal.outStyle()));
    return 0;
  }
}
