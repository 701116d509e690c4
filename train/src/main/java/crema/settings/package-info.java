/**
 * What settings are: rows with a name, a type, a default, a range and a help text, from which flags, keys of config
 * files, checks, help, the reference page and the JSON beside a model follow. The rows themselves live with what they
 * set: in the package of a model family, or of the task that families share.
 */
package crema.settings;
