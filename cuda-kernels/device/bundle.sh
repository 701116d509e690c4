#!/bin/sh
# Packs what check.sh needs on a machine with a GPU and without a JDK, into the folder bundle beside this: a small runtime and the
# classes with their tests. Some 25 MB; git ignores it. Run it after changes, then carry the folder along with the repository.
set -eu
cd "$(dirname "$0")/../.."
home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
bundle=cuda-kernels/device/bundle
runtime_modules=java.base,java.logging,java.management,java.net.http,jdk.management,jdk.incubator.vector,jdk.unsupported
[ -n "${COMPILED:-}" ] || mvn -q -B ${MAVEN_ARGS:--o} test-compile -pl cuda-kernels,cli -am
mkdir -p "$bundle"
if [ "$(cat "$bundle/runtime.modules" 2> /dev/null)" != "$runtime_modules" ]; then
  rm -rf "$bundle/runtime"
  "$home/bin/jlink" --add-modules $runtime_modules \
    --compress zip-0 --strip-debug --no-header-files --no-man-pages --output "$bundle/runtime"
  tar -C "$bundle" -cf - runtime | xz -T0 -6 > "$bundle/runtime.tar.xz"
  rm -r "$bundle/runtime"
  echo "$runtime_modules" > "$bundle/runtime.modules"
fi
rm -rf "$bundle/classes"
mkdir "$bundle/classes"
# Each module's classes stay apart: services are found by files of the same name. Of the tests, those that the check runs.
for module in base tensor autograd nn tokenizer data classic train cli ptx-emulator cuda-kernels; do
  "$home/bin/jar" --create --file "$bundle/classes/$module.jar" -C "$module/target/classes" .
done
for module in autograd cli ptx-emulator cuda-kernels; do
  "$home/bin/jar" --create --file "$bundle/classes/$module-test.jar" -C "$module/target/test-classes" .
done
for library in tools/jackson/core/jackson-core org/apache/commons/commons-math3 de/siegmar/fastcsv org/snakeyaml/snakeyaml-engine \
  info/picocli/picocli me/tongfei/progressbar org/jline/jline-terminal; do
  cp "$(find "$repository/$library" -name "${library##*/}-[0-9]*.jar" ! -name '*-sources.jar' ! -name '*-javadoc.jar' | sort -V | tail -1)" \
    "$bundle/classes/"
done
du -sh "$bundle"
