/**
 * What there is to predict, whatever model predicts it: the target that the labels of rows are, how scores become
 * probabilities and answers, the settings of both, and the file that keeps them with a model.
 */
package crema.task;
