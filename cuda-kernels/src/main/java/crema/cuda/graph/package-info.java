/** The queue of a backend's work, and the graphs that repeat it. */
package crema.cuda.graph;
