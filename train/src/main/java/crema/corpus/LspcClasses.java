package crema.corpus;

import java.util.List;

/** The classes of the product categorization that the corpus is used for. */
public final class LspcClasses {
  /** The six of the followed system, in the order of their names. */
  public static final List<String> SIX = List.of("Automotive", "Baby", "Books", "Clothing", "Jewelry", "Shoes");

  private LspcClasses() {}
}
