/** Modules and layers, and where their parameters come from. */
package crema.nn;
