/** DeBERTa, versions 2 and 3: config, modules and heads. */
package crema.nn.model.deberta;
