/**
 * Models that were trained elsewhere, as they lie in a folder: config, weights, tokenizer, and how vectors are made of
 * them. Where the folder comes from is {@code crema.hub}'s business.
 */
package crema.pretrained;
