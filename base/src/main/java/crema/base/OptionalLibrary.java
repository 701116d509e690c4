package crema.base;

import java.util.function.Supplier;

/**
 * A library that an application adds only if it needs what the library is for.
 *
 * @param artifact its Maven coordinates without the version
 * @param purpose what cannot be done without it, as the beginning of a sentence
 */
public record OptionalLibrary(String artifact, String purpose) {
  /**
   * Does something that needs the library.
   *
   * @throws UserError if the library is missing; the message names the artifact to add
   */
  public <T> T use(Supplier<T> work) {
    try {
      return work.get();
    } catch (NoClassDefFoundError e) {
      if (String.valueOf(e.getMessage()).contains("crema")) {
        throw e;
      }
      throw new UserError(purpose + " needs the library " + artifact
          + ", which is missing; add it, or crema-training, which brings all optional libraries", e);
    }
  }
}
