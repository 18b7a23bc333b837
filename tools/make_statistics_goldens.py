#!/usr/bin/env python3
"""Random cases for io.telecomllm.inference.statistics and calibration, with the figures of the Python packages.

    python tools/make_statistics_goldens.py > \
        telecom-llm-inference/src/test/resources/io/telecomllm/inference/statistics/goldens.json

Needs torchmetrics 1.9.0, scikit-learn 1.9.1, statsmodels 0.15.0, MAPIE 1.6.0, scipy, torch. Where their definitions
differ from ours, tools/check_statistics.py says how; those cases are not in the file.
"""
import json
import sys
import warnings

import numpy as np
import torch
from mapie.classification import SplitConformalClassifier
from mapie.risk_control.fwer_control import control_fwer
from scipy import optimize, special, stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, recall_score, roc_auc_score
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint
from torchmetrics.functional.classification import binary_calibration_error

warnings.filterwarnings("ignore")  # log_loss of probabilities that sum to 1 within rounding
MOST = 30
COVERAGES = [0.9, 0.8, 0.7, 0.5]
RANDOM = np.random.default_rng(20)


def forecasts(questions, most, sharpness, skill):
    """Rows of probabilities, each with its own number of options, and the right options."""
    rows, answers = [], []
    for _ in range(questions):
        options = int(RANDOM.integers(2, most + 1))
        logits = RANDOM.normal(size=options) * sharpness
        answer = int(RANDOM.integers(options))
        logits[answer] += skill
        p = np.exp(logits - logits.max())
        rows.append((p / p.sum()).tolist())
        answers.append(answer)
    return rows, answers


def padded(rows):
    return np.array([row + [0.0] * (MOST - len(row)) for row in rows])


def forecast_case(questions, most, sharpness, skill, certain=0):
    rows, answers = forecasts(questions, most, sharpness, skill)
    for i in range(certain):  # all on one option: the right one, the wrong one, in turn
        at = answers[i] if i % 2 else (answers[i] + 1) % len(rows[i])
        rows[i] = [1.0 if j == at else 0.0 for j in range(len(rows[i]))]
    return {
        "probabilities": rows,
        "answers": answers,
        "brier": brier_score_loss(answers, padded(rows), labels=range(MOST), scale_by_half=False),
        "logLoss": log_loss(answers, padded(rows), labels=range(MOST)),
    }


def graded_case(questions, digits, skill):
    confidences = RANDOM.beta(4, 2, size=questions)
    confidences = np.round(confidences, digits) if digits else confidences
    confidences = np.minimum(confidences, 0.999)  # 1 is a bin of its own in torchmetrics
    right = RANDOM.random(questions) < skill * confidences + (1 - skill) * 0.5
    case = {
        "confidences": confidences.tolist(),
        "right": right.tolist(),
        "ece": {
            bins: binary_calibration_error(torch.tensor(confidences), torch.tensor(right).long(), bins).item()
            for bins in (1, 7, 15)
        },
        "auroc": roc_auc_score(right, confidences),
    }
    if not digits:  # the definition, where the order of the answers is one
        wrong = ~right[np.argsort(-confidences)]
        case["aurc"] = np.mean(np.cumsum(wrong) / np.arange(1, questions + 1))
        case["selective"] = [1 - wrong[: int(np.ceil(c * questions - 1e-9))].mean() for c in COVERAGES]
    return case


