package crema.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What several settings must be together.
 *
 * @param settings the settings that it is about; an error names the place of the first of them that was given
 * @param check what is wrong
 */
public record Rule(List<Setting<?>> settings, Check check) {
  /** Copies the list. */
  public Rule {
    settings = List.copyOf(settings);
  }

  /** Says what is wrong with settings. */
  @FunctionalInterface
  public interface Check {
    /**
     * What is wrong, in a sentence that names the settings by their flags, which become keys where a file gave them; null
     * if nothing is.
     */
    @Nullable
    String problem(Settings settings);
  }
}
