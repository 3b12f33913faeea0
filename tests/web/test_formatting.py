from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from arena.web import formatting

CLOSE = datetime(2026, 12, 11, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(0.265, 3, "0.265"), (-0.006, 3, "−0.006"), (-0.0001, 3, "0.000"), (14000, 0, "14,000"), (-0.0, 2, "0.00")],
)
def test_numbers_have_a_true_minus_and_no_negative_zero(value, decimals, written):
    assert formatting.number(value, decimals) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0.016, "+0.016"), (-0.004, "−0.004"), (0.0001, "0.000"), (0.0, "0.000")]
)
def test_differences_show_their_sign_unless_they_round_to_zero(value, written):
    assert formatting.signed(value) == written


def test_an_interval_with_a_negative_bound_is_joined_by_a_word_not_a_dash():
    assert formatting.interval(0.248, 0.281, 3, "ko") == "0.248–0.281"
    assert formatting.interval(-0.006, -0.001, 3, "ko") == "−0.006 ~ −0.001"
    assert formatting.interval(-0.006, -0.001, 3, "en") == "−0.006 to −0.001"


def test_a_moment_names_its_zone_and_weekday_in_both_languages():
    assert formatting.moment(CLOSE, "ko") == "2026년 12월 11일(금) 18:00\u00a0KST"
    assert formatting.moment(CLOSE, "en") == "Fri 11 Dec 2026, 18:00\u00a0KST"
    assert formatting.moment(CLOSE, "en", ZoneInfo("Europe/London")) == "Fri 11 Dec 2026, 09:00\u00a0GMT"
    assert formatting.isoformat(CLOSE) == "2026-12-11T18:00:00+09:00"


@pytest.mark.parametrize(
    ("length", "ko", "en"),
    [
        (timedelta(days=18, hours=3, minutes=59), "18일 3시간", "18 days 3 h"),
        (timedelta(days=1), "1일 0시간", "1 day 0 h"),
        (timedelta(hours=9, minutes=29), "9시간 29분", "9 h 29 min"),
        (timedelta(seconds=59), "0분", "0 min"),
        (timedelta(seconds=-5), "0분", "0 min"),
    ],
)
def test_a_length_of_time_is_written_in_its_two_largest_units(length, ko, en):
    assert (formatting.span(length, "ko"), formatting.span(length, "en")) == (ko, en)


@pytest.mark.parametrize(
    ("rank", "en"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_ranks(rank, en):
    assert formatting.ordinal(rank, "en") == en
    assert formatting.ordinal(rank, "ko") == f"{rank}위"


@pytest.mark.parametrize(
    ("days", "ko", "en"),
    [(365, "1년", "1 year"), (1095, "3년", "3 years"), (1826.25, "5년", "5 years"), (90, "90일", "90 days")],
)
def test_horizons_are_years_where_they_are_whole_ones(days, ko, en):
    assert (formatting.horizon(days, "ko"), formatting.horizon(days, "en")) == (ko, en)


def test_a_span_of_horizons_names_the_unit_once():
    assert formatting.horizons(365, 1825, "en") == "1–5 years"
    assert formatting.horizons(365, 1825, "ko") == "1–5년"
    assert formatting.horizons(90, 1825, "en") == "90 days–5 years"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0.2665", "0.2665로"),
        ("0.2660", "0.2660으로"),
        ("11", "11로"),
        ("13", "13으로"),
        ("로그랭크", "로그랭크로"),
        ("서울", "서울로"),
        ("팀장님", "팀장님으로"),
    ],
)
def test_the_particle_ro_follows_the_last_sound(text, written):
    assert formatting.particle(text, "으로", "로") == written


def test_the_particle_neun_follows_the_last_sound():
    assert formatting.particle("IPA, 3년", "은", "는") == "IPA, 3년은"
    assert formatting.particle("14", "은", "는") == "14는"
    assert formatting.particle("16", "은", "는") == "16은"


@pytest.mark.parametrize(
    ("octets", "written"), [(12, "12 B"), (6_140, "6 KB"), (2_940_000, "2.9 MB"), (150_000_000, "150 MB")]
)
def test_sizes(octets, written):
    assert formatting.size(octets) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0065, "0.0065"),
        (0.00041, "0.00041"),
        (0.0121, "0.0121"),
        (0.012345, "0.0123"),
        (0.0, "0"),
        (8e-7, "0.0000008"),
    ],
)
def test_facts_of_the_gate_keep_three_digits(value, written):
    assert formatting.plain(value) == written
