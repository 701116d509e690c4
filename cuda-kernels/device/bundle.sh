#!/bin/sh
# Packs what check.sh needs on a machine with a GPU and without a JDK, into the folder bundle beside this: a small runtime and the
# classes with their tests. Some 20 MB; git ignores it. Run it after changes, then carry the folder along with the repository.
set -eu
cd "$(dirname "$0")/../.."
home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
bundle=cuda-kernels/device/bundle
[ -n "${COMPILED:-}" ] || mvn -q -B ${MAVEN_ARGS:--o} test-compile -pl cuda-kernels -am
mkdir -p "$bundle"
if [ ! -e "$bundle/runtime.tar.xz" ]; then
  "$home/bin/jlink" --add-modules java.base,java.logging,java.management,jdk.incubator.vector,jdk.unsupported \
    --compress zip-0 --strip-debug --no-header-files --no-man-pages --output "$bundle/runtime"
  tar -C "$bundle" -cf - runtime | xz -T0 -6 > "$bundle/runtime.tar.xz"
  rm -r "$bundle/runtime"
fi
rm -rf "$bundle/classes"
mkdir "$bundle/classes"
# Each module's classes stay apart: services are found by files of the same name.
for module in base tensor autograd nn ptx-emulator cuda-kernels; do
  for part in classes test-classes; do
    [ ! -d "$module/target/$part" ] || "$home/bin/jar" --create --file "$bundle/classes/$module-$part.jar" -C "$module/target/$part" .
  done
done
# Golden files are for the unit tests.
rm -f "$bundle/classes/nn-test-classes.jar" "$bundle/classes/tensor-test-classes.jar" "$bundle/classes/base-test-classes.jar"
jackson=$(find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/tools/jackson/core/jackson-core" -name 'jackson-core-*.jar' | sort | tail -1)
cp "$jackson" "$bundle/classes/"
du -sh "$bundle"
