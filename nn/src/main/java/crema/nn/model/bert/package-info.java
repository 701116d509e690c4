/** BERT and what shares its modules: config, embeddings, post-norm layers, and its heads. */
package crema.nn.model.bert;
