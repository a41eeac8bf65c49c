"""Stage `report`: what people and their spreadsheets read in the morning. Needs no Spark."""

from nightlane_risk.commit import committed_result, committing
from nightlane_risk.json_file import read_json
from nightlane_risk.report.figures import figures_of
from nightlane_risk.report.page import render_page
from nightlane_risk.report.table import render_table
from nightlane_risk.stages.names import VAR
from nightlane_risk.step import Step

PAGE, TABLE = "report.html", "report.csv"


def report(step: Step, var_step: str) -> None:
    """Write report.html and report.csv from the result of the step that measured."""
    figures = figures_of(read_json(committed_result(step.night_dir, var_step) / VAR))
    with committing(step.night_dir, step.name, step.attempt) as result:
        result.file(PAGE).write_text(render_page(figures), encoding="utf-8")
        result.file(TABLE).write_text(render_table(figures), encoding="utf-8")
    print(f"report of {figures.business_date}: {PAGE} and {TABLE}, {len(figures.groups)} groups")
