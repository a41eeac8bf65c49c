#!/bin/bash
# Removes from an installed pyspark what an application on Kubernetes with the in-memory catalog cannot reach. Licences stay.
#   trim-spark.sh <directory that pip installed into>
set -euo pipefail
spark=$1/pyspark

remove() { # <names in jars/...>
  local pattern found
  for pattern in "$@"; do
    mapfile -t found < <(compgen -G "$spark/jars/$pattern")
    [ ${#found[@]} -gt 0 ] || { echo "trim-spark: no jar matches $pattern any more" >&2 && exit 1; }
    rm -r "${found[@]}"
  done
}

# Machine learning and graphs, with their linear algebra.
remove 'spark-mllib*' 'spark-graphx*' 'breeze*' 'spire*' 'cats-kernel*' 'algebra*' 'arpack*' 'lapack*' 'blas*' 'JTransforms*' 'JLargeArrays*'
# Hive's metastore and its database; ORC files need hive-storage-api, which stays.
remove 'spark-hive*' 'hive-[!s]*' 'hive-se*' 'hive-sh*' 'datanucleus*' 'derby*' 'jdo*' 'javax.jdo*' 'HikariCP*' 'libthrift*' 'libfb303*'
# Shells, Spark Connect, YARN, and standalone clusters.
remove 'spark-repl*' 'scala-compiler*' 'jline*' 'spark-connect*' 'connect-repl' 'spark-yarn*' 'zookeeper*' 'curator*'
# State stores of streaming queries and of the history server.
remove 'rocksdbjni*' 'leveldbjni*'
# Native libraries of other systems.
remove 'netty-*-osx-*' 'netty-*-windows-*' 'netty-*-linux-riscv64*'

rm -r "$spark"/{examples,data,sbin,pandas,ml,mllib}
rm "$spark"/bin/*.cmd
find "$1/numpy" -type d -name tests -prune -exec rm -r {} +
