/** The family of transformer encoders: their settings, run, files and classifier. */
package crema.family.encoder;
