/** What training runs of all families share: rows, validation, the test, checkpoints and the end of a run. */
package crema.run;
