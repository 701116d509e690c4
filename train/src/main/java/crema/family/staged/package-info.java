/** The family of models that decide in stages, each stage a model of another family. */
package crema.family.staged;
