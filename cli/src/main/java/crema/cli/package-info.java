/** The command line: commands, the terminal, and files of settings. Nothing depends on it. */
package crema.cli;
