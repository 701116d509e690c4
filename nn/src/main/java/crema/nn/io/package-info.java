/**
 * Files of weights: readers that check lengths before they allocate, and writers of the same bytes for the same tensors.
 */
package crema.nn.io;
