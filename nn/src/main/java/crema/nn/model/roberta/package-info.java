/** RoBERTa, XLM-RoBERTa and CamemBERT: BERT's modules with positions after the padding's, and their heads. */
package crema.nn.model.roberta;
