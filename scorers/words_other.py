"""What the metrics of competing risks, binary outcomes and effects mean, how they are read and how they can mislead, in Korean and in English."""

Pair = tuple[str, str]

# name: (title, meaning, reading, caution), each (Korean, English)
OTHER: dict[str, tuple[Pair, Pair, Pair, Pair]] = {
    "wolbers_c": (
        ("Wolbers의 C 지수", "Wolbers’ C-index"),
        (
            "경쟁 사건이 있을 때, 관심 사건을 먼저 겪은 환자에게 더 높은 위험을 준 비율입니다.",
            "With competing events: how often the patient who had the event of interest first was given the higher risk.",
        ),
        (
            "1이면 순서가 모두 맞고 0.5면 우연과 같습니다. 다른 원인으로 먼저 떠난 환자는 관심 사건을 겪지 않을 사람으로 셉니다.",
            "1 is perfect order, 0.5 is chance. Whoever had the competing event first counts as one who will never have the event.",
        ),
        (
            "경쟁 사건의 위험이 다른 자료에서는 같은 모형도 다른 값을 얻습니다.",
            "Where the risk of the competing event differs, the same model scores differently.",
        ),
    ),
    "brier_cr": (
        ("경쟁 위험 Brier 점수", "Brier score with competing risks"),
        (
            "그 시점까지 관심 사건이 일어날 확률과 실제 결과의 차이를 제곱해 평균한 값입니다.",
            "The mean squared difference between the probability of the event of interest by the horizon and what happened.",
        ),
        (
            "0이면 완전합니다. 다른 원인으로 먼저 떠난 환자의 올바른 답은 0입니다.",
            "0 is perfect. For a patient who had the competing event the right answer is 0.",
        ),
        (
            "경쟁 사건을 중도절단으로 다룬 확률(1−Kaplan–Meier)을 내면 위험을 높게 예측하게 됩니다.",
            "Probabilities that treat competing events as censored (1 − Kaplan–Meier) are too high.",
        ),
    ),
    "auc_cr": (
        ("경쟁 위험 AUC", "AUC with competing risks"),
        (
            "그 시점까지 관심 사건을 겪은 환자가, 사건이 없거나 다른 원인의 사건을 겪은 환자보다 높은 예측을 받은 비율입니다.",
            "How often a patient with the event of interest by the horizon had a higher prediction than one free of it or with another event.",
        ),
        ("1이면 완전히 가르고 0.5면 우연과 같습니다.", "1 separates fully, 0.5 is chance."),
        (
            "순서만 보며 확률의 크기는 보지 않습니다.",
            "It sees order only and not the size of the probabilities.",
        ),
    ),
    "roc_auc": (
        ("ROC AUC", "Area under the ROC curve"),
        (
            "결과가 1인 환자가 0인 환자보다 높은 예측을 받은 비율입니다.",
            "How often a patient with outcome 1 had a higher prediction than one with outcome 0.",
        ),
        ("1이면 완전히 가르고 0.5면 우연과 같습니다.", "1 separates fully, 0.5 is chance."),
        (
            "순서만 봅니다. 결과가 드물면 값이 높아도 양성이라 부른 환자 대부분이 틀릴 수 있습니다.",
            "It sees order only. With rare outcomes most of those called positive can be wrong although it is high.",
        ),
    ),
    "average_precision": (
        ("평균 정밀도", "Average precision"),
        (
            "위험한 차례로 환자를 부를 때, 결과가 1인 환자마다 그때까지의 정밀도를 평균한 값입니다.",
            "Calling patients in order of risk: the mean, over those with outcome 1, of the precision up to them.",
        ),
        (
            "1이면 완전하고, 쓸모없는 예측은 결과가 1인 비율과 같습니다. 드문 결과에서 ROC AUC보다 잘 드러납니다.",
            "1 is perfect and a useless score reaches the share of outcomes 1. With rare outcomes it tells more than the ROC AUC.",
        ),
        (
            "결과의 비율이 다른 자료끼리는 견줄 수 없습니다.",
            "It cannot be compared between data with other outcome rates.",
        ),
    ),
    "brier_binary": (
        ("Brier 점수", "Brier score"),
        (
            "예측 확률과 실제 결과(0 또는 1)의 차이를 제곱해 평균한 값입니다.",
            "The mean squared difference between the predicted probability and the outcome (0 or 1).",
        ),
        ("0이면 완전합니다. 모두에게 0.5를 주면 0.25입니다.", "0 is perfect; a constant 0.5 scores 0.25."),
        (
            "결과의 비율이 다른 자료끼리는 견줄 수 없습니다.",
            "It cannot be compared between data with other outcome rates.",
        ),
    ),
    "log_loss": (
        ("로그 손실", "Log loss"),
        (
            "실제로 일어난 결과에 준 확률의 로그를 뒤집어 평균한 값입니다.",
            "The mean of minus the logarithm of the probability that was given to the outcome.",
        ),
        (
            "0이면 완전하고 작을수록 좋습니다. 모두에게 0.5를 주면 0.693입니다.",
            "0 is perfect and lower is better; a constant 0.5 scores 0.693.",
        ),
        (
            "확신하고 틀린 한 사람이 값을 크게 바꿉니다(확률은 1e-15와 1−1e-15 사이로 자릅니다). 그래서 결과 공개 전에는 보이지 않습니다.",
            "One patient predicted with certainty and wrongly moves it far (probabilities are held within 1e-15 of 0 and 1); so it is never shown before the reveal.",
        ),
    ),
    "calibration_slope_binary": (
        ("보정 기울기", "Calibration slope"),
        (
            "결과를 예측의 로짓에 로지스틱 회귀로 맞춘 기울기입니다.",
            "The slope of a logistic regression of the outcome on the logit of the prediction.",
        ),
        (
            "1이면 알맞습니다. 1보다 작으면 예측이 지나치게 극단적이며, 이는 과적합의 흔적입니다.",
            "1 is right; below 1 the predictions are too extreme, a mark of overfitting.",
        ),
        (
            "모든 확률이 한쪽으로 치우쳐도 1일 수 있으므로 절편과 함께 보십시오.",
            "It can be 1 with every probability too high or too low; read it with the intercept.",
        ),
    ),
    "calibration_intercept_binary": (
        ("보정 절편", "Calibration intercept"),
        (
            "결과를 예측의 로짓에 로지스틱 회귀로 맞춘 절편입니다.",
            "The intercept of a logistic regression of the outcome on the logit of the prediction.",
        ),
        (
            "기울기가 1일 때 0이면 평균이 맞고, 0보다 크면 확률을 낮게, 작으면 높게 예측했습니다.",
            "With a slope of 1, 0 says that the average is right; above 0 probabilities were too low, below 0 too high.",
        ),
        (
            "기울기가 1에서 멀면 절편만으로는 뜻이 없습니다.",
            "With a slope far from 1 the intercept alone means nothing.",
        ),
    ),
    "rmse": (
        ("평균 제곱근 오차", "Root mean squared error"),
        (
            "추정값과 참값의 차이를 제곱해 평균한 것의 제곱근입니다.",
            "The square root of the mean squared difference between estimate and true value.",
        ),
        ("0이면 완전합니다. 효과와 같은 단위로 읽으십시오.", "0 is perfect; read it in the unit of the effects."),
        (
            "크게 빗나간 추정 하나가 값을 지배합니다. 불확실성을 얼마나 솔직하게 밝혔는지는 보지 않습니다.",
            "One estimate that is far off dominates, and honesty about uncertainty does not count.",
        ),
    ),
    "coverage": (
        ("구간의 포함률", "Interval coverage"),
        ("참값을 담은 구간의 비율입니다.", "The share of intervals that hold the true value."),
        (
            "구간의 수준(예를 들어 0.95)에 가까워야 합니다. 그보다 작으면 불확실성을 작게 본 것입니다.",
            "It should be near the intervals’ level, say 0.95; below it the uncertainty was understated.",
        ),
        (
            "끝없이 넓은 구간은 늘 1입니다. 너비를 함께 재는 구간 점수와 같이 보십시오.",
            "Endlessly wide intervals always reach 1; read it with the interval score, which counts the width.",
        ),
    ),
    "interval_score": (
        ("구간 점수", "Interval score"),
        (
            "구간의 너비에, 참값을 놓친 만큼의 벌점(2/α배)을 더해 평균한 값입니다.",
            "The mean width of the intervals, plus a penalty of 2/α times the distance by which the truth is missed.",
        ),
        (
            "작을수록 좋습니다. 좁으면서 참값을 담은 구간이 가장 좋은 값을 얻습니다.",
            "Lower is better: narrow intervals that hold the truth score best.",
        ),
        (
            "크게 놓친 구간 하나가 값을 지배합니다. 단위가 다른 자료끼리는 견줄 수 없습니다.",
            "One interval that misses by far dominates, and values in other units cannot be compared.",
        ),
    ),
    "bias": (
        ("치우침", "Bias"),
        ("추정값에서 참값을 뺀 차이의 평균입니다.", "The mean of estimate minus true value."),
        (
            "0이면 치우치지 않았습니다. 부호는 높게(+) 또는 낮게(−) 추정했음을 뜻합니다.",
            "At 0 there is no bias; the sign says whether estimates are too high (+) or too low (−).",
        ),
        (
            "높은 추정과 낮은 추정이 서로 지워져 0이 될 수 있습니다.",
            "Estimates that are too high and too low can cancel to 0.",
        ),
    ),
}
