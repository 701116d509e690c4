package crema.family.neighbours;

import crema.base.Keyed;

/**
 * What is known of a category that comes into question for a text. Those of categories with items and of categories
 * without are apart: the features of the other kind are 0.
 */
enum CandidateFeature implements Keyed {
  /** The cosine with the vector of the category. */
  CATEGORY,
  /** How much less that is than the highest among the candidates. */
  CATEGORY_GAP,
  /** The inverse of the place among the candidates by that cosine. */
  CATEGORY_RANK,
  /** The cosine with the mean of the items. */
  ITEMS,
  /** The cosine with the name. */
  NAME,
  /** The cosine with the nearest item; the lowest that was found if it is none of the neighbours. */
  NEAREST_ITEM,
  /** Whether the nearest of all items is of the category. */
  IS_NEAREST,
  /** The logarithm of its share of the neighbours, where near ones count much more. */
  SHARP_VOTES,
  /** The same where near ones count little more. */
  SOFT_VOTES,
  /** The logarithm of its share of the nearest five. */
  FIVE_VOTES,
  /** The logarithm of its share of the neighbours. */
  VOTES,
  /** The share of the name's words that the text has. */
  WORDS,
  /** The share of the name's runs of characters that the text has. */
  RUNS,
  /** The mean distance in the tree to the categories of the neighbours. */
  TREE_DISTANCE,
  /** The logarithm of the number of items. */
  ITEM_COUNT,
  /** 1. */
  HAS_ITEMS,
  /** Without items: the cosine with the name. */
  NEW_NAME,
  /** Without items: how much less that is than the highest cosine with the vector of a candidate. */
  NEW_GAP,
  /** Without items: the cosine of the nearest item of any category. */
  NEW_NEAREST_ITEM,
  /** Without items: the share of the name's words that the text has. */
  NEW_WORDS,
  /** Without items: the share of the name's runs of characters that the text has. */
  NEW_RUNS,
  /** Without items: the mean distance in the tree to the categories of the neighbours. */
  NEW_TREE_DISTANCE,
  /** Without items: 1. */
  IS_NEW;

  /** How many features there are. */
  static final int COUNT = values().length;

  /** Whether it is one of categories without items. */
  boolean isOfNew() {
    return ordinal() >= NEW_NAME.ordinal();
  }
}
