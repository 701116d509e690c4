/**
 * What training runs and tests of all families share: which rows there are and how they are read, validation and
 * early stopping, checkpoints, the test of a classifier on labelled rows, and what is written at the end.
 */
package crema.run;
