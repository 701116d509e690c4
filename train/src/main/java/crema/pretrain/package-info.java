/**
 * Masked-language modelling: encoders are trained on texts without labels, and say how likely a text is. What comes out
 * is a folder of Hugging Face's layout, which is a pretrained encoder like any other.
 */
package crema.pretrain;
