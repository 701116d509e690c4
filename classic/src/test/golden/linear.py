#!/usr/bin/python3
"""Golden values of crema.linear from scikit-learn (made with 1.2.1).

  linear.py                writes tfidf.json and hyperplanes.json, the values of TfIdfGoldenTest and LinearGoldenTest
  linear.py FOLDER         writes reuters.json, the values of ReutersTest: the F1 that scikit-learn's LinearSVC reaches
                           on Reuters-21578 in FOLDER (train.tsv.gz and test.tsv.gz: id, labels, title, body), trained
                           on all but the last 1,000 rows of train, which tune the shift
"""
import gzip, json, pathlib, sys, warnings

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "resources" / "crema" / "linear"

TEXTS = [
    "Apple iPhone 12 64GB, black. Apple's best-selling iPhone!",
    "Samsung Galaxy S21 128GB (black) - dual SIM, 5G",
    "the washing machine, the Bosch washing machine, the best",
    "a b c d e",
    "",
    "Bosch Serie_4 washing machine 8kg 1400rpm x2 x² m³ ½ Ⅷ kg",
    "ΟΔΥΣΣΕΥΣ και ΣΙΣΥΦΟΣ, ΑΣ'",
    "İstanbul ISPARTA straße STRASSE ǅungla ﬁne",
    "हिन्दी में फ़ोन और किताब",
    "中文手机 128GB 黑色 手机",
    "𝒜𝒷 𐐀𐐁 \uff21\uff22 ﬁ 😀😀 😀ok😀 e\u0301te\u0301 café",
    "Стиральная машина Bosch, машина 8кг",
    "apple apple apple iphone 12 12 black black 64gb",
    "two  spaces,\ttabs \t and\n\nlines\u00a0\u2003 of\x1f\x85 white\u200bspace x",
    "__init__ _ __ don't rock'n'roll 3.5mm 10,000",
]

TFIDF = [
    {},
    {"ngram_range": [1, 2]},
    {"ngram_range": [2, 3]},
    {"min_df": 2, "sublinear_tf": True},
    {"max_df": 0.2, "smooth_idf": False},
    {"lowercase": False},
    {"max_features": 2},
    {"min_df": 0.15, "max_df": 3, "ngram_range": [1, 2], "sublinear_tf": True, "smooth_idf": False},
    {"analyzer": "char", "ngram_range": [1, 3]},
    {"analyzer": "char_wb", "ngram_range": [2, 5], "sublinear_tf": True},
    {"analyzer": "char_wb", "ngram_range": [4, 4], "min_df": 2, "lowercase": False},
]


def tfidf():
    cases = []
    for params in TFIDF:
        kwargs = {k: tuple(v) if k == "ngram_range" else v for k, v in params.items()}
        vectorizer = TfidfVectorizer(**kwargs)
        matrix = vectorizer.fit_transform(TEXTS)
        matrix.sort_indices()
        rows = [matrix[i] for i in range(len(TEXTS))]
        cases.append({"params": params, "vocabulary": vectorizer.get_feature_names_out().tolist(),
                      "idf": vectorizer.idf_.tolist(),
                      "columns": [row.indices.tolist() for row in rows],
                      "values": [row.data.tolist() for row in rows]})
    write("tfidf.json", {"texts": TEXTS, "cases": cases})


