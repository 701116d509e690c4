/**
 * Linear text classification: TF-IDF vectors and one-vs-rest support vector machines and logistic regression, trained
 * by dual coordinate descent. The baseline that other models are measured against, and often hard to beat.
 */
@NullMarked
package crema.linear;

import org.jspecify.annotations.NullMarked;
