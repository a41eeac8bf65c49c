"""VaR on a P&L series of one's own: the numbers, and the errors that help fix a file."""

import json
from pathlib import Path

import pytest

from nightlane_risk.pnl_var import main


def write(folder: Path, text: str) -> Path:
    path = folder / "pnl.csv"
    path.write_text(text, encoding="utf-8")
    return path


def series(pnls: list[float]) -> str:
    return "date,pnl\n" + "".join(
        f"20{i // 336 + 10}-{i // 28 % 12 + 1:02}-{i % 28 + 1:02},{pnl}\n" for i, pnl in enumerate(pnls)
    )


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def test_historical_measures_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # losses 1..250: k = floor(2.5) = 2 for VaR 99%; k = floor(6.25) = 6 for ES 97.5%, the mean of 250..244
    path = write(tmp_path, series([-float(loss) for loss in range(1, 251)]))
    assert run(path, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["days"] == 250
    assert document["var"]["historical"] == 248
    assert document["es"]["historical"] == 247
    assert document["worst"]["pnl"] == -250


def test_text_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path, "date,pnl\n2026-03-30,-1500.5\n2026-03-31,700\n")) == 0
    out = capsys.readouterr().out
    assert "VaR 99%             1,500.50" in out
    assert "worst day           -1,500.50 (2026-03-30)" in out
    assert "with fewer than 100 days, VaR at this level is the worst day" in out


def test_column_order_blank_lines_and_byte_order_mark_do_not_matter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path, "\ufeff\r\n,\r\npnl,date\r\n\r\n-5,2026-03-31\r\n\r\n"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["var"]["historical"] == 5


def test_other_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, series([-float(loss) for loss in range(1, 11)]))
    assert run(path, "--json", "--var-level", "0.9", "--es-level", "0.8") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["var"] == {"level": 0.9, "historical": 9, "normal": pytest.approx(9.18)}
    assert document["es"]["historical"] == 9


@pytest.mark.parametrize("level", ["99", "0", "1", "nan", "often"])
def test_a_level_that_is_no_confidence_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], level: str) -> None:
    with pytest.raises(SystemExit):
        run(write(tmp_path, series([1.0])), "--var-level", level)
    assert "is not between 0 and 1; write 99% as 0.99" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "pnl.csv: the file is empty. Begin it with the header line 'date,pnl'."),
        ("\n \n", "pnl.csv: the file is empty. Begin it with the header line 'date,pnl'."),
        ("\n\nday,pnl\n", "line 3: the columns are 'day,pnl', 'date,pnl' expected. Make this line 'date,pnl' (any order)."),
        ("\ndate,pnl\n\n2026-03-31,x\n", "line 4, column pnl: 'x' is not a finite decimal number."),
        ("date,pnl\n", "pnl.csv: there is a header but no line of data. Add at least one line."),
        ("day,pnl\n", "line 1: the columns are 'day,pnl', 'date,pnl' expected. Make this line 'date,pnl' (any order)."),
        ("date;pnl\n", "'date;pnl', 'date,pnl' expected. The cells are separated by ';': separate them by commas."),
        ("date,pnl\n31.03.2026,1\n", "line 2, column date: '31.03.2026' is not an ISO 8601 date. Write year-month-day"),
        ("date,pnl\n2026-02-30,1\n", "line 2, column date: '2026-02-30' is not a day of the calendar. Write year-month-day"),
        ("date,pnl\n2026-03-31,nan\n", "line 2, column pnl: 'nan' is not a finite decimal number. Write it with a decimal"),
        ("date,pnl\n2026-03-31,1_0\n", "line 2, column pnl: '1_0' is not a finite decimal number."),
        ("date,pnl\n2026-03-31,\n", "line 2, column pnl: '' is not a finite decimal number."),
        (
            "date,pnl\n2026-03-31,1,5\n",
            "line 2: 3 cells found, 2 expected (date,pnl). Write one cell per column; a decimal comma",
        ),
        ("date,pnl\n2026-03-31,1\n2026-03-31,2\n", "line 3, column date: 2026-03-31 is already on line 2; a day counts once."),
    ],
)
def test_each_fault_names_line_value_rule_and_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert run(write(tmp_path, text)) == 2
    assert message in capsys.readouterr().err


def test_all_faults_come_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path, "date,pnl\nx,y\n2026-03-31,1\n2026-04-01,1 000\n")) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "line 4" in lines[2]


def test_a_flood_of_faults_is_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path, "date,pnl\n" + "x,1\n" * 50)) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "... and 30 more of the kind."


def test_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none.csv") == 2
    assert "none.csv: cannot be read (No such file or directory). Name a readable CSV file." in capsys.readouterr().err


def test_a_file_that_is_not_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pnl.csv"
    path.write_bytes(b"date,pnl\n2026-03-31,\xff\n")
    assert run(path) == 2
    assert "byte 21 is not UTF-8 text. Save the file as CSV in UTF-8." in capsys.readouterr().err