def hyperplanes():
    random = np.random.RandomState(7)
    rows, features, labels = 60, 12, 4
    x = np.float32(np.round(random.rand(rows, features) * (random.rand(rows, features) < 0.4), 3))
    truth = random.randn(features, labels)
    noisy = x @ truth + 0.3 * random.randn(rows, labels) - [0.2, 0.0, 0.5, 1.2]
    multi = (noisy > 0).astype(int)
    single = noisy.argmax(axis=1)
    exact = {"tol": 1e-11, "max_iter": 1_000_000, "dual": True, "random_state": 0}
    cases = []
    for loss in ["HINGE", "SQUARED_HINGE", "LOGISTIC"]:
        for c, weight, scaling in [(1.0, None, 1.0), (0.1, "balanced", 1.0), (10.0, None, 0.0), (1.0, "balanced", 5.0)]:
            common = dict(exact, C=c, class_weight=weight, fit_intercept=scaling > 0, intercept_scaling=scaling or 1.0)
            if loss == "LOGISTIC":
                estimator = LogisticRegression(solver="liblinear", **common)
            else:
                estimator = LinearSVC(loss=loss.lower(), **common)
            ovr = OneVsRestClassifier(estimator).fit(x.astype(float), multi)
            one = OneVsRestClassifier(estimator).fit(x.astype(float), single)
            decisions = ovr.decision_function(x.astype(float))
            case = {"loss": loss, "c": c, "balanced": weight == "balanced", "interceptScaling": scaling,
                    "weights": np.array([e.coef_.ravel() for e in ovr.estimators_]).tolist(),
                    "intercepts": [float(np.ravel(e.intercept_)[0]) for e in ovr.estimators_],
                    "decisions": decisions.tolist(),
                    "singlePredictions": one.predict(x.astype(float)).tolist()}
            if loss == "LOGISTIC":
                case["scores"] = ovr.predict_proba(x.astype(float)).tolist()
                case["singleScores"] = one.predict_proba(x.astype(float)).tolist()
            cases.append(case)
    write("hyperplanes.json", {"x": [[float(f"{v:.3f}") for v in row] for row in x], "multi": multi.tolist(),
                               "single": single.tolist(), "cases": cases})


def shift(decisions, positives):
    """The rule of HyperplaneShift: the best F1, then the smallest shift; none where the best is below 0.1."""
    distinct = np.unique(np.float32(decisions))
    best, threshold = -1.0, 0.0
    for i, upper in enumerate(distinct):
        lower = distinct[i - 1] if i else -np.inf
        cut = 0.0 if lower <= 0 < upper else upper - 1e-6 if i == 0 else (lower + upper) / 2
        predicted = np.float32(decisions) >= upper
        f1 = 2 * (predicted & (positives == 1)).sum() / (predicted.sum() + positives.sum())
        if f1 > best or f1 == best and abs(cut) < abs(threshold):
            best, threshold = f1, cut
    return threshold if best >= 0.1 else 0.0


def reuters(folder):
    def load(name):
        lines = gzip.open(folder / name, "rt", encoding="utf-8", newline="\n").read().splitlines()[1:]
        columns = [line.split("\t") for line in lines]
        return [row[2] + " " + row[3] for row in columns], [row[1].split(",") for row in columns]

    texts, names = load("train.tsv.gz")
    test_texts, test_names = load("test.tsv.gz")
    binarizer = MultiLabelBinarizer().fit(names + test_names)
    y, test_y = binarizer.transform(names), binarizer.transform(test_names)
    vectorizer = TfidfVectorizer()
    train = vectorizer.fit_transform(texts[:-1000])
    validation, test = vectorizer.transform(texts[-1000:]), vectorizer.transform(test_texts)
    cases = {}
    for key, weight in [("plain", None), ("balanced", "balanced")]:
        model = OneVsRestClassifier(LinearSVC(class_weight=weight, random_state=0)).fit(train, y[:-1000])
        on_validation, on_test = model.decision_function(validation), model.decision_function(test)
        shifts = [shift(on_validation[:, j], y[-1000:, j]) for j in range(y.shape[1])]
        for suffix, predicted in [("", on_test > 0), ("Shifted", on_test > shifts)]:
            cases[key + suffix] = {a + "F1": f1_score(test_y, predicted, average=a, zero_division=0)
                                   for a in ("micro", "macro")}
    write("reuters.json", cases)


def write(name, content):
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    (RESOURCES / name).write_text(text.replace("},{", "},\n{") + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if len(sys.argv) > 1:
        reuters(pathlib.Path(sys.argv[1]))
    else:
        tfidf()
        hyperplanes()
