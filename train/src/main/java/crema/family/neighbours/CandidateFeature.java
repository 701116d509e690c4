package crema.family.neighbours;

import crema.base.Keyed;

/**
 * What is known of a category that comes into question for a text. Those of categories that were there in the
 * training and of those that were added since are apart: the features of the other kind are 0. What is known of a
 * category with thousands of texts would speak against every one of which there are three.
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
  /** The cosine of all terms with the mean of the items. */
  TERMS,
  /** How much less likely the category makes the terms than the candidate that makes them most likely: a logarithm. */
  TERM_LIKELIHOOD,
  /** 1. */
  IS_TRAINED,
  /** Of an added category: the cosine with its vector. */
  ADDED_CATEGORY,
  /** Of an added category: how much less that is than the highest among the candidates. */
  ADDED_GAP,
  /** Of an added category: the cosine of all terms with the mean of the items. */
  ADDED_TERMS,
  /** Of an added category: how much less that is than the highest of all categories. */
  ADDED_TERMS_GAP,
  /** Of an added category: the cosine with the name. */
  ADDED_NAME,
  /** Of an added category: how much less the cosine with its nearest item is than that with the nearest of all. */
  ADDED_NEAREST_ITEM,
  /** Of an added category: whether the nearest of all items is of it. */
  ADDED_IS_NEAREST,
  /** Of an added category: the logarithm of its share of the neighbours, where near ones count much more. */
  ADDED_VOTES,
  /** Of an added category: the share of the name's words that the text has. */
  ADDED_WORDS,
  /** Of an added category: the share of the name's runs of characters that the text has. */
  ADDED_RUNS,
  /** Of an added category: the mean distance in the tree to the categories of the neighbours. */
  ADDED_TREE_DISTANCE,
  /** Of an added category: the logarithm of the number of items, of which many are as good as some. */
  ADDED_ITEM_COUNT,
  /** Of an added category: whether it has items. */
  ADDED_HAS_ITEMS,
  /** Of an added category: 1. */
  IS_ADDED;

  /** How many features there are. */
  static final int COUNT = values().length;

  /** Whether it is of all terms of a text: there is no such feature where texts are vectors of an encoder alone. */
  boolean isOfTerms() {
    return this == TERMS || this == TERM_LIKELIHOOD || this == ADDED_TERMS || this == ADDED_TERMS_GAP;
  }

  /** Whether it is one of categories that were added after the training. */
  boolean isOfAdded() {
    return ordinal() >= ADDED_CATEGORY.ordinal();
  }
}
