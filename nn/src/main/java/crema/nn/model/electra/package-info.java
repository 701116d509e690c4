/** ELECTRA: BERT's modules with embeddings of a size of their own, and its heads. */
package crema.nn.model.electra;
