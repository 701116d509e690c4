package crema.fasttext;

import crema.tensor.cpu.RowKernels;

/** The product of logistic decisions from the root of a Huffman tree to an output. */
final class HierarchicalSoftmaxLoss extends Loss {
  private final HuffmanTree tree;

  HierarchicalSoftmaxLoss(HuffmanTree tree) {
    this.tree = tree;
  }

  HuffmanTree tree() {
    return tree;
  }

  @Override
  void predict(RowMatrix weights, float[] hidden, int k, float threshold, float[] scores, TopK best) {
    best.reset(k);
    search(weights, hidden, logProbability(threshold), best);
    best.sort();
  }

  /** Depth first, left child first, branches that cannot be among the best left out. */
  private void search(RowMatrix weights, float[] hidden, float leastScore, TopK best) {
    var nodes = new int[tree.depth() + 1];
    var nodeScores = new float[tree.depth() + 1];
    nodes[0] = tree.root();
    int waiting = 1;
    while (waiting > 0) {
      int node = nodes[--waiting];
      float score = nodeScores[waiting];
      if (score < leastScore || best.rejects(score)) {
        continue;
      }
      if (tree.isLeaf(node)) {
        best.add(score, node);
        continue;
      }
      float x = weights.dot(hidden, tree.row(node));
      float right = (float) (1.0 / (1f + (float) Math.exp(-x)));
      nodes[waiting] = tree.right(node);
      nodeScores[waiting++] = score + logProbability(right);
      nodes[waiting] = tree.left(node);
      nodeScores[waiting++] = score + logProbability(1.0 - right);
    }
  }

  @Override
  void differentiate(Example example, DenseMatrix weights, float lr, RowKernels kernels) {
    double loss = 0;
    for (int t = 0; t < example.targets.size(); t++) {
      for (int node = example.targets.get(t); node != tree.root(); node = tree.parent(node)) {
        loss += example.logistic(weights, tree.row(tree.parent(node)), tree.isRight(node), lr, kernels);
      }
    }
    example.loss = loss;
  }
}
