"""Remote jobs: claimed, started, followed, ended."""
