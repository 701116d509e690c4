package crema.cli;

import crema.base.json.ArrayNode;
import crema.base.json.ObjectNode;
import crema.classify.Explanation;
import crema.classify.Explanation.LabelEvidence;
import crema.classify.Explanation.WordEvidence;
import crema.cli.console.Terminal;
import crema.data.FieldText;
import crema.data.TextWord;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Prints explanations, in the order of the texts. */
final class ExplanationWriter {
  /** Keys of an object of JSON; a kept column of such a name is written as {@code row.NAME}. */
  private static final Set<String> OWN_KEYS = Set.of("text", "image", "exact", "labels", "error");

  private final Terminal terminal;
  private final PredictionFormat format;
  private final int most;
  private final List<String> columns;
  private boolean closed;
  private long empty;

  /**
   * A writer.
   *
   * @param most how many words for and how many against a label are printed; 0 for all
   * @param columns that the model tells apart
   */
  ExplanationWriter(Terminal terminal, PredictionFormat format, int most, List<String> columns) {
    this.terminal = terminal;
    this.format = format;
    this.most = most;
    this.columns = columns;
  }

  /** Whether the reader of the output went away. */
  boolean isClosed() {
    return closed;
  }

  void write(List<InputText> texts, List<Explanation> explanations) {
    for (int i = 0; i < texts.size(); i++) {
      InputText text = texts.get(i);
      terminal.out().print(switch (format) {
        case TEXT -> text(text, explanations.get(i));
        case TSV -> tsv(text, explanations.get(i));
        case JSONL -> json(text, explanations.get(i)) + "\n";
      });
      empty += text.problem() == null && explanations.get(i).labels().isEmpty() ? 1 : 0;
    }
    closed = terminal.out().checkError();
  }

  /** Tells of texts that were empty, and returns the exit code that says whether there were any. */
  int report() {
    return PredictionWriter.reportEmpty(empty, terminal.err());
  }

  private String text(InputText text, Explanation explanation) {
    var out = new StringBuilder(PredictionWriter.kept(text));
    if (explanation.labels().isEmpty()) {
      return out + PredictionWriter.unanswered(text, "(empty text)") + "\n\n";
    }
    if (!terminal.outStyle().colour()) {
      out.append(FieldText.joined(text.shown())).append('\n');
    }
    for (LabelEvidence label : explanation.labels()) {
      out.append(terminal.outStyle().colour() ? coloured(text.text(), explanation, label) + "\n" : "");
      out.append(terminal.outStyle().bold(label.label()))
          .append(String.format(Locale.ROOT, " %.1f%%", 100 * label.probability())).append(sum(explanation, label))
          .append('\n');
      List<WordEvidence> ranked = explanation.ranked(label);
      append(out, "  + ", pro(ranked));
      append(out, "  - ", contra(ranked));
    }
    return out.append('\n').toString();
  }

  private static String sum(Explanation explanation, LabelEvidence label) {
    return explanation.kind() == Explanation.Kind.EXACT
        ? String.format(Locale.ROOT, "  logit %.3f: %.3f without words, %+.3f by words", label.logit(), label.base(),
            label.logit() - label.base())
        : String.format(Locale.ROOT, "  log odds %.3f; without a word lower by", label.logit());
  }

  private void append(StringBuilder out, String sign, List<WordEvidence> words) {
    if (!words.isEmpty()) {
      out.append(sign).append(words.stream().map(this::shown).collect(Collectors.joining(", "))).append('\n');
    }
  }

  private String shown(WordEvidence word) {
    String name = columns.isEmpty() ? word.word() : columns.get(word.column()) + ":" + word.word();
    String times = word.places().size() > 1 ? " (" + word.places().size() + "x)" : "";
    String number = String.format(Locale.ROOT, " %+.3f", word.evidence());
    return (word.evidence() > 0 ? terminal.outStyle().pro(name, false) : terminal.outStyle().contra(name, false))
        + times + number;
  }

  private List<WordEvidence> pro(List<WordEvidence> ranked) {
    return ranked.stream().filter(word -> word.evidence() > 0).limit(limit()).toList();
  }

