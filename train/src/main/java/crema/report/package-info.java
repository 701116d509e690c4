/**
 * What a run leaves behind for people and programs: the log of its steps, {@code metrics.json}, a self-contained
 * HTML page and tables for the terminal.
 */
package crema.report;
