/** The family of linear models over TF-IDF: their settings, run, files and classifier. */
package crema.family.linear;
