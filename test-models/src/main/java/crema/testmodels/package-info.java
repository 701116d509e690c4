/** Real pretrained models that tests compare with: only what finds their files. */
@NullMarked
package crema.testmodels;

import org.jspecify.annotations.NullMarked;
