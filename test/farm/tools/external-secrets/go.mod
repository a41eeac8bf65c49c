module nightlane.example/farm/tools/external-secrets

go 1.26.0

// Only its resource definitions are read; nothing of it is compiled.
require github.com/external-secrets/external-secrets v1.3.2
