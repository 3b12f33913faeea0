"""What the metrics of a time to one event mean, how they are read and how they can mislead, in Korean and in English."""

Pair = tuple[str, str]

# name: (title, meaning, reading, caution), each (Korean, English)
SURVIVAL: dict[str, tuple[Pair, Pair, Pair, Pair]] = {
    "harrell_c": (
        ("Harrell의 C 지수", "Harrell’s C-index"),
        (
            "두 환자 가운데 먼저 사건을 겪은 사람에게 더 높은 위험을 준 비율입니다.",
            "How often, of two patients, the one who had the event first was given the higher risk.",
        ),
        (
            "1이면 순서가 모두 맞고 0.5면 우연과 같습니다. 암 예후 모형은 대개 0.6과 0.8 사이에 있습니다.",
            "1 is perfect order, 0.5 is chance. Models of cancer prognosis mostly lie between 0.6 and 0.8.",
        ),
        (
            "관찰 기간과 중도절단이 달라지면 같은 모형의 값도 달라지고, 확률의 크기가 틀려도 알아채지 못합니다.",
            "The same model scores differently under another follow-up or censoring, and wrong sizes of probabilities go unnoticed.",
        ),
    ),
    "uno_c": (
        ("Uno의 C 지수", "Uno’s C-index"),
        (
            "τ까지의 사건만 세고 중도절단을 가중치로 되돌린, 순서가 맞은 비율입니다.",
            "How often the order of two patients is right, counting events up to τ and undoing the censoring by weights.",
        ),
        (
            "Harrell의 C처럼 읽으십시오. τ가 같으면 관찰 기간이 다른 연구와도 견줄 수 있습니다.",
            "Read it as Harrell’s C; with the same τ it can be compared with studies of another follow-up.",
        ),
        (
            "τ 가까이까지 관찰된 환자가 적으면 몇 사람의 큰 가중치가 값을 흔듭니다. 중도절단이 위험과 얽혀 있으면 치우칩니다.",
            "With few patients observed near τ a few large weights move it. It is biased where censoring goes with risk.",
        ),
    ),
    "auc_t": (
        ("시점별 AUC", "Time-dependent AUC"),
        (
            "그 시점까지 사건을 겪은 환자가 그때까지 사건이 없던 환자보다 높은 예측을 받은 비율입니다.",
            "How often a patient with the event by the horizon had a higher prediction than one still free of it.",
        ),
        (
            "1이면 두 무리를 완전히 가르고 0.5면 우연과 같습니다. 정해진 시점의 위험을 물을 때는 C보다 알맞습니다.",
            "1 separates the two groups fully, 0.5 is chance. For risk at a fixed time it is the right choice rather than C.",
        ),
        (
            "순서만 보므로 모든 확률을 반으로 줄여도 값이 같습니다.",
            "It sees order only: halve every probability and it stays the same.",
        ),
    ),
    "brier": (
        ("Brier 점수", "Brier score"),
        (
            "그 시점의 사건 확률과 실제 결과(0 또는 1)의 차이를 제곱해 평균한 값입니다.",
            "The mean squared difference between the event probability at the horizon and what happened (0 or 1).",
        ),
        (
            "0이면 완전합니다. 모두에게 0.5를 주면 0.25입니다. 사건이 드물면 아무것도 모르는 모형도 작은 값을 얻으므로 IPA와 함께 읽으십시오.",
            "0 is perfect and a constant 0.5 scores 0.25. Where events are rare even a null model scores low, so read it with the IPA.",
        ),
        (
            "사건 비율이 다른 자료끼리는 견줄 수 없습니다. 판별과 보정이 한 수에 섞여 있어 무엇이 나쁜지는 말해 주지 않습니다.",
            "It cannot be compared between data with other event rates, and it mixes discrimination with calibration.",
        ),
    ),
    "ibs": (
        ("통합 Brier 점수", "Integrated Brier score"),
        (
            "여러 시점의 Brier 점수를 사다리꼴로 적분해 기간으로 나눈 값입니다.",
            "Brier scores at several times, integrated by trapezoids and divided by the length of the period.",
        ),
        (
            "0이면 완전합니다. 한 시점이 아니라 곡선 전체가 맞는지를 봅니다.",
            "0 is perfect. It judges the whole curve and not one time.",
        ),
        (
            "시점의 목록과 적분 방법이 다르면 같은 예측도 다른 값이 됩니다. 다른 프로그램의 값과 바로 견주지 마십시오.",
            "Another grid or rule of integration gives another number for the same predictions; do not compare across programs.",
        ),
    ),
    "ipa": (
        ("예측 정확도 지수 (IPA)", "Index of prediction accuracy (IPA)"),
        (
            "아무것도 모르는 모형의 Brier 점수를 얼마나 줄였는지의 비율입니다.",
            "What share of the null model’s Brier score the predictions take away.",
        ),
        (
            "1이면 완전하고, 0이면 모두에게 같은 확률을 준 것과 같으며, 0보다 작으면 그보다 못합니다. 암 예후에서는 0.1만 되어도 쓸모가 있습니다.",
            "1 is perfect, 0 equals giving everybody the same probability, below 0 is worse than that. In cancer prognosis 0.1 is useful.",
        ),
        (
            "기준이 되는 모형은 채점하는 자료의 Kaplan–Meier입니다. 개발 자료의 것을 쓰는 프로그램과는 값이 다릅니다.",
            "The null model is the Kaplan–Meier curve of the scored data; programs that take the development data’s give other values.",
        ),
    ),
    "log_loss_t": (
        ("시점별 로그 손실", "Log loss at a horizon"),
        (
            "실제로 일어난 일에 준 확률의 로그를 뒤집어 평균한 값입니다.",
            "The mean of minus the logarithm of the probability that was given to what happened.",
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
    "oe_ratio": (
        ("관찰/예측 비", "Observed/expected ratio"),
        (
            "실제 사건 확률(Kaplan–Meier)을 예측 확률의 평균으로 나눈 값입니다.",
            "The observed event probability (Kaplan–Meier) divided by the mean prediction.",
        ),
        (
            "1이면 평균이 맞습니다. 1보다 크면 위험을 낮게, 작으면 높게 예측했습니다.",
            "At 1 the average is right; above 1 risks were predicted too low, below 1 too high.",
        ),
        (
            "평균만 봅니다. 높은 위험을 낮게, 낮은 위험을 높게 예측해도 1이 될 수 있습니다.",
            "It sees the average only: high risks predicted too low and low ones too high can cancel to 1.",
        ),
    ),
    "calibration_slope": (
        ("보정 기울기", "Calibration slope"),
        (
            "예측 확률의 cloglog로 Cox 모형을 맞춘 기울기로, 예측의 퍼진 정도가 알맞은지를 봅니다.",
            "The slope of a Cox model on the complementary log-log of the predictions: whether they are spread out as they should be.",
        ),
        (
            "1이면 알맞습니다. 1보다 작으면 예측이 지나치게 극단적이고(과적합의 흔적), 크면 지나치게 몰려 있습니다.",
            "1 is right. Below 1 the predictions are too extreme, a mark of overfitting; above 1 they are too timid.",
        ),
        (
            "모든 확률이 한쪽으로 치우쳐도 1일 수 있으므로 관찰/예측 비와 함께 보십시오.",
            "It can be 1 with every probability too high or too low; read it with the observed/expected ratio.",
        ),
    ),
    "ici": (
        ("통합 보정 지수 (ICI)", "Integrated calibration index (ICI)"),
        (
            "예측 확률과, 매끄러운 보정 곡선이 말하는 실제 확률의 차이를 평균한 값입니다.",
            "The mean absolute difference between the predictions and what a smooth calibration curve says was observed.",
        ),
        (
            "0이면 완전합니다. 0.02라면 예측이 평균 2%포인트 빗나갔습니다.",
            "0 is perfect; 0.02 says that predictions are off by two percentage points on average.",
        ),
        (
            "보정이 완전해도 표본이 작으면 0보다 큽니다. 모두에게 같은 확률을 주면 곡선을 그을 수 없습니다.",
            "In a small sample it is above 0 even under perfect calibration, and constant predictions allow no curve.",
        ),
    ),
    "e50": (
        ("보정 오차의 중앙값 (E50)", "Median calibration error (E50)"),
        (
            "보정 곡선에서 벗어난 크기의 중앙값입니다. 환자 절반은 이보다 덜 빗나갔습니다.",
            "The median distance from the calibration curve: half of the patients are off by less.",
        ),
        ("0이면 완전합니다. ICI와 같은 단위로 읽으십시오.", "0 is perfect; read it in the unit of the ICI."),
        (
            "소수의 환자에게 크게 틀려도 값은 작을 수 있습니다. E90을 함께 보십시오.",
            "It can be small although a few patients are far off; look at E90 too.",
        ),
    ),
    "e90": (
        ("보정 오차의 90백분위수 (E90)", "90th percentile of calibration error (E90)"),
        (
            "환자 열에 아홉은 보정 곡선에서 이보다 덜 벗어났습니다.",
            "Nine of ten patients lie closer to the calibration curve than this.",
        ),
        (
            "0이면 완전합니다. ICI보다 훨씬 크면 일부 환자에게 많이 틀린 것입니다.",
            "0 is perfect; far above the ICI it says that some patients are badly served.",
        ),
        (
            "극단의 예측에서는 곡선 자체가 불확실합니다.",
            "Among extreme predictions the curve itself is uncertain.",
        ),
    ),
    "d_calibration": (
        ("D-보정 p값", "D-calibration p-value"),
        (
            "환자가 사건을 겪은 때의 예측 생존 확률이 고르게 퍼져 있는지 검정한 p값입니다.",
            "The p-value of a test that predicted survival, at the times when patients had the event, is spread evenly.",
        ),
        (
            "작으면(예를 들어 0.05 아래) 예측 곡선이 보정되지 않았다는 증거입니다. 크다고 좋은 모형이라는 뜻은 아닙니다.",
            "A small value (say below 0.05) is evidence against calibration; a large one does not say that the model is good.",
        ),
        (
            "p값이므로 순위를 매기는 데 쓰지 마십시오. 표본이 크면 하찮은 차이도 작은 p값이 되고, 중도절단이 많으면 거의 기각하지 않습니다.",
            "Do not rank by a p-value: large samples make trifles significant, and under heavy censoring it seldom rejects.",
        ),
    ),
    "net_benefit": (
        ("순이득", "Net benefit"),
        (
            "문턱 이상인 환자를 치료할 때, 환자 한 명당 옳게 치료한 수에서 불필요한 치료를 문턱의 교환 비율로 뺀 값입니다.",
            "Treating those at or above the threshold: true positives per patient, less false positives at the threshold’s exchange rate.",
        ),
        (
            "클수록 좋습니다. 아무도 치료하지 않으면 0이고, 모두 치료할 때의 값보다 커야 모형이 쓸모 있습니다.",
            "Higher is better. Treating nobody gives 0, and a useful model beats treating everybody as well.",
        ),
        (
            "문턱이 뜻하는 득과 실의 비율을 받아들일 때만 뜻이 있습니다. 문턱을 결과를 본 뒤에 고르면 안 됩니다.",
            "It means something only if one accepts the ratio of harm to benefit that the threshold stands for, chosen beforehand.",
        ),
    ),
}