  /** From that which speaks most against the label up. */
  private List<WordEvidence> contra(List<WordEvidence> ranked) {
    return ranked.reversed().stream().filter(word -> word.evidence() < 0).limit(limit()).toList();
  }

  private long limit() {
    return most == 0 ? Long.MAX_VALUE : most;
  }

  /** The text with its words in colours: those with at least half of what the strongest has are bold. */
  private String coloured(String text, Explanation explanation, LabelEvidence label) {
    double strongest = label.words().stream().mapToDouble(Math::abs).max().orElse(0);
    var out = new StringBuilder();
    int at = 0;
    for (int i = 0; i < explanation.words().size(); i++) {
      TextWord word = explanation.words().get(i);
      double evidence = label.words().get(i);
      out.append(text, at, word.start());
      boolean strongly = Math.abs(evidence) >= strongest / 2;
      out.append(Math.abs(evidence) < strongest / 20 ? word.text()
          : evidence > 0 ? terminal.outStyle().pro(word.text(), strongly)
              : terminal.outStyle().contra(word.text(), strongly));
      at = word.end();
    }
    return out.append(text.substring(at)).toString().replace(FieldText.SEPARATOR, ' ');
  }

  private String tsv(InputText text, Explanation explanation) {
    var lines = new StringBuilder();
    for (LabelEvidence label : explanation.labels()) {
      List<WordEvidence> ranked = explanation.ranked(label);
      for (List<WordEvidence> side : List.of(pro(ranked), contra(ranked))) {
        for (WordEvidence word : side) {
          lines.append(PredictionWriter.kept(text)).append(PredictionWriter.escape(FieldText.joined(text.shown())))
              .append('\t').append(PredictionWriter.escape(label.label())).append('\t')
              .append(columns.isEmpty() ? "" : PredictionWriter.escape(columns.get(word.column()))).append('\t')
              .append(PredictionWriter.escape(word.word())).append('\t').append(rounded(word.evidence())).append('\n');
        }
      }
    }
    return lines.toString();
  }

  private ObjectNode json(InputText text, Explanation explanation) {
    var object = new ObjectNode();
    text.kept().forEach((column, value) -> object.set(OWN_KEYS.contains(column) ? "row." + column : column, value));
    object.put("text", FieldText.joined(text.text()));
    if (text.picture() != null) {
      object.put("image", text.picture());
    }
    object.put("exact", explanation.kind() == Explanation.Kind.EXACT);
    ArrayNode labels = object.putArray("labels");
    for (LabelEvidence label : explanation.labels()) {
      ObjectNode of = labels.addObject().put("label", label.label()).put("probability", rounded(label.probability()))
          .put("logit", rounded(label.logit()));
      List<WordEvidence> ranked = explanation.ranked(label);
      List<WordEvidence> pro = pro(ranked);
      List<WordEvidence> contra = contra(ranked);
      if (explanation.kind() == Explanation.Kind.EXACT) {
        double said = pro.stream().mapToDouble(WordEvidence::evidence).sum()
            + contra.stream().mapToDouble(WordEvidence::evidence).sum();
        of.put("base", rounded(label.base())).put("rest", rounded(label.logit() - label.base() - said));
      }
      pro.forEach(add(of.putArray("for"), text.text(), explanation));
      contra.forEach(add(of.putArray("against"), text.text(), explanation));
    }
    if (text.problem() != null) {
      object.put("error", text.problem());
    }
    return object;
  }

  private Consumer<WordEvidence> add(ArrayNode array, String text, Explanation explanation) {
    return word -> {
      ObjectNode object = array.addObject().put("word", word.word());
      if (!columns.isEmpty()) {
        object.put("column", columns.get(word.column()));
      }
      object.put("evidence", rounded(word.evidence()));
      ArrayNode places = object.putArray("places");
      for (int place : word.places()) {
        int start = explanation.words().get(place).start();
        // Places are those in the column.
        int column = text.lastIndexOf(FieldText.SEPARATOR, start) + 1;
        places.add(start - column);
      }
    };
  }

  private static double rounded(double number) {
    return Math.round(number * 1e6) / 1e6;
  }
}
