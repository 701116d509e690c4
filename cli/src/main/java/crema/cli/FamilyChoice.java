package crema.cli;

import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.run.PictureSettings;
import crema.settings.Assignment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which family is trained where none is named: the default one if it has all settings that were given, and otherwise the
 * only one that does.
 *
 * @param family the family
 * @param by the settings that not all families have, as they were written; none where the default family is taken
 */
record FamilyChoice(ModelFamily family, List<String> by) {
  /** Copies the list. */
  FamilyChoice {
    by = List.copyOf(by);
  }

  /**
   * The family of what was given.
   *
   * @param all families that can be trained
   * @param usual the default one
   * @param given values of settings, those of the command among them
   * @throws UserError if no family has all of these settings, or several have and the default one is none of them
   */
  static FamilyChoice of(List<ModelFamily> all, ModelFamily usual, Collection<Assignment> given) {
    List<ModelFamily> families = given.stream().anyMatch(value -> isOfPictures(all, value)) ? all
        : all.stream().filter(family -> !family.needsPictures()).toList();
    var left = new ArrayList<>(families);
    var narrowing = new ArrayList<Assignment>();
    for (Assignment value : given) {
      List<ModelFamily> having = having(families, value);
      if (having.isEmpty() || having.size() == families.size()) {
        continue;
      }
      if (left.stream().noneMatch(having::contains)) {
        throw conflict(families, narrowing, value);
      }
      left.retainAll(having);
      narrowing.add(value);
    }
    if (left.contains(usual)) {
      return new FamilyChoice(usual, List.of());
    }
    if (left.size() > 1) {
      throw narrowing.stream().filter(value -> !having(families, value).contains(usual)).findFirst().orElseThrow()
          .error(" is a setting of " + keys(left) + ": name the family with --model");
    }
    return new FamilyChoice(left.getFirst(), narrowing.stream().map(FamilyChoice::written).toList());
  }

  /** Whether a setting is given only where rows have pictures. */
  private static boolean isOfPictures(List<ModelFamily> all, Assignment value) {
    List<ModelFamily> having = having(all, value);
    return value.name().equals(PictureSettings.IMAGE.name())
        || !having.isEmpty() && having.stream().allMatch(ModelFamily::needsPictures);
  }

  private static List<ModelFamily> having(List<ModelFamily> families, Assignment value) {
    return families.stream().filter(family -> family.settings().find(value.name()).isPresent()).toList();
  }

  private static UserError conflict(List<ModelFamily> families, List<Assignment> before, Assignment value) {
    List<ModelFamily> having = having(families, value);
    return before.stream().filter(other -> having(families, other).stream().noneMatch(having::contains)).findFirst()
        .map(other -> value.error(" is a setting of " + keys(having) + ", but " + written(other) + " is one of "
            + keys(having(families, other)) + ": leave one out, or name the family with --model"))
        .orElseGet(() -> value.error(": no family has this setting and "
            + before.stream().map(FamilyChoice::written).collect(Collectors.joining(", "))
            + ": name the family with --model, and leave out what it does not have"));
  }

  private static String written(Assignment value) {
    return value.origin().prefix() + value.name();
  }

  private static String keys(List<ModelFamily> families) {
    List<String> keys = families.stream().map(ModelFamily::key).toList();
    return keys.size() == 1 ? keys.getFirst()
        : String.join(", ", keys.subList(0, keys.size() - 1)) + " and " + keys.getLast();
  }

  /** Why another family than the default one was chosen: a line for people. */
  String reason() {
    return "Model: " + family.key() + ", the family with " + String.join(", ", by);
  }
}
