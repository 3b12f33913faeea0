"""The formula of every metric as MathML, which browsers draw without a script."""

from collections.abc import Mapping
from types import MappingProxyType


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _i(name: str) -> str:
    return f"<mi>{name}</mi>"


def _n(number: str) -> str:
    return f"<mn>{number}</mn>"


def _o(sign: str) -> str:
    # Browsers stretch brackets over every index and fraction between them, which reads worse than plain ones.
    return f'<mo stretchy="false">{sign}</mo>' if sign in "(){}" else f"<mo>{sign}</mo>"


def _sub(base: str, under: str) -> str:
    return f"<msub>{base}{under}</msub>"


def _sup(base: str, over: str) -> str:
    return f"<msup>{base}{over}</msup>"


def _frac(above: str, below: str) -> str:
    return f"<mfrac>{above}{below}</mfrac>"


def _hat(base: str) -> str:
    return f'<mover accent="true">{base}<mo>^</mo></mover>'


def _sum(under: str, over: str = "") -> str:
    return f"<munderover><mo>∑</mo>{under}{over}</munderover>" if over else f"<munder><mo>∑</mo>{under}</munder>"


def _in(*parts: str) -> str:
    return _row(_o("("), *parts, _o(")"))


def _if(*parts: str) -> str:
    return _row(_n("1"), _o("{"), *parts, _o("}"))


def _math(*parts: str) -> str:
    return f'<math display="block">{_row(*parts)}</math>'


_EQ, _PLUS, _MINUS, _COMMA = _o("="), _o("+"), _o("−"), _o(",")
_ONE, _TWO, _NOUGHT = _n("1"), _n("2"), _n("0")
_HALF = _frac(_ONE, _TWO)
_IJ = _row(_i("i"), _COMMA, _i("j"))
_T_I, _T_J = _sub(_i("T"), _i("i")), _sub(_i("T"), _i("j"))
_R_I, _R_J = _sub(_i("r"), _i("i")), _sub(_i("r"), _i("j"))
_F_I, _F_J = _sub(_i("F"), _i("i")), _sub(_i("F"), _i("j"))
_P_I, _P_J = _sub(_i("p"), _i("i")), _sub(_i("p"), _i("j"))
_Y_I, _Y_J = _sub(_i("y"), _i("i")), _sub(_i("y"), _i("j"))
_W_I, _W_J = _sub(_i("w"), _i("i")), _sub(_i("w"), _i("j"))
_D_I, _D_J = _sub(_i("Δ"), _i("i")), _sub(_i("Δ"), _i("j"))
_THETA_I = _sub(_i("θ"), _i("i"))
_G, _S = _hat(_i("G")), _hat(_i("S"))
_G_LEFT = _row(_G, _in(_T_I, _o("−")))
_G_LEFT_J = _row(_G, _in(_T_J, _o("−")))
_SQUARED = _TWO
_MEAN = _row(_frac(_ONE, _i("n")), _sum(_i("i")))
_WEIGHTS = _row(
    _W_I,
    _EQ,
    _frac(_if(_T_I, _o("≤"), _i("t"), _COMMA, _D_I, _o("≠"), _NOUGHT), _G_LEFT),
    _PLUS,
    _frac(_if(_T_I, _o(">"), _i("t")), _row(_G, _in(_i("t")))),
)
_HAPPENED = _row(_Y_I, _EQ, _if(_T_I, _o("≤"), _i("t"), _COMMA, _D_I, _EQ, _ONE))


def _won(mine: str, other: str) -> str:
    return _in(_if(mine, _o(">"), other), _PLUS, _HALF, _if(mine, _EQ, other))


def _ratio_of_pairs(left: str, weight: str, won: str) -> str:
    return _math(_i(left), _EQ, _frac(_row(_sum(_IJ), weight, won), _row(_sum(_IJ), weight)))


def _with(main: str, *notes: str) -> str:
    gap = '<mspace width="2em"/>'
    return main.removesuffix("</mrow></math>") + "".join(f"{gap}{note}" for note in notes) + "</mrow></math>"


