#!/usr/bin/env bash
# Runs a class of the benchmarks' jar, with the JDK and the flags of the launcher.
#
#   bench/run.sh CLASS [ARGUMENT...]     bench/run.sh crema.bench.GemmComparison --threads 1,2 --rounds 9
#                                        bench/run.sh org.openjdk.jmh.Main -l
#
# Build first: mvn -Pbench package -DskipTests
# CREMA_JAVA_HOME names the JDK, CREMA_JAVA_FLAGS further flags for the JVM.
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -ge 1 ] || usage
benchmarks
# shellcheck disable=SC2086
exec "$jdk/bin/java" "@$root/launcher/jvm.args" "@$root/launcher/simd.args" ${CREMA_JAVA_FLAGS:-} -cp "$jar" "$@"
