package crema.ptx.syntax;

import org.jspecify.annotations.Nullable;

/** Where a variable lives, or what an address points into. */
public enum StateSpace {
  /** Any of the others: the address tells which. */
  GENERIC,
  /** Device memory. */
  GLOBAL,
  /** Device memory that kernels only read. */
  CONST,
  /** A block's memory. */
  SHARED,
  /** A thread's memory. */
  LOCAL,
  /** A kernel's parameters. */
  PARAM;

  /** The space of a directive or modifier such as {@code .shared::cta}, or null if it names none. */
  public static @Nullable StateSpace of(String name) {
    return switch (name) {
      case ".global" -> GLOBAL;
      case ".const" -> CONST;
      case ".shared", ".shared::cta", ".shared::cluster" -> SHARED;
      case ".local" -> LOCAL;
      case ".param", ".param::entry" -> PARAM;
      default -> null;
    };
  }
}
