package crema.data;

import crema.base.NameList;
import crema.base.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a file make up a row. Text columns are those of the file, or made by a {@link Recipe} of the raw cells of
 * others: what a cursor reads are the columns that {@link #all} names.
 *
 * @param text the text columns, joined in this order; missing and blank values are left out
 * @param joiner what stands between joined text columns
 * @param label the label columns. Usually one; none where rows need no label; several make up the segments of a path,
 *     outermost first, if labels are paths, and otherwise each adds its labels to a row that may have several
 * @param labelFormat how label columns are read
 * @param group the column whose equal values must not straddle a split, or null
 * @param language the column with the language of the text, or null
 * @param kept columns whose values stay with a row as they are, so that what is made of it can be joined with its file;
 *     where there are any, a row without text is a row too
 * @param missing words that mean no value where they are all that a cell holds
 * @param weight the column that says as how many rows a row counts, or null
 * @param picture the column that says where the picture of a row is, or null; a row with a picture need not have a text
 * @param absent those of all these columns that a file does not have; they are empty in its rows
 * @param recipe how text columns are made that files do not have
 */
public record Columns(
    List<String> text,
    String joiner,
    List<String> label,
    LabelFormat labelFormat,
    @Nullable String group,
    @Nullable String language,
    List<String> kept,
    Set<String> missing,
    @Nullable String weight,
    @Nullable PictureColumn picture,
    Set<String> absent,
    Recipe recipe) {

  /** Checks the combination. */
  public Columns {
    text = List.copyOf(text);
    label = List.copyOf(label);
    kept = List.copyOf(kept);
    missing = Set.copyOf(missing);
    absent = Set.copyOf(absent);
    if (text.isEmpty() && picture == null) {
      throw new DataException("at least one text column is needed");
    }
    if (label.size() > 1 && labelFormat.equals(LabelFormat.SINGLE)) {
      throw new DataException(
          "several label columns " + label + " need labels that are paths (--target taxonomy), or several labels a row "
              + "(--target multi)");
    }
  }

  /** Columns of which none is kept, and in which every word is a value. */
  public Columns(List<String> text, String joiner, List<String> label, LabelFormat labelFormat, @Nullable String group,
      @Nullable String language) {
    this(text, joiner, label, labelFormat, group, language, List.of(), Set.of(), null, null, Set.of(), Recipe.NONE);
  }

  /** Text columns joined by a space, without labels. */
  public static Columns text(String... columns) {
    return new Columns(List.of(columns), " ", List.of(), LabelFormat.SINGLE, null, null);
  }

  /** A column with pictures and no text, without labels. */
  public static Columns picture(PictureColumn column) {
    return new Columns(List.of(), " ", List.of(), LabelFormat.SINGLE, null, null, List.of(), Set.of(), null, column,
        Set.of(), Recipe.NONE);
  }

  /** The same with another joiner of text columns. */
  public Columns withJoiner(String newJoiner) {
    return new Columns(text, newJoiner, label, labelFormat, group, language, kept, missing, weight, picture, absent,
        recipe);
  }

  /** The same with one label column that holds one label. */
  public Columns withLabel(String column) {
    return withLabels(LabelFormat.SINGLE, column);
  }

  /** The same with label columns and how they are read. */
  public Columns withLabels(LabelFormat format, String... columns) {
    return new Columns(text, joiner, List.of(columns), format, group, language, kept, missing, weight, picture, absent,
        recipe);
  }

  /** The same with a group column; null for none. */
  public Columns withGroup(@Nullable String column) {
    return new Columns(text, joiner, label, labelFormat, column, language, kept, missing, weight, picture, absent,
        recipe);
  }

  /** The same with a language column; null for none. */
  public Columns withLanguage(@Nullable String column) {
    return new Columns(text, joiner, label, labelFormat, group, column, kept, missing, weight, picture, absent,
        recipe);
  }

  /** The same with columns whose values stay with a row. */
  public Columns withKept(List<String> columns) {
    return new Columns(text, joiner, label, labelFormat, group, language, columns, missing, weight, picture, absent,
        recipe);
  }

  /** The same with words that mean no value. */
  public Columns withMissing(Set<String> words) {
    return new Columns(text, joiner, label, labelFormat, group, language, kept, words, weight, picture, absent,
        recipe);
  }

  /** The same with a column that says as how many rows a row counts; null for none. */
  public Columns withWeight(@Nullable String column) {
    return new Columns(text, joiner, label, labelFormat, group, language, kept, missing, column, picture, absent,
        recipe);
  }

  /** The same with a column that says where the picture of a row is; null for none. */
  public Columns withPicture(@Nullable PictureColumn column) {
    return new Columns(text, joiner, label, labelFormat, group, language, kept, missing, weight, column, absent,
        recipe);
  }

  /** The same with a recipe, which makes those of the text columns that it has a field for. */
  public Columns withRecipe(Recipe other) {
    return new Columns(text, joiner, label, labelFormat, group, language, kept, missing, weight, picture, absent,
        other);
  }

  /** The same for a file that does not have some of the columns. */
  Columns withAbsent(Set<String> names) {
    return new Columns(text, joiner, label, labelFormat, group, language, kept, missing, weight, picture, names,
        recipe);
  }

  /**
   * Those of the columns without which no row of a file can be used: the columns of texts if it has none of them nor that
   * of pictures, and the label columns likewise.
   *
   * @param existing the columns of the file
   */
  Set<String> indispensable(List<String> existing) {
    return Stream.of(content(existing), label).filter(names -> names.stream().noneMatch(existing::contains))
        .flatMap(List::stream).collect(Collectors.toUnmodifiableSet());
  }

  /** The columns of which a row must have one: those of the text, and that of pictures. */
  private List<String> content(List<String> existing) {
    return picture == null ? sources(existing)
        : Stream.concat(sources(existing).stream(), Stream.of(picture.name())).toList();
  }

  /** What a row must have something in, for messages: its text columns, and that of pictures. */
  List<String> content() {
    return picture == null ? text : Stream.concat(text.stream(), Stream.of(picture.name())).toList();
  }

  /** Whether the recipe makes any of the text columns. */
  public boolean areMade() {
    return text.stream().anyMatch(name -> recipe.field(name) != null);
  }

  /**
   * The columns of a file of which texts are made, each once: the text columns, but in place of one that the recipe makes
   * those where its values stand.
   *
   * @param existing the columns of the file, by which it is told where the name of a column ends in a path
   */
  public List<String> sources(Collection<String> existing) {
    if (!areMade()) {
      return text;
    }
    var sources = new LinkedHashSet<String>();
    for (String name : text) {
      RecipeField field = recipe.field(name);
      if (field == null) {
        sources.add(name);
      } else {
        field.from().forEach(path -> sources.add(path.column(existing)));
      }
    }
    return List.copyOf(sources);
  }

  /**
   * The names of all columns that are read.
   *
   * @param existing the columns of the file
   */
  public List<String> all(Collection<String> existing) {
    var names = new ArrayList<>(sources(existing));
    names.addAll(besideText());
    return names;
  }

  /** The names of the columns that are read and are no text. */
  List<String> besideText() {
    var names = new ArrayList<>(label);
    if (group != null) {
      names.add(group);
    }
    if (language != null) {
      names.add(language);
    }
    if (weight != null) {
      names.add(weight);
    }
    if (picture != null) {
      names.add(picture.name());
    }
    names.addAll(kept);
    return names;
  }

  /**
   * As it was when fingerprints of rows were first kept, unless columns are kept too, weigh rows, have pictures, are absent
   * or made.
   */
  @Override
  public String toString() {
    return "Columns[text=" + text + ", joiner=" + joiner + ", label=" + label + ", labelFormat=" + labelFormat
        + ", group=" + group + ", language=" + language + (kept.isEmpty() ? "" : ", kept=" + kept)
        + (weight == null ? "" : ", weight=" + weight)
        + (picture == null ? "" : ", picture=" + picture)
        + (absent.isEmpty() ? "" : ", absent=" + new TreeSet<>(absent))
        + (areMade() ? ", recipe=" + recipe : "") + "]";
  }

  /** The error for a column that a file lacks. */
  static DataException missing(String file, String column, List<String> existing) {
    String suggestion =
        column.matches("[1-9]\\d?") ? "; to call columns by their numbers, in a file without header, add "
            + "--no-header." : NearestName.suggestion(column, existing);
    return new DataException(file + " has no column '" + column + "'"
        + (suggestion.isEmpty() ? "." : suggestion) + " It has: " + NameList.of(existing));
  }
}
