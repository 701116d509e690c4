package crema.corpus.marketplace;

import java.util.List;
import java.util.Set;

/**
 * A category of the sample: which titles its products have, and what they look like. Categories with the same titles can
 * be told apart by picture alone, those with the same design by text alone; they are two fifths of all, half of them of
 * each kind.
 */
enum ProductCategory {
  ANDROID_PHONES("Android phones", Titles.of("Mobile Phones").with("samsung", "xperia", "android", "galaxy"),
      Design.TOUCH_PHONE),
  FRIDGE_FREEZERS("Fridge freezers", Titles.of("Fridge Freezers").without("american"), Design.TWO_DOORS),
  WASHING_MACHINES("Washing machines", Titles.of("Washing Machines").without("dryer"), Design.FRONT_LOADER),
  TELEVISIONS("Televisions", Titles.of("TVs"), Design.TELEVISION),
  DISHWASHERS("Dishwashers", Titles.of("Dishwashers"), Design.DISHWASHER),
  IPHONES("iPhones", Titles.of("Mobile Phones").with("iphone"), Design.BUTTON_PHONE),
  IPHONE_CASES("Cases for iPhones", Titles.of("Mobile Phones").with("iphone"), Design.PHONE_CASE),
  INTEL_PROCESSORS("Intel processors", Titles.of("CPUs").with("intel"), Design.LIDDED_CHIP),
  INTEL_COOLERS("Coolers for Intel processors", Titles.of("CPUs").with("intel"), Design.FAN),
  WASHER_DRYERS("Washer dryers", Titles.of("Washing Machines").with("dryer"), Design.FRONT_LOADER),
  REFLEX_CAMERAS("Reflex cameras", Titles.of("Digital Cameras").with("eos", "nikon", "slr"), Design.REFLEX_CAMERA),
  COMPACT_CAMERAS("Compact cameras",
      Titles.of("Digital Cameras").with("compact", "lumix").without("eos", "nikon", "slr"),
      Design.COMPACT_CAMERA),
  FRIDGES("Fridges", Titles.of("Fridges").without("larder"), Design.ONE_DOOR),
  LARDERS("Larder fridges", Titles.of("Fridges").with("larder"), Design.ONE_DOOR),
  MICROWAVES("Microwaves", Titles.of("Microwaves"), Design.MICROWAVE),
  AMD_PROCESSORS("AMD processors", Titles.of("CPUs").with("amd"), Design.PINNED_CHIP),
  UPRIGHT_FREEZERS("Upright freezers", Titles.of("Freezers").without("chest"), Design.DRAWERS),
  AMERICAN_FRIDGES("American fridge freezers", Titles.of("Fridge Freezers").with("american"), Design.TWO_COLUMNS),
  KEYPAD_PHONES("Keypad phones", Titles.of("Mobile Phones").with("nokia"), Design.KEYPAD_PHONE),
  CHEST_FREEZERS("Chest freezers", Titles.of("Freezers").with("chest"), Design.CHEST);

  /**
   * Which titles of a category of the source.
   *
   * @param category of the source
   * @param with one of these words is in the title; all will do if there is none
   * @param without none of these is
   */
  record Titles(String category, List<String> with, List<String> without) {
    static Titles of(String category) {
      return new Titles(category, List.of(), List.of());
    }

    Titles with(String... words) {
      return new Titles(category, List.of(words), without);
    }

    Titles without(String... words) {
      return new Titles(category, with, List.of(words));
    }

    /**
     * Whether a title is one of them.
     *
     * @param words of the title, in lower case
     * @param its the category that it has in the source
     */
    boolean hold(Set<String> words, String its) {
      return its.equals(category) && (with.isEmpty() || with.stream().anyMatch(words::contains))
          && without.stream().noneMatch(words::contains);
    }
  }

  private final String label;
  private final Titles titles;
  private final Design design;

  ProductCategory(String label, Titles titles, Design design) {
    this.label = label;
    this.titles = titles;
    this.design = design;
  }

  String label() {
    return label;
  }

  Titles titles() {
    return titles;
  }

  Design design() {
    return design;
  }

  /** What tells this category from all others. */
  ToldBy toldBy() {
    for (ProductCategory other : values()) {
      if (other != this && other.titles.equals(titles)) {
        return ToldBy.PICTURE;
      }
      if (other != this && other.design.equals(design)) {
        return ToldBy.TEXT;
      }
    }
    return ToldBy.EITHER;
  }

  /** Which part of a record tells its category. */
  enum ToldBy {
    TEXT, PICTURE, EITHER
  }
}
