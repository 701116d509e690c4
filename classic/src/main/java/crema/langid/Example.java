package crema.langid;

/**
 * A sentence to train on.
 *
 * @param language the number of its language
 * @param features the numbers of its features, ascending
 */
record Example(int language, int[] features) {}
