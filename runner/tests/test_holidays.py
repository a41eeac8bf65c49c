"""The TARGET calendar, against days that are known."""

from datetime import date

import pytest

from nightlane_runner.holidays import business_day_test, easter_sunday, target_holidays


@pytest.mark.parametrize(
    "easter",
    [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2011, 4, 24),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ],
)
def test_easter(easter: date) -> None:
    """Among them the latest (25 April) and nearly the earliest (23 March) there is."""
    assert easter_sunday(easter.year) == easter


def test_easter_is_a_sunday_in_its_range_for_four_centuries() -> None:
    """Always a Sunday from 22 March to 25 April."""
    for year in range(1900, 2300):
        easter = easter_sunday(year)
        assert easter.weekday() == 6
        assert date(year, 3, 22) <= easter <= date(year, 4, 25)


def test_target_closing_days_of_2026() -> None:
    """As the European Central Bank publishes them."""
    assert target_holidays(2026) == {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 12, 25),
        date(2026, 12, 26),
    }


def test_calendars_differ_on_holidays_only() -> None:
    """WEEKENDS knows Saturdays and Sundays; extra holidays count in both."""
    christmas_eve = date(2026, 12, 24)
    target = business_day_test("TARGET", frozenset({christmas_eve}))
    weekends = business_day_test("WEEKENDS", frozenset())

    assert not target(date(2026, 4, 3))
    assert weekends(date(2026, 4, 3))
    assert not target(date(2026, 3, 28))
    assert not weekends(date(2026, 3, 29))
    assert not target(christmas_eve)
    assert weekends(christmas_eve)
