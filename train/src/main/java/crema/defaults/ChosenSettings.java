package crema.defaults;

import crema.data.DataProfile;
import crema.settings.Choice;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Settings of which those that nobody gave suit the training rows. What they are depends on these rows and on what was
 * given alone; kept with a run, they mean the same ever after.
 *
 * @param settings all of them
 * @param choices what was chosen, and why; in the order in which they are told
 */
public record ChosenSettings(Settings settings, List<Choice<?>> choices) {
  /** Copies the list. */
  public ChosenSettings {
    choices = List.copyOf(choices);
  }

  /**
   * Chooses by rules, one after the other.
   *
   * @param given what was given
   * @param profile of the training rows
   */
  public static ChosenSettings of(List<DefaultRule<?>> rules, Settings given, DataProfile profile) {
    Settings settings = given;
    var choices = new ArrayList<Choice<?>>();
    for (DefaultRule<?> rule : rules) {
      Optional<? extends Choice<?>> choice = rule.choose(settings, profile);
      if (choice.isPresent()) {
        settings = settings.choosing(choice.get());
        choices.add(choice.get());
      }
    }
    return new ChosenSettings(settings, choices);
  }
}