_WEIGHTED_BRIER = _with(
    _math(_i("BS"), _in(_i("t")), _EQ, _MEAN, _W_I, _sup(_in(_Y_I, _MINUS, _F_I), _SQUARED)), _WEIGHTS, _HAPPENED
)
_LOG = _row(_Y_I, _i("log"), _F_I, _PLUS, _in(_ONE, _MINUS, _Y_I), _i("log"), _in(_ONE, _MINUS, _F_I))
_CLOGLOG = _row(_i("log"), _in(_MINUS, _i("log"), _in(_ONE, _MINUS, _F_I)))
_PAIRS_AT = _row(_W_I, _W_J, _if(_T_I, _o("≤"), _i("t"), _COMMA, _D_I, _EQ, _ONE), _in(_ONE, _MINUS, _Y_J))
_COMPARABLE = _row(_D_I, _if(_T_I, _o("&lt;"), _T_J))
_ERROR = _row(_o("|"), _F_I, _MINUS, _sub(_hat(_i("F")), _i("i")), _o("|"))
_MISSED = _row(
    _sub(_in(_sub(_i("l"), _i("i")), _MINUS, _THETA_I), _PLUS),
    _PLUS,
    _sub(_in(_THETA_I, _MINUS, _sub(_i("u"), _i("i"))), _PLUS),
)
_BINARY_PAIRS = _row(_Y_I, _in(_ONE, _MINUS, _Y_J))
_LOGISTIC = _row(_i("logit"), _row(_i("P"), _in(_Y_I, _EQ, _ONE)), _EQ, _i("a"), _PLUS, _i("b"), _i("logit"), _P_I)
_LATER = _row(
    _frac(_if(_T_I, _o("&lt;"), _T_J), _sup(_G_LEFT, _SQUARED)),
    _PLUS,
    _frac(_if(_T_J, _o("≤"), _T_I, _COMMA, _D_J, _EQ, _TWO), _row(_G_LEFT, _G_LEFT_J)),
)

