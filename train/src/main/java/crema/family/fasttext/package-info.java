/** The family of fastText models: their settings, run, files and classifier. */
package crema.family.fasttext;
