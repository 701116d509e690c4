#!/bin/sh
# Compiles the test kernels to PTX: compile.sh OUTPUT, where OUTPUT is src/test/resources/crema/ptx to check them in.
# The text is the same on any machine: paths are cut to names, and the lines that name the compiler's build are dropped,
# as is the table of mangled names, which hash paths.
set -eu
nvcc=${NVCC:-nvcc}
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"
for name in rms_norm gemm_mma attention miscellany faults gemm_wgmma hopper_faults; do
  case $name in
    gemm_wgmma | hopper_faults) target="-gencode=arch=compute_90a,code=compute_90a" ;;
    *) target="-arch=sm_80" ;;
  esac
  "$nvcc" -ptx -O3 -std=c++17 -fmad=false -lineinfo $target "$name.cu" -o "$out/$name.tmp"
  sed -e '/^\t\.section\t\.debug_str/,/^\t}/d' \
    -e '/^\/\/ \(Compiler Build ID\|Cuda compilation tools\|Based on NVVM\)/d' \
    -e 's#^\(\t\.file\t[0-9]* "\).*/#\1#' "$out/$name.tmp" > "$out/$name.ptx"
  rm "$out/$name.tmp"
done
