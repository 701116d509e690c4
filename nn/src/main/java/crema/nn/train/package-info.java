/**
 * The training of any module: the loop over batches and everything it needs to be stopped, resumed, watched and ended in
 * time. Knows no texts, rows, settings files or command lines.
 *
 * <p>{@link crema.nn.train.TrainingLoop} is the way in.
 */
package crema.nn.train;
