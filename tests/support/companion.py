"""What a definition adds that asks for a second file."""

TOML = """
[companion]
title.ko = "체력을 뺀 예측"
title.en = "Predictions without fitness"
description.ko = "같은 모형을 체력 없이 학습해 낸 예측입니다."
description.en = "The same model, trained without fitness."
question.ko = "체력은 무엇을 보탰습니까?"
question.en = "What did fitness add?"
"""
