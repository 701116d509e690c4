/**
 * The family of classifiers of pictures: a vision tower, from random weights or pretrained, a bottleneck and a head. Of a
 * pretrained tower that stays as it is, vectors are made once. Knows no texts.
 */
package crema.family.image;
