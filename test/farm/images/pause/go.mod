module nightlane.example/farm/images/pause

go 1.26.0
