"""What several test modules share: a small night on disk, and one local Spark session."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from nightlane_risk.commit import committing
from nightlane_risk.market.snapshot import MarketSnapshot, write_snapshot
from nightlane_risk.market.synthetic import MarketSeed, read_seed, snapshot_of
from nightlane_risk.spark_session import start_session

DATA = Path(__file__).parent.parent / "data"
BUSINESS_DATE = date(2026, 3, 31)


@pytest.fixture(scope="session")
def seed() -> MarketSeed:
    return read_seed(DATA / "market-seed.json")


@pytest.fixture(scope="session")
def market(seed: MarketSeed) -> MarketSnapshot:
    return snapshot_of(seed, BUSINESS_DATE, history_days=250)


@pytest.fixture
def night_dir(tmp_path: Path, market: MarketSnapshot) -> Path:
    """Make a night whose market snapshot is taken."""
    with committing(tmp_path, "market", 1) as result:
        write_snapshot(market, result)
    return tmp_path


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Start Spark with two cores: as many as two executors of one core."""
    java = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    os.environ["PYSPARK_SUBMIT_ARGS"] = (
        f"--master local[2] --conf spark.ui.enabled=false --driver-java-options '{java}' pyspark-shell"
    )
    session = start_session("tests")
    yield session
    session.stop()
