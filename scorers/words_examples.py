"""One small example of each metric, in Korean and in English: a few patients, and the number they make."""

# By name: the Korean sentence, then the English one.
EXAMPLES: dict[str, tuple[str, str]] = {
    "harrell_c": (
        "서로 견줄 수 있는 환자 쌍 100개에서 72개의 순서가 맞으면 0.72입니다.",
        "Of 100 pairs of patients that can be compared, 72 in the right order make 0.72.",
    ),
    "uno_c": (
        "견줄 수 있는 쌍 100개의 가중치가 모두 같고 72개의 순서가 맞으면 0.72입니다.",
        "With 100 comparable pairs of equal weight, 72 in the right order make 0.72.",
    ),
    "auc_t": (
        "그 시점까지 사망한 환자와 살아 있던 환자를 짝지은 100쌍에서 80번 사망한 쪽의 예측이 높으면 0.80입니다.",
        "Pair those dead by the horizon with those alive: if the dead had the higher prediction in 80 of 100 pairs, 0.80.",
    ),
    "brier": (
        "확률 0.2를 준 환자가 사망하면 (1 − 0.2)² = 0.64, 살아 있으면 0.2² = 0.04를 더합니다.",
        "A probability of 0.2 adds (1 − 0.2)² = 0.64 if the patient dies and 0.2² = 0.04 if not.",
    ),
    "ibs": (
        "Brier 점수가 1년 0.05, 3년 0.12, 5년 0.16이면 (0.085 × 2 + 0.14 × 2) ÷ 4 = 0.1125입니다.",
        "Brier scores of 0.05, 0.12 and 0.16 at 1, 3 and 5 years make (0.085 × 2 + 0.14 × 2) ÷ 4 = 0.1125.",
    ),
    "ipa": (
        "Brier 점수가 0.112이고 모두에게 같은 확률을 준 것이 0.150이면 1 − 0.112 ÷ 0.150 = 0.253입니다.",
        "A Brier score of 0.112, where the same probability for everybody scores 0.150, makes 1 − 0.112 ÷ 0.150 = 0.253.",
    ),
    "log_loss_t": (
        "일어난 일에 0.8을 주었으면 −ln 0.8 = 0.223, 0.01을 주었으면 4.605를 더합니다.",
        "Having given 0.8 to what happened adds −ln 0.8 = 0.223; having given 0.01 adds 4.605.",
    ),
    "oe_ratio": (
        "Kaplan–Meier 사건 확률이 18%이고 예측의 평균이 15%이면 1.20, 위험을 낮게 본 것입니다.",
        "A Kaplan–Meier event probability of 18% and a mean prediction of 15% make 1.20: risks were predicted too low.",
    ),
    "calibration_slope": (
        "0.8이면 예측이 평균에서 벗어난 폭을 20% 줄여야 맞습니다.",
        "At 0.8 predictions should be drawn towards their mean by 20%.",
    ),
    "ici": (
        "환자 절반은 10%로 예측했는데 12%가, 절반은 30%로 예측했는데 27%가 사건을 겪었다면 0.025입니다.",
        "Half of the patients predicted at 10% where 12% had the event, half at 30% where 27% did: 0.025.",
    ),
    "e50": (
        "절반의 환자에게서 예측과 관찰의 차이가 1.5%포인트를 넘지 않으면 0.015입니다.",
        "If for half of the patients prediction and observation differ by no more than 1.5 percentage points, 0.015.",
    ),
    "e90": (
        "열에 아홉의 환자에게서 그 차이가 4%포인트를 넘지 않으면 0.040입니다.",
        "If for nine patients in ten they differ by no more than 4 percentage points, 0.040.",
    ),
    "d_calibration": (
        "0.40은 어긋났다는 증거가 없음을, 0.001은 예측한 생존 확률이 관찰과 어긋남을 뜻합니다.",
        "0.40 is no evidence of miscalibration; 0.001 says that the predicted survival disagrees with what was observed.",
    ),
    "net_benefit": (
        "문턱 20%에서 1,000명 가운데 300명을 치료해 100명이 사건을 겪을 사람이었다면 100 ÷ 1,000 − 200 ÷ 1,000 × 0.2 ÷ 0.8 = 0.05입니다.",
        "At a threshold of 20%, treating 300 of 1,000 of whom 100 would have the event makes 100 ÷ 1,000 − 200 ÷ 1,000 × 0.2 ÷ 0.8 = 0.05.",
    ),
    "wolbers_c": (
        "암으로 사망한 환자가 다른 원인으로 먼저 사망한 환자보다 높은 위험을 받았으면 그 쌍은 맞은 것입니다.",
        "A pair counts as right if the patient who died of the cancer had a higher risk than one who had died of another cause before.",
    ),
    "brier_cr": (
        "암으로 사망할 확률 0.3을 준 환자가 다른 원인으로 먼저 사망하면 0.3² = 0.09를 더합니다.",
        "A probability of 0.3 for death from the cancer adds 0.3² = 0.09 if the patient dies of another cause first.",
    ),
    "auc_cr": (
        "그 시점까지 관심 사건을 겪은 환자와 그 밖의 환자 100쌍에서 80번 앞쪽의 예측이 높으면 0.80입니다.",
        "If those with the event of interest by the horizon had the higher prediction in 80 of 100 pairs with others, 0.80.",
    ),
    "roc_auc": (
        "결과가 1인 환자와 0인 환자 100쌍에서 80번 1인 쪽의 예측이 높으면 0.80입니다.",
        "If the patient with outcome 1 had the higher prediction in 80 of 100 pairs, 0.80.",
    ),
    "average_precision": (
        "예측이 높은 차례로 결과가 1, 0, 1이면 (1 ÷ 1 + 2 ÷ 3) ÷ 2 = 0.833입니다.",
        "With outcomes 1, 0, 1 in the order of falling predictions: (1 ÷ 1 + 2 ÷ 3) ÷ 2 = 0.833.",
    ),
    "brier_binary": (
        "확률 0.2를 주었을 때 결과가 1이면 0.64, 0이면 0.04를 더합니다.",
        "A probability of 0.2 adds 0.64 if the outcome is 1 and 0.04 if it is 0.",
    ),
    "log_loss": (
        "일어난 일에 0.8을 주었으면 −ln 0.8 = 0.223, 0.01을 주었으면 4.605를 더합니다.",
        "Having given 0.8 to what happened adds −ln 0.8 = 0.223; having given 0.01 adds 4.605.",
    ),
    "calibration_slope_binary": (
        "0.8이면 예측한 로그 오즈가 평균에서 벗어난 폭을 20% 줄여야 맞습니다.",
        "At 0.8 the predicted log odds should be drawn towards their mean by 20%.",
    ),
    "calibration_intercept_binary": (
        "기울기가 1일 때 0.2는 실제 오즈가 예측의 e^0.2 = 1.22배임을 뜻합니다.",
        "With a slope of 1, an intercept of 0.2 says that the true odds are e^0.2 = 1.22 times the predicted ones.",
    ),
    "rmse": (
        "두 추정값이 0.01과 0.03만큼 빗나가면 √((0.0001 + 0.0009) ÷ 2) = 0.0224입니다.",
        "Two estimates that miss by 0.01 and 0.03 make √((0.0001 + 0.0009) ÷ 2) = 0.0224.",
    ),
    "coverage": (
        "구간 33개 가운데 31개가 참값을 담으면 0.94입니다.",
        "If 31 of 33 intervals hold the truth, 0.94.",
    ),
    "interval_score": (
        "95% 구간이 −0.06에서 −0.02이고 참값이 −0.01이면 너비 0.04에 (2 ÷ 0.05) × 0.01을 더해 0.44입니다.",
        "A 95% interval from −0.06 to −0.02 with the truth at −0.01: width 0.04 plus (2 ÷ 0.05) × 0.01 make 0.44.",
    ),
    "bias": (
        "두 추정값이 +0.02와 −0.01만큼 빗나가면 0.005입니다.",
        "Two estimates that miss by +0.02 and −0.01 make 0.005.",
    ),
}
