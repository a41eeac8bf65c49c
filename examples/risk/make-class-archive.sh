#!/bin/bash
# Writes the class archive that the image's JVMs start from, which halves the time they take to get going: runs a small night
# here, in one JVM, and keeps the classes it loaded. Run once, when the image is built. The archive belongs to the exact JVM, class
# path and jar files it was made with; a JVM that finds another one loads its classes as usual.
#   make-class-archive.sh <archive> <class path>
set -euo pipefail
unset SPARK_CONF_DIR # its settings start from the archive that is made here
export SPARK_LOCAL_IP=127.0.0.1 # a build has no name that resolves

"$SPARK_HOME/bin/spark-submit" \
  --master "local[2]" \
  --conf spark.ui.enabled=false \
  --conf spark.ui.showConsoleProgress=false \
  --conf spark.driver.extraClassPath="$2" \
  --driver-java-options "-XX:ArchiveClassesAtExit=$1 -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xlog:cds=off,cds+dynamic=off" \
  /opt/risk/src/nightlane_risk/warm_up.py /opt/risk/data

java -Xshare:on -XX:SharedArchiveFile="$1" -cp "$2" -version # fails when the archive is of no use
chmod a+r "$1"