FORMULAS: Mapping[str, str] = MappingProxyType(
    {
        "harrell_c": _ratio_of_pairs("C", _COMPARABLE, _won(_R_I, _R_J)),
        "uno_c": _with(
            _ratio_of_pairs("C", _row(_W_I, _if(_T_I, _o("&lt;"), _T_J)), _won(_R_I, _R_J)),
            _row(_W_I, _EQ, _frac(_row(_D_I, _if(_T_I, _o("≤"), _i("τ"))), _sup(_G_LEFT, _SQUARED))),
        ),
        "auc_t": _with(_ratio_of_pairs("AUC", _PAIRS_AT, _won(_F_I, _F_J)), _WEIGHTS, _HAPPENED),
        "brier": _WEIGHTED_BRIER,
        "ibs": _math(
            _i("IBS"),
            _EQ,
            _frac(_ONE, _row(_sub(_i("t"), _i("K")), _MINUS, _sub(_i("t"), _ONE))),
            _sum(_row(_i("k"), _EQ, _TWO), _i("K")),
            _in(_sub(_i("t"), _i("k")), _MINUS, _sub(_i("t"), _row(_i("k"), _MINUS, _ONE))),
            _frac(
                _row(
                    _i("BS"),
                    _in(_sub(_i("t"), _row(_i("k"), _MINUS, _ONE))),
                    _PLUS,
                    _i("BS"),
                    _in(_sub(_i("t"), _i("k"))),
                ),
                _TWO,
            ),
        ),
        "ipa": _with(
            _math(
                _i("IPA"),
                _EQ,
                _ONE,
                _MINUS,
                _frac(_row(_i("BS"), _in(_i("t"))), _row(_sub(_i("BS"), _NOUGHT), _in(_i("t")))),
            ),
            _row(_sub(_i("F"), _NOUGHT), _EQ, _ONE, _MINUS, _S, _in(_i("t"))),
        ),
        "log_loss_t": _with(_math(_MINUS, _MEAN, _W_I, _in(_LOG)), _WEIGHTS, _HAPPENED),
        "oe_ratio": _math(_frac(_i("O"), _i("E")), _EQ, _frac(_row(_ONE, _MINUS, _S, _in(_i("t"))), _row(_MEAN, _F_I))),
        "calibration_slope": _math(
            _sub(_i("λ"), _i("i")),
            _in(_i("t")),
            _EQ,
            _sub(_i("λ"), _NOUGHT),
            _in(_i("t")),
            _i("exp"),
            _in(_i("β"), _CLOGLOG),
        ),
        "ici": _math(_i("ICI"), _EQ, _MEAN, _ERROR),
        "e50": _math(_i("E50"), _EQ, _sub(_i("median"), _i("i")), _ERROR),
        "e90": _math(_i("E90"), _EQ, _sub(_row(_i("Q"), _n("0.9")), _i("i")), _ERROR),
        "d_calibration": _math(
            _sup(_i("χ"), _TWO),
            _EQ,
            _sum(_row(_i("k"), _EQ, _ONE), _n("10")),
            _frac(
                _sup(_in(_sub(_i("n"), _i("k")), _MINUS, _row(_i("n"), _o("/"), _n("10"))), _SQUARED),
                _row(_i("n"), _o("/"), _n("10")),
            ),
        ),
        "net_benefit": _math(
            _i("NB"),
            _EQ,
            _i("P"),
            _in(_F_I, _o("≥"), _i("p")),
            _in(
                _ONE,
                _MINUS,
                _sub(_S, _PLUS),
                _in(_i("t")),
                _MINUS,
                _frac(_i("p"), _row(_ONE, _MINUS, _i("p"))),
                _sub(_S, _PLUS),
                _in(_i("t")),
            ),
        ),
        "wolbers_c": _with(
            _ratio_of_pairs(
                "C",
                _row(_sub(_i("w"), _i("ij")), _if(_T_I, _o("≤"), _i("τ"), _COMMA, _D_I, _EQ, _ONE)),
                _won(_F_I, _F_J),
            ),
            _row(_sub(_i("w"), _i("ij")), _EQ, _LATER),
        ),
        "brier_cr": _WEIGHTED_BRIER,
        "auc_cr": _with(_ratio_of_pairs("AUC", _PAIRS_AT, _won(_F_I, _F_J)), _WEIGHTS, _HAPPENED),
        "roc_auc": _ratio_of_pairs("AUC", _BINARY_PAIRS, _won(_P_I, _P_J)),
        "average_precision": _math(
            _i("AP"),
            _EQ,
            _frac(_ONE, _row(_sum(_i("i")), _Y_I)),
            _sum(_i("i")),
            _Y_I,
            _frac(_row(_sum(_i("j")), _Y_J, _if(_P_J, _o("≥"), _P_I)), _row(_sum(_i("j")), _if(_P_J, _o("≥"), _P_I))),
        ),
        "brier_binary": _math(_i("BS"), _EQ, _MEAN, _sup(_in(_Y_I, _MINUS, _P_I), _SQUARED)),
        "log_loss": _math(
            _MINUS,
            _MEAN,
            _in(_Y_I, _i("log"), _P_I, _PLUS, _in(_ONE, _MINUS, _Y_I), _i("log"), _in(_ONE, _MINUS, _P_I)),
        ),
        "calibration_slope_binary": _with(_math(_i("b")), _LOGISTIC),
        "calibration_intercept_binary": _with(_math(_i("a")), _LOGISTIC),
        "rmse": _math(
            _i("RMSE"),
            _EQ,
            f"<msqrt>{_row(_MEAN, _sup(_in(_sub(_hat(_i('θ')), _i('i')), _MINUS, _THETA_I), _SQUARED))}</msqrt>",
        ),
        "coverage": _math(_MEAN, _if(_sub(_i("l"), _i("i")), _o("≤"), _THETA_I, _o("≤"), _sub(_i("u"), _i("i")))),
        "interval_score": _math(
            _i("IS"),
            _EQ,
            _MEAN,
            _in(
                _sub(_i("u"), _i("i")),
                _MINUS,
                _sub(_i("l"), _i("i")),
                _PLUS,
                _frac(_TWO, _i("α")),
                _in(_MISSED),
            ),
        ),
        "bias": _math(_MEAN, _in(_sub(_hat(_i("θ")), _i("i")), _MINUS, _THETA_I)),
    }
)
