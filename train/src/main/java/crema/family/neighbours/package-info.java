/**
 * The family of nearest neighbours: texts are compared with the categories and the training texts that are near, so a
 * category is added without training.
 */
@org.jspecify.annotations.NullMarked
package crema.family.neighbours;
