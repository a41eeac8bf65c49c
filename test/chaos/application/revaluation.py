"""The Spark application of the chaos nights: real driver, real executors, short, the same result every time.

It leaves `figures.json` and `paths.bin`, the same in every night and on every business date. Files in the night's directory
steer it from outside: while `more-work` is there it goes on computing; `ballast` holds a number of mebibytes that it
reads into the driver's memory, as a book that has outgrown its driver would; `bulk` holds the size of a further result,
`bulk.bin`; and `chatter` holds how many lines it writes to its log at once, as often as the file is put there.
"""

import hashlib
import json
import random
import time
from pathlib import Path

from pyspark.sql import SparkSession

from nightlane_risk.commit import committing
from nightlane_risk.spark_session import run_with_spark
from nightlane_risk.step import Step

BLOCKS = 8
PATHS_BYTES = 16 * 1024 * 1024


def _profit(seed: str) -> float:
    """Return the profit and loss of one block, always the same for its seed."""
    draws = random.Random(seed)  # noqa: S311 - it is to be the same every time
    return sum(draws.gauss(0, 1) for _ in range(2000))


def _compute(spark: SparkSession, number: int) -> float:
    return float(spark.sparkContext.parallelize([f"block {number}"], 1).map(_profit).collect()[0])


def _load(night: Path) -> bytearray:
    ballast = night / "ballast"
    mebibytes = int(ballast.read_text(encoding="ascii")) if ballast.exists() else 0
    # Written to, page by page: memory that is only promised would not count.
    return bytearray(b"x" * (1024 * 1024)) * mebibytes


def _chatter(night: Path) -> None:
    order = night / "chatter"
    if not order.exists():
        return
    lines = int(order.read_text(encoding="ascii"))
    order.unlink()
    for number in range(lines):
        print(f"chatter {number:08d} {'x' * 80}")
    print("chatter ends", flush=True)


def _write_bulk(night: Path, file: Path) -> None:
    draws = random.Random("bulk")  # noqa: S311 - the same every time
    with file.open("wb") as out:
        for _ in range(int((night / "bulk").read_text(encoding="ascii"))):
            out.write(draws.randbytes(1024 * 1024))


def revalue(spark: SparkSession, step: Step) -> None:
    """Compute every block, go on for as long as there is more work, and commit."""
    with committing(step.night_dir, step.name, step.attempt) as result:
        held = _load(step.night_dir)
        figures = []
        for number in range(BLOCKS):
            figures.append(_compute(spark, number))
            print(f"block {number} of {BLOCKS} done", flush=True)
        _chatter(step.night_dir)
        extra = 0
        while (step.night_dir / "more-work").exists():
            _compute(spark, extra)
            extra += 1
            _chatter(step.night_dir)
            print(f"further block {extra} done", flush=True)
            time.sleep(0.3)
        paths = random.Random(BLOCKS).randbytes(PATHS_BYTES)  # noqa: S311 - the same
        result.file("paths.bin").write_bytes(paths)
        if (step.night_dir / "bulk").exists():
            _write_bulk(step.night_dir, result.file("bulk.bin"))
        content = {"figures": figures, "pathsSha256": hashlib.sha256(paths).hexdigest()}
        result.file("figures.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        print(f"{len(figures)} figures, {len(held)} bytes of ballast", flush=True)


if __name__ == "__main__":
    run_with_spark("chaos-revaluation", revalue)
