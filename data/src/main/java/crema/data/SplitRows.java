package crema.data;

/**
 * Rows in three parts.
 *
 * @param train the rows to train on
 * @param validation the rows that decide which model is best
 * @param test the rows of the final test
 * @param labels the labels of the training rows
 */
public record SplitRows(RowSource train, RowSource validation, RowSource test, LabelSet labels) {}
