package crema.base;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A choice that flags, files and messages refer to by a key. An enum implements it to have one: the key of
 * {@code SQUARED_HINGE} is {@code squared-hinge}, and a format with other spellings overrides {@link #key}.
 */
public interface Keyed {
  /** The identifier of the choice; every enum constant has one. */
  String name();

  /** The name in flags, files and messages: by default the {@linkplain #name() identifier} in kebab case. */
  default String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The keys of some choices, in their order. */
  static List<String> keys(Collection<? extends Keyed> choices) {
    return choices.stream().map(Keyed::key).toList();
  }

  /** The keys of an enum, in the order of its constants. */
  static <E extends Enum<E> & Keyed> List<String> keys(Class<E> type) {
    return keys(EnumSet.allOf(type));
  }

  /** The choice with a key, if there is one. */
  static <T extends Keyed> Optional<T> find(Collection<T> choices, String key) {
    return choices.stream().filter(choice -> choice.key().equals(key)).findFirst();
  }

  /**
   * The choice with a key.
   *
   * @param what what is chosen, as the message calls it: a flag, a key in a file
   * @throws UserError if there is none; the message lists all keys and suggests the nearest
   */
  static <T extends Keyed> T find(Collection<T> choices, String key, String what) {
    return find(choices, key).orElseThrow(() -> unknown(keys(choices), key, what));
  }

  /**
   * The constant of an enum with a key.
   *
   * @param what what is chosen, as the message calls it: a flag, a key in a file
   * @throws UserError if there is none; the message lists all keys and suggests the nearest
   */
  static <E extends Enum<E> & Keyed> E find(Class<E> type, String key, String what) {
    return find(EnumSet.allOf(type), key, what);
  }

  /** The error for a key that is none of those that there are. */
  static UserError unknown(Collection<String> keys, String key, String what) {
    return new UserError(what + " must be one of " + String.join(", ", keys) + ", not '" + key + "'"
        + NearestName.suggestion(key, keys));
  }
}
