module nightlane.example/farm/tools/alertmanager

go 1.26.7

// Only pinned and checked here: the recipe builds in a writable copy of the module, which has its own go.sum.
require github.com/prometheus/alertmanager v0.35.0
