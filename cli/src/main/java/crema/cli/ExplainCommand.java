package crema.cli;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Explanation;
import crema.classify.Item;
import crema.classify.Prediction;
import crema.classify.WatchedItems;
import crema.cli.console.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says which words speak for and against labels. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Says which words of texts speak for and against their labels.",
        "Exact for linear and fastText models, whose logit is a sum over words; for others, how much the odds of the label "
            + "fall if the text lacks the word."
    },
    footer = {
        "",
        "Examples:",
        "  crema explain models/titles \"bosch serie 6 washing machine 9kg\"",
        "  crema explain models/titles --top 3 --words 5 \"bosch serie 6 washing machine 9kg\"",
        "  crema explain models/titles --label Dryers \"bosch serie 6 washing machine 9kg\"",
        "  crema explain models/titles --file offers.csv --keep id --format jsonl"
    })
final class ExplainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model: a directory or an archive.")
  private Path model = Path.of("");

  @Parameters(index = "1..*", paramLabel = "TEXT", description = "Texts; none to read a file or standard input.")
  private List<String> texts = new ArrayList<>();

  @Mixin
  private TextInput input = new TextInput();

  @Mixin
  private KeepFlags keep = new KeepFlags();

  @Mixin
  private PictureFlags pictures = new PictureFlags();

  @Option(names = {"-k", "--top"}, paramLabel = "K",
      description = "Explain the K most probable labels of each text (default: those that the model decides on).")
  private @Nullable Integer top;

  @Option(names = "--label", paramLabel = "LABEL",
      description = "Explain this label, whatever the model decides on; several times for several labels.")
  private List<String> labels = new ArrayList<>();

  @Option(names = "--words", paramLabel = "N", defaultValue = "10",
      description = "At most N words for each label and at most N against it; 0 for all (default: ${DEFAULT-VALUE}).")
  private int words = 10;

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text",
      description = "text: labels and words; tsv: text, label, column, word and what it adds, a line a word; jsonl: an "
          + "object a line (default: ${DEFAULT-VALUE}).")
  private PredictionFormat format = PredictionFormat.TEXT;

  @Option(names = "--task", paramLabel = "NAME", description = "Which task of a model that has several.")
  private @Nullable String task;

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (top != null && top < 1) {
      throw new UserError("--top must be at least 1");
    }
    if (words < 0) {
      throw new UserError("--words must be at least 1, or 0 for all words");
    }
    if (top != null && !labels.isEmpty()) {
      throw new UserError("give --top or --label, not both");
    }
    try (Classifier classifier = ComputeFlags.load(model, task, compute.announced(model, terminal))) {
      var output = new ExplanationWriter(terminal, format, words, classifier.columns());
      input.readAs(classifier, model, task, keep, pictures);
      input.forEachBatch(texts, terminal, batch -> {
        var asked = new WatchedItems(InputText.items(batch));
        List<Explanation> explained = classifier.explain(asked.items(), labels(classifier, asked.items()));
        output.write(input.checked(batch, asked), explained);
        return !output.isClosed();
      });
      return Math.max(input.report(terminal), output.report());
    }
  }

  private List<List<String>> labels(Classifier classifier, List<Item> given) {
    if (!labels.isEmpty()) {
      return given.stream().map(_ -> labels).toList();
    }
    List<List<Prediction>> chosen = top == null ? classifier.answer(given) : classifier.predict(given, top);
    if (chosen.stream().anyMatch(List::isEmpty)) {
      // Where no label reaches its threshold, the one that comes nearest is what there is to explain.
      List<List<Prediction>> nearest = classifier.predict(given, 1);
      chosen = new ArrayList<>(chosen);
      for (int i = 0; i < chosen.size(); i++) {
        if (chosen.get(i).isEmpty()) {
          chosen.set(i, nearest.get(i));
        }
      }
    }
    return chosen.stream().map(of -> of.stream().map(Prediction::label).toList()).toList();
  }
}
