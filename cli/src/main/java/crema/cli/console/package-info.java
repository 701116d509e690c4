/** What all commands stand on: the standard streams, and a table of subcommands. Knows no command. */
package crema.cli.console;
