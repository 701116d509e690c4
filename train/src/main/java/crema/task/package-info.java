/** What a classifier answers: one label, several, or a path in a taxonomy, and how scores become that. */
package crema.task;
