#!/usr/bin/env bash
# What reading and preparing a picture costs on one thread, in processor time: Crema, the platform's own decoding, and Pillow,
# in turns on the same files.
#
#   bench/pictures.sh FILE...     pictures; bench/pictures.py --make DIR writes some
#
# Build first: mvn -Pbench package -DskipTests
# CREMA_JAVA_HOME names the JDK, PYTHON a Python with Pillow and NumPy (/usr/bin/python3).
set -euo pipefail
# shellcheck source=bench/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -gt 0 ] || usage
need_files "$@"
benchmarks
for file; do
  "$jdk/bin/java" -Djava.awt.headless=true -cp "$jar" crema.bench.PictureSpeed "$file"
  "$python" "$root/bench/pictures.py" "$file"
done
