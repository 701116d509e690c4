/**
 * Models of pictures: towers that make a vector of a picture, found by the {@code model_type} of Hugging Face's configs,
 * and CLIP, which joins one with a tower for texts.
 */
package crema.nn.model.vision;
