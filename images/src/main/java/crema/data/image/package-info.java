/**
 * Pictures: reading files of them within limits, resizing to the byte as Pillow does, what a vision model is given, and a
 * cache of prepared pictures on disk. Knows no tensors.
 */
@NullMarked
package crema.data.image;

import org.jspecify.annotations.NullMarked;
