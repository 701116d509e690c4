package crema.cli;

import crema.cli.console.Terminal;
import crema.hub.ModelHub;
import crema.hub.ModelName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Fetches pretrained models into the cache. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Fetches pretrained models into the cache of Hugging Face's tools.",
        "Of each its newest state, if that is not there yet: configuration, tokenizer, and the weights in one format. A "
            + "download that broke off goes on. Prints the folder of each model.",
        "A model that needs a token takes it from HF_TOKEN."
    },
    footer = {
        "",
        "Examples:",
        "  crema pull sentence-transformers/all-MiniLM-L6-v2",
        "  crema pull BAAI/bge-small-en-v1.5@main intfloat/e5-small-v2"
    })
final class PullCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "NAME", arity = "1..*",
      description = "A model, ORGANIZATION/MODEL, with @ and a branch, a tag or a commit if not the main branch is meant.")
  private List<String> names = new ArrayList<>();

  @Mixin
  private HubFlags hub = new HubFlags();

  PullCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    List<ModelName> models = names.stream().map(ModelName::parse).toList();
    ModelHub source = hub.open(terminal);
    for (ModelName model : models) {
      terminal.out().println(source.pull(model));
    }
    return 0;
  }
}
