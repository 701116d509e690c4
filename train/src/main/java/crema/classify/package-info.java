/** What an application sees: classifiers and how they are loaded, and the interface of model families. */
package crema.classify;
