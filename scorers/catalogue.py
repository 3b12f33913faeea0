"""Every metric with its facts: one visible table, from the standard library only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from scorers.formulas import FORMULAS
from scorers.words_examples import EXAMPLES
from scorers.words_other import OTHER
from scorers.words_survival import SURVIVAL


@dataclass(frozen=True, slots=True)
class Metric:
    """The facts of one metric that the site, the definition checker and the scorers share.

    Attributes
    ----------
    name : str
        As definitions and keys write it.
    kinds : tuple of str
        Kinds of challenge that may use it.
    needs : tuple of str
        Kinds of prediction column: risk, event_probability, probability, estimate, lower, upper. A rank metric that needs a risk
        takes the event probability at its time where there is no risk.
    parameters : tuple of str
        Among horizon, tau, grid, threshold, level.
    better : str
        higher, lower, one or zero: where the best value lies.
    low, high : float or None
        The range; None where there is no limit on that side.
    worst : float or None
        The worst value; None where it has no limit.
    decimals : int
        How many are shown.
    has_se, has_pair_test : bool
        Whether there is a standard error, and a test of the difference of two submissions.
    may_be_primary : bool
        Whether a leaderboard may rank by it.
    public : bool
        Whether it may be shown before the reveal.
    doi : str
        Of the reference; empty where there is none.
    """

    name: str
    kinds: tuple[str, ...]
    needs: tuple[str, ...]
    parameters: tuple[str, ...]
    better: str
    low: float | None
    high: float | None
    worst: float | None
    decimals: int
    has_se: bool
    has_pair_test: bool
    may_be_primary: bool
    public: bool
    title_ko: str
    title_en: str
    meaning_ko: str
    meaning_en: str
    reading_ko: str
    reading_en: str
    caution_ko: str
    caution_en: str
    example_ko: str
    example_en: str
    reference: str
    doi: str
    mathml: str


def _metric(
    name: str,
    kind: str,
    needs: str,
    parameters: str,
    better: str,
    span: tuple[float | None, float | None, float | None],
    reference: str,
    doi: str,
    *,
    primary: bool = False,
    decimals: int = 3,
    se: bool = True,
    public: bool = True,
) -> Metric:
    title, meaning, reading, caution = (SURVIVAL | OTHER)[name]
    return Metric(
        name=name,
        kinds=(kind,),
        needs=tuple(needs.split()),
        parameters=tuple(parameters.split()),
        better=better,
        low=span[0],
        high=span[1],
        worst=span[2],
        decimals=decimals,
        has_se=se,
        has_pair_test=se,
        may_be_primary=primary,
        public=public,
        title_ko=title[0],
        title_en=title[1],
        meaning_ko=meaning[0],
        meaning_en=meaning[1],
        reading_ko=reading[0],
        reading_en=reading[1],
        caution_ko=caution[0],
        caution_en=caution[1],
        example_ko=EXAMPLES[name][0],
        example_en=EXAMPLES[name][1],
        reference=reference,
        doi=doi,
        mathml=FORMULAS[name],
    )


_SHARE = (0.0, 1.0, 0.0)  # lowest, highest, worst
_LOSS = (0.0, None, None)
_ABSOLUTE = (0.0, 1.0, 1.0)
_POSITIVE = (0.0, None, None)
_ANY = (None, None, None)
_UP_TO_ONE = (None, 1.0, None)

_HARRELL = (
    "Harrell, Lee, Mark. Stat Med 1996;15:361–387",
    "10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4",
)
_UNO = ("Uno, Cai, Pencina, D’Agostino, Wei. Stat Med 2011;30:1105–1117", "10.1002/sim.4154")
_BLANCHE = ("Blanche, Dartigues, Jacqmin-Gadda. Stat Med 2013;32:5381–5397", "10.1002/sim.5958")
_GERDS = ("Gerds, Schumacher. Biom J 2006;48:1029–1040", "10.1002/bimj.200610301")
_GRAF = (
    "Graf, Schmoor, Sauerbrei, Schumacher. Stat Med 1999;18:2529–2545",
    "10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5",
)
_KATTAN = ("Kattan, Gerds. Diagn Progn Res 2018;2:7", "10.1186/s41512-018-0029-2")
_RINDT = ("Rindt, Hu, Steinsaltz, Sejdinovic. AISTATS 2022, PMLR 151:1190–1205", "10.48550/arXiv.2103.14755")
_MCLERNON = ("McLernon et al. Ann Intern Med 2023;176:105–114", "10.7326/M22-0844")
_AUSTIN = ("Austin, Harrell, van Klaveren. Stat Med 2020;39:2714–2742", "10.1002/sim.8570")
_HAIDER = ("Haider, Hoehn, Davis, Greiner. J Mach Learn Res 2020;21(85):1–63", "10.48550/arXiv.1811.11347")
_VICKERS = ("Vickers, Cronin, Elkin, Gonen. BMC Med Inform Decis Mak 2008;8:53", "10.1186/1472-6947-8-53")
_WOLBERS = ("Wolbers, Blanche, Koller, Witteman, Gerds. Biostatistics 2014;15:526–539", "10.1093/biostatistics/kxt059")
_SCHOOP = ("Schoop, Beyersmann, Schumacher, Binder. Biom J 2011;53:88–112", "10.1002/bimj.201000073")
_DELONG = ("DeLong, DeLong, Clarke-Pearson. Biometrics 1988;44:837–845", "10.2307/2531595")
_BOYD = ("Boyd, Eng, Page. ECML PKDD 2013", "10.1007/978-3-642-40994-3_29")
_BRIER = ("Brier. Mon Weather Rev 1950;78:1–3", "10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2")
_GOOD = ("Good. J R Stat Soc B 1952;14:107–114", "10.1111/j.2517-6161.1952.tb00104.x")
_COX = ("Cox. Biometrika 1958;45:562–565", "10.1093/biomet/45.3-4.562")
_MORRIS = ("Morris, White, Crowther. Stat Med 2019;38:2074–2102", "10.1002/sim.8086")
_GNEITING = ("Gneiting, Raftery. J Am Stat Assoc 2007;102:359–378", "10.1198/016214506000001437")

_TABLE = (
    _metric("harrell_c", "survival", "risk", "", "higher", _SHARE, *_HARRELL, primary=True),
    _metric("uno_c", "survival", "risk", "tau", "higher", _SHARE, *_UNO, primary=True, decimals=4),
    _metric("auc_t", "survival", "event_probability", "horizon", "higher", _SHARE, *_BLANCHE, primary=True),
    _metric("brier", "survival", "event_probability", "horizon", "lower", _LOSS, *_GERDS, primary=True, decimals=4),
    _metric("ibs", "survival", "event_probability", "grid", "lower", _LOSS, *_GRAF, primary=True),
    _metric("ipa", "survival", "event_probability", "horizon", "higher", _UP_TO_ONE, *_KATTAN, primary=True),
    _metric("log_loss_t", "survival", "event_probability", "horizon", "lower", _LOSS, *_RINDT, public=False),
    _metric("oe_ratio", "survival", "event_probability", "horizon", "one", _POSITIVE, *_MCLERNON, decimals=2),
    _metric("calibration_slope", "survival", "event_probability", "horizon", "one", _ANY, *_MCLERNON, decimals=2),
    _metric("ici", "survival", "event_probability", "horizon", "lower", _ABSOLUTE, *_AUSTIN),
    _metric("e50", "survival", "event_probability", "horizon", "lower", _ABSOLUTE, *_AUSTIN, se=False),
    _metric("e90", "survival", "event_probability", "horizon", "lower", _ABSOLUTE, *_AUSTIN, se=False),
    _metric("d_calibration", "survival", "event_probability", "", "higher", _SHARE, *_HAIDER, se=False),
    _metric("net_benefit", "survival", "event_probability", "horizon threshold", "higher", _UP_TO_ONE, *_VICKERS),
    _metric("wolbers_c", "competing", "event_probability", "tau", "higher", _SHARE, *_WOLBERS, primary=True),
    _metric(
        "brier_cr", "competing", "event_probability", "horizon", "lower", _LOSS, *_SCHOOP, primary=True, decimals=4
    ),
    _metric("auc_cr", "competing", "event_probability", "horizon", "higher", _SHARE, *_BLANCHE, primary=True),
    _metric("roc_auc", "binary", "probability", "", "higher", _SHARE, *_DELONG, primary=True),
    _metric("average_precision", "binary", "probability", "", "higher", _SHARE, *_BOYD, primary=True),
    _metric("brier_binary", "binary", "probability", "", "lower", _ABSOLUTE, *_BRIER, primary=True, decimals=4),
    _metric("log_loss", "binary", "probability", "", "lower", _LOSS, *_GOOD, primary=True, public=False),
    _metric("calibration_slope_binary", "binary", "probability", "", "one", _ANY, *_COX, decimals=2),
    _metric("calibration_intercept_binary", "binary", "probability", "", "zero", _ANY, *_COX, decimals=2),
    _metric("rmse", "effect", "estimate", "", "lower", _LOSS, *_MORRIS, primary=True, decimals=4, se=False),
    _metric("coverage", "effect", "lower upper", "", "higher", _SHARE, *_MORRIS, decimals=2, se=False),
    _metric(
        "interval_score", "effect", "lower upper", "", "lower", _LOSS, *_GNEITING, primary=True, decimals=4, se=False
    ),
    _metric("bias", "effect", "estimate", "", "zero", _ANY, *_MORRIS, decimals=4, se=False),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _TABLE})


def number(value: float) -> str:
    """Return a parameter as keys write it: whole numbers without a point."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def metric_key(
    name: str,
    *,
    horizon: float | None = None,
    tau: float | None = None,
    grid: Sequence[float] | None = None,
    threshold: float | None = None,
) -> str:
    """Return the key of a metric with its parameters: `ipa@1095`, `ibs@365-1825`, `net_benefit@1095:0.20`."""
    key = name
    if grid:
        key += f"@{number(grid[0])}-{number(grid[-1])}"
    elif horizon is not None or tau is not None:
        key += f"@{number(horizon if horizon is not None else tau or 0.0)}"
    if threshold is not None:
        key += f":{threshold:.2f}" if round(threshold, 2) == threshold else f":{threshold!r}"
    return key
