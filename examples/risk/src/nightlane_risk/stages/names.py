"""Names of the files and folders that stages leave for each other."""

SCENARIOS = "scenarios.json"
SHOCKS = "shocks"
REVALUATION = "revaluation.json"
PNL = "pnl"
VAR = "var.json"
DAILY_PNL = "pnl-historical.csv"
