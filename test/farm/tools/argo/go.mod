module nightlane.example/farm/tools/argo

go 1.26.0



// Only pinned and checked here: the recipe builds in a writable copy of the module, which has its own go.sum.
require github.com/argoproj/argo-workflows/v4 v4.0.5
