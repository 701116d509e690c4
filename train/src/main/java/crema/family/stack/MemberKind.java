package crema.family.stack;

import crema.base.Keyed;

/** What the members of an automatic run may be. */
enum MemberKind implements Keyed {
  /** A linear model on words and pairs of words. */
  WORDS,
  /** A linear model on words, and on runs of characters in short texts, with as much weight as each speaks for a label. */
  BAYES,
  /** A linear model on runs of characters within words. */
  CHARACTERS,
  /** A linear model on runs of characters across words, where these stand apart. */
  SEQUENCES,
  /** A linear model on words and on runs of characters within them. */
  UNION,
  /** A linear model on the words of all columns together, those of each column, and characters of short columns. */
  COLUMNS,
  /** A fastText model. */
  FASTTEXT,
  /** A linear model on the vectors of a pretrained encoder beside both kinds of terms. */
  FROZEN,
  /** A small encoder that learns from nothing. */
  ENCODER,
  /** A pretrained encoder that learns on. */
  FINETUNED,
  /** A model of pictures: a small network that learns from nothing, or a head on vectors of a pretrained one. */
  IMAGE,
  /** A small encoder, a model of pictures, and a network that joins their vectors. */
  FUSION
}
