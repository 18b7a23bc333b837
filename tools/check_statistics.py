#!/usr/bin/env python3
"""Checks the goldens of the statistics once more, and where the Python packages define a figure otherwise.

    python tools/check_statistics.py

Computes tools/make_statistics_goldens.py's cases again and compares them with the file that the JUnit tests read. Then
gives each package the smallest case in which it differs from io.telecomllm.inference.statistics and calibration, and
fails if it no longer does. Needs torchmetrics 1.9.0, scikit-learn 1.9.1, statsmodels 0.15.0, MAPIE 1.6.0, scipy, torch.
"""
import json
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import torch
from mapie.classification import SplitConformalClassifier
from mapie.risk_control.fwer_control import control_fwer
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import _TemperatureScaling
from sklearn.metrics import brier_score_loss, log_loss
from statsmodels.stats.contingency_tables import mcnemar
from torchmetrics.functional.classification import binary_calibration_error

warnings.filterwarnings("ignore")
TOOLS = pathlib.Path(__file__).parent
RESOURCES = "telecom-llm-inference/src/test/resources/io/telecomllm/inference/statistics/goldens.json"
ROUNDING = 1e-9


def difference(a, b):
    """The largest difference of two JSON values of one shape; infinite if the shapes or words differ."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return max((difference(a[k], b[k]) for k in a), default=0)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return max((difference(x, y) for x, y in zip(a, b)), default=0)
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) / max(1, abs(a))
    return 0 if a == b else float("inf")


class Given(ClassifierMixin, BaseEstimator):
    """A classifier of two classes whose input is its output."""

    classes_ = np.arange(2)

    def fit(self, x, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    def predict_proba(self, x):
        return np.asarray(x)

    def predict(self, x):
        return np.argmax(x, axis=1)


def mapie_refuses_the_fewest_answers():
    x, y = np.full((19, 2), 0.5), np.zeros(19, dtype=int)
    mapie = SplitConformalClassifier(Given(), confidence_level=0.95, conformity_score="lac", prefit=True)
    mapie.conformalize(x, y)
    try:
        mapie.predict_set(x[:1])
        return "no error"
    except ValueError:
        return "ValueError"


def scikit_temperature(confidences, right):
    """The temperature for two options of these confidences."""
    logs = np.log(np.stack([1 - np.array(confidences), confidences], 1))
    return 1 / _TemperatureScaling().fit(logs, np.array(right, dtype=int)).beta_


def differences():
    """What is computed, what the package gives, what this library gives."""
    ece = binary_calibration_error(torch.tensor([1.0, 0.95, 0.95], dtype=torch.double), torch.tensor([0, 1, 1]), 15)
    yield "torchmetrics, a confidence of 1 next to 0.95", ece.item(), 1.1 / 3, 0.9 / 3
    yield "scikit-learn, Brier score of two options", brier_score_loss([0], [[0.4, 0.6]], labels=[0, 1]), 0.36, 0.72
    yield "scikit-learn, log loss of a probability of 1", log_loss([0], [[1.0, 0.0]], labels=[0, 1]), 2**-52, 0.0
    # where its loss underflows to 0
    unbounded = round(scikit_temperature([0.9] * 4, [1] * 4), 3)
    yield "scikit-learn, temperature of answers that are all right", unbounded, 0.022, "an error"
    yield "statsmodels, McNemar of two that never differ", mcnemar([[3, 0], [0, 3]], exact=False).pvalue, 0.0, 1.0
    yield "MAPIE, sets of 19 answers at 95 %", mapie_refuses_the_fewest_answers(), "ValueError", "a quantile"
    empty_first = control_fwer(np.array([1.0, 0.001]), 0.05, "fixed_sequence").tolist()
    yield "MAPIE, a sequence that begins where nobody answers", empty_first, [], "begins later"


def main():
    failures = 0
    made = subprocess.run(
        [sys.executable, TOOLS / "make_statistics_goldens.py"], check=True, capture_output=True, text=True)
    worst = difference(json.loads((TOOLS.parent / RESOURCES).read_text()), json.loads(made.stdout))
    failures += worst > ROUNDING
    print(f"goldens: largest difference {worst:.1e}")
    for name, found, expected, ours in differences():
        same = difference(expected, found) <= ROUNDING
        failures += not same
        print(f"{'  ' if same else '! '}{name}: {found}, here {ours}")
    if failures:
        sys.exit(f"{failures} failures")


if __name__ == "__main__":
    main()
