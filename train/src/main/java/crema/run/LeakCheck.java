package crema.run;

import crema.base.json.JsonNode;
import crema.data.Columns;
import crema.data.FieldSurvey;
import crema.data.FileRows;
import crema.data.Recipe;
import crema.data.RecipeField;
import crema.data.Row;
import crema.data.TextColumn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Looks for fields of raw rows that give their labels away: see {@link FieldSurvey}. */
public final class LeakCheck {
  private final List<String> text;
  private final Recipe recipe;
  private final List<String> labels;
  private final Fields looked;
  private final FieldSurvey survey;

  /** Which fields are looked at. */
  public enum Fields {
    /** Those that get into texts. */
    OF_TEXTS,
    /** All but labels and what is dropped. */
    ALL
  }

  /** A check of rows that are read by these settings. */
  public LeakCheck(DataSettings data, Fields looked) {
    text = TextColumn.names(TextColumn.parseAll(data.text()));
    recipe = data.recipe();
    labels = data.labels().columns();
    this.looked = looked;
    survey = new FieldSurvey(path -> !isDropped(path) && (looked == Fields.ALL ? !isLabel(path) : isInTexts(path)));
  }

  /**
   * The rows of files, with the raw cells that are looked at beside their texts.
   *
   * @return none for a file without names of columns
   */
  public List<FileRows> over(List<FileRows> files) {
    var rows = new ArrayList<FileRows>();
    for (FileRows file : files) {
      List<String> names = file.columnNames();
      List<String> sources = file.columns().sources(names);
      List<String> kept =
          names.stream().filter(name -> looked == Fields.ALL ? !labels.contains(name) : sources.contains(name))
              .toList();
      if (!kept.isEmpty()) {
        rows.add(file.withColumns(file.columns().withKept(kept)));
      }
    }
    return rows;
  }

  /** Looks at a row of these rows. */
  public void add(Row row, Columns columns) {
    survey.add(cells(row, columns), row.labels());
  }

  /** The raw cells of a row by their columns. */
  public static Map<String, JsonNode> cells(Row row, Columns columns) {
    var cells = new LinkedHashMap<String, JsonNode>();
    for (int i = 0; i < columns.kept().size(); i++) {
      cells.put(columns.kept().get(i), row.meta().kept().get(i));
    }
    return cells;
  }

  /**
   * What was found, a line each. The only field of all texts is none of it: it is what a model is to read.
   *
   * @param isTold fields of which something else was told
   */
  public List<String> found(Predicate<String> isTold) {
    long ofTexts = survey.paths().stream().filter(this::isInTexts).count();
    return survey.leaks().stream().filter(leak -> !isTold.test(leak.path()))
        .filter(leak -> ofTexts > 1 || !isInTexts(leak.path()))
        .map(leak -> leak.describe() + (isInTexts(leak.path())
            ? "; if it is not known before the label is, leave it out of the text, or out of what is in the "
                + "text with --drop"
            : "; it is not in the text, and --drop keeps it out"))
        .toList();
  }

  private boolean isLabel(String path) {
    return labels.stream().anyMatch(label -> isWithin(path, label));
  }

  private boolean isDropped(String path) {
    return recipe.dropped().stream().anyMatch(dropped -> isWithin(path, dropped));
  }

  /** Whether what stands there gets into a text. */
  private boolean isInTexts(String path) {
    return text.stream().anyMatch(name -> {
      RecipeField field = recipe.fields().get(name);
      return field == null ? isWithin(path, name)
          : field.from().stream().anyMatch(from -> isWithin(path, from.text()));
    });
  }

  private static boolean isWithin(String path, String outer) {
    return path.equals(outer) || path.startsWith(outer + ".");
  }
}
