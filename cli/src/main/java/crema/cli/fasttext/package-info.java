/** The command line of the original fastText, verb by verb. */
package crema.cli.fasttext;