def binomial():
    cases = []
    for count, level in [(1, 0.95), (7, 0.9), (29, 0.95), (100, 0.99), (1000, 0.95), (10000, 0.95)]:
        for right in sorted({0, 1, count // 3, count // 2, count - 1, count}):
            low, high = proportion_confint(right, count, 1 - level, method="beta")
            bound = stats.binomtest(right, count, alternative="greater").proportion_ci(level, "exact").low
            tail = stats.binomtest(right, count, 0.7, alternative="greater").pvalue
            cases.append([right, count, level, float(low), float(high), float(bound), float(tail)])
    return cases


def discordant():
    pairs = [(0, 0), (0, 1), (0, 6), (5, 5), (3, 9), (9, 3), (40, 61), (400, 500), (0, 60)]
    return [[b, c, float(mcnemar([[10, b], [c, 10]], exact=True).pvalue)] for b, c in pairs]


def paired(questions):
    """The percentile interval of scipy's paired bootstrap; random, so good to the noise of 20,000 resamples."""
    first = RANDOM.random(questions) < 0.75
    second = np.where(RANDOM.random(questions) < 0.8, first, RANDOM.random(questions) < 0.5)
    found = stats.bootstrap(
        (first, second), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis), paired=True, vectorized=True,
        n_resamples=20000, confidence_level=0.9, method="percentile", rng=np.random.default_rng(3))
    interval = found.confidence_interval
    return {"first": first.tolist(), "second": second.tolist(), "low": interval.low, "high": interval.high}


def temperature(questions, most, sharpness, skill):
    rows, answers = forecasts(questions, most, sharpness, skill)
    logs = [np.log(np.maximum(row, 2.0**-52)) for row in rows]

    def slope(inverse):
        shares = [np.exp(z * inverse - (z * inverse).max()) for z in logs]
        return np.mean([s @ z / s.sum() - z[a] for s, z, a in zip(shares, logs, answers)])

    inverse = optimize.brentq(slope, 1e-3, 1e3, xtol=1e-14, rtol=1e-14)
    return {"probabilities": rows, "answers": answers, "temperature": 1 / inverse}


def logistic(questions, features, penalty):
    x = RANDOM.normal(size=(questions, features)) * RANDOM.uniform(0.01, 100, features) + RANDOM.normal(size=features)
    logit = StandardScaler().fit_transform(x) @ RANDOM.normal(size=features) + 0.5
    right = RANDOM.random(questions) < 1 / (1 + np.exp(-logit))
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(scaler.transform(x), right)
    return {
        "features": x.tolist(), "right": right.tolist(), "penalty": penalty, "intercept": float(model.intercept_[0]),
        "means": scaler.mean_.tolist(), "scales": scaler.scale_.tolist(), "weights": model.coef_[0].tolist(),
        "confidences": model.predict_proba(scaler.transform(x))[:, 1].tolist(),
    }


def target(questions, accuracy, level):
    """MAPIE's fixed sequence over exact binomial tests, from the highest threshold that enough reach."""
    confidences = RANDOM.beta(3, 1.5, size=questions)
    right = RANDOM.random(questions) < np.minimum(1, confidences + 0.15)
    needed = int(np.ceil(np.log(1 - level) / np.log(accuracy)))
    grid = [step / 100 for step in range(100, -1, -1)]
    first = min(3 * needed, max(needed, questions // 4))
    grid = [t for t in grid if (confidences >= t).sum() >= first]
    p = [stats.binomtest(int(right[confidences >= t].sum()), int((confidences >= t).sum()), accuracy,
                         alternative="greater").pvalue for t in grid]
    passed = control_fwer(np.array(p), 1 - level, "fixed_sequence")
    return {"confidences": confidences.tolist(), "right": right.tolist(), "target": accuracy, "level": level,
            "threshold": grid[passed[-1]] if len(passed) else None}


class Given(ClassifierMixin, BaseEstimator):
    """A classifier whose input is its output."""

    def __init__(self, options):
        self.options = options

    def fit(self, x, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    @property
    def classes_(self):
        return np.arange(self.options)

    def predict_proba(self, x):
        return np.asarray(x)

    def predict(self, x):
        return np.argmax(x, axis=1)


def conformal(questions, options, error):
    def draw(n):
        logits = RANDOM.normal(size=(n, options)) * 1.5
        answers = RANDOM.integers(options, size=n)
        logits[np.arange(n), answers] += 2
        p = np.exp(logits)
        return p / p.sum(axis=1, keepdims=True), answers

    fitted, answers = draw(questions)
    asked, _ = draw(40)
    mapie = SplitConformalClassifier(Given(options), confidence_level=1 - error, conformity_score="lac", prefit=True)
    mapie.conformalize(fitted, answers)
    sets = mapie.predict_set(asked)[1][:, :, 0]
    return {"probabilities": fitted.tolist(), "answers": answers.tolist(), "error": error, "asked": asked.tolist(),
            "sets": [np.flatnonzero(row).tolist() for row in sets]}


def positions(questions, numbers, most, liking):
    """Questions read in random orders by a model that likes early places, in tenths so that some are equal."""
    asked = []
    for _ in range(questions):
        options = int(RANDOM.choice(numbers))
        content = np.exp(RANDOM.normal(size=options))
        readings = []
        for _ in range(int(RANDOM.integers(1, most + 1))):
            order = RANDOM.permutation(options)
            weights = content[order] * np.exp(-liking * np.arange(options))
            places = RANDOM.multinomial(10, weights / weights.sum()) / 10
            readings.append({"order": order.tolist(), "places": places.tolist()})
        asked.append({"answer": int(content.argmax()), "readings": readings})

    flips = [len({r["order"][np.argmax(r["places"])] for r in q["readings"]}) > 1
             for q in asked if len(q["readings"]) > 1]
    pairs = [(len(r["order"]), r["order"].index(q["answer"]), int(np.argmax(r["places"])))
             for q in asked for r in q["readings"]]

    def recalls(rows, options):
        return recall_score([r[1] for r in rows], [r[2] for r in rows], labels=range(options), average=None)

    groups = []
    for options in sorted({p[0] for p in pairs}):
        rows = [p for p in pairs if p[0] == options]
        found = recalls(rows, options)
        groups.append({
            "recalls": found.tolist(), "deviation": float(np.std(found)),
            "chosen": np.bincount([r[2] for r in rows], minlength=options).tolist(),
            "answers": np.bincount([r[1] for r in rows], minlength=options).tolist(),
        })
        assert min(groups[-1]["answers"]) > 0  # else scikit-learn's recall is 0, ours is not defined
    return {"questions": asked, "flipRate": float(np.mean(flips)), "groups": groups,
            "deviation": float(np.std(recalls(pairs, max(numbers))))}


def reading(content, liking, noise, order):
    logits = content[order] + liking[: len(content)] + RANDOM.normal(size=len(content)) * noise
    return {"order": [int(i) for i in order], "places": special.softmax(logits).tolist()}


def prior(counts, partial, noise):
    """Questions in all rotations, by number of options, and some in fewer; a few places have a probability of 0."""
    liking = RANDOM.normal(size=6)
    asked, priors = [], {}
    for options, questions in counts.items():
        for number in range(questions):
            content = RANDOM.normal(size=options) * 2
            rotations = [np.roll(np.arange(options), by) for by in RANDOM.permutation(options)]
            readings = [reading(content, liking, noise, order) for order in rotations]
            if number == 0 and options > 2:
                readings[1]["places"] = [0.0] * (options - 1) + [1.0]
            asked.append({"answer": 0, "readings": readings})
            logs = np.log(np.maximum([r["places"] for r in readings], 2.0**-52))
            priors.setdefault(options, []).append(special.softmax(logs.mean(axis=0)))
    for _ in range(partial):  # the last option stays, or a rotation is missing
        content = RANDOM.normal(size=4)
        orders = [[0, 1, 2, 3], [2, 0, 1, 3], [1, 2, 0, 3]] + ([[0, 1, 2, 3]] if RANDOM.random() < 0.5 else [])
        asked.append({"answer": 0, "readings": [reading(content, liking, noise, np.array(o)) for o in orders]})
    RANDOM.shuffle(asked)
    found = {n: np.mean(p, axis=0) for n, p in priors.items() if len(p) >= 10}
    rows = [reading(RANDOM.normal(size=n), liking, noise, np.arange(n))["places"] for n in [*counts, 3, 6, 4]]
    rows.append([0.0, 0.75, 0.0, 0.25])
    debiased = [special.softmax(np.log(np.maximum(row, 2.0**-52)) - np.log(found[len(row)])).tolist()
                if len(row) in found else row for row in rows]
    return {"questions": asked, "shares": [found[n].tolist() for n in sorted(found)], "places": rows,
            "debiased": debiased}


json.dump(
    {
        "forecasts": [forecast_case(40, 30, 1, 1), forecast_case(60, 5, 3, 2), forecast_case(1, 2, 1, 0),
                      forecast_case(12, 4, 2, 1, certain=6)],
        "graded": [graded_case(800, 0, 1), graded_case(101, 0, 0.5), graded_case(300, 1, 1), graded_case(50, 2, 0)],
        "binomial": binomial(),
        "mcnemar": discordant(),
        "paired": paired(400),
        "temperature": [temperature(60, 30, 3, 2), temperature(50, 4, 0.4, 0.5), temperature(30, 2, 8, 3),
                        temperature(80, 5, 1, 0.5)],
        "logistic": [logistic(80, 1, 1), logistic(120, 4, 0.01), logistic(60, 3, 50)],
        "target": [target(400, 0.85, 0.95), target(200, 0.9, 0.9), target(150, 0.97, 0.95), target(300, 0.7, 0.99)],
        "conformal": [conformal(99, 4, 0.1), conformal(60, 5, 0.2), conformal(200, 3, 0.05)],
        "positions": [positions(60, [4], 4, 0.3), positions(90, [2, 3, 4, 5], 3, 0.8), positions(40, [3, 5], 5, 0)],
        "prior": [prior({4: 12}, 0, 0), prior({5: 10, 4: 13, 3: 10, 2: 9}, 6, 0.3)],
    },
    sys.stdout,
    separators=(",", ":"),
)
