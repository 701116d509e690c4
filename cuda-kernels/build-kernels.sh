#!/bin/sh
# Compiles src/main/cuda to the PTX that is checked in: build-kernels.sh [NAME...], all files without names. Needs nvcc 13.
# The text is the same on any machine: paths are cut to names, the lines that name the compiler's build are dropped, as is
# the table of mangled names, which hash paths. The version is lowered to what the instructions need, so that old drivers
# take it; ptxas checks that they do.
set -eu
nvcc=${NVCC:-nvcc}
cd "$(dirname "$0")"
sources=src/main/cuda/crema/cuda
out=${OUT:-src/main/resources/crema/cuda}
mkdir -p "$out"
names=${*:-$(cd "$sources" && ls *.cu | sed 's/\.cu$//')}
for name in $names; do
  # A file runs everywhere unless its first lines say: // targets: sm_80 sm_90a
  targets=$(sed -n '1,3s#^// targets: ##p' "$sources/$name.cu")
  for target in ${targets:-sm_75 sm_80}; do
    case $target in
      sm_75) flags="-arch=sm_75" version=6.4 ;;
      sm_80) flags="-arch=sm_80" version=7.4 ;;
      sm_90a) flags="-gencode=arch=compute_90a,code=compute_90a" version=8.0 ;;
      *) echo "build-kernels: $name.cu names an unknown target $target" >&2; exit 2 ;;
    esac
    ptx="$out/$name.$target.ptx"
    "$nvcc" -ptx -O3 -std=c++17 -fmad=false -lineinfo $flags "$sources/$name.cu" -o "$ptx.tmp"
    sed -e '/^\t\.section\t\.debug_str/,/^\t}/d' \
      -e '/^\/\/ \(Compiler Build ID\|Cuda compilation tools\|Based on NVVM\)/d' \
      -e "s/^\.version .*/.version $version/" \
      -e '/^\t\.loc/s/, function_name .*//' \
      -e '/^\t\.pragma "used_bytes_mask/d' \
      -e 's#^\(\t\.file\t[0-9]* "\).*/#\1#' "$ptx.tmp" > "$ptx.new"
    ptxas -arch="$target" -v "$ptx.new" -o "$ptx.tmp" 2> "$ptx.log" || { head -20 "$ptx.log" >&2; rm -f "$ptx.tmp" "$ptx.new" "$ptx.log"; exit 1; }
    rm -f "$ptx.tmp" "$ptx.log"
    mv "$ptx.new" "$ptx"
  done
done
