"""FX market risk on Apache Spark: market snapshot, scenarios, revaluation, VaR and ES, report."""
