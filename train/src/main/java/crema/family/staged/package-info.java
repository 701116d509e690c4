/**
 * The family of classifiers that decide in stages, each with a small model of another family: the routes through the
 * stages, the run that trains them one by one, and the classifier that asks them all.
 */
package crema.family.staged;
