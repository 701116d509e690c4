#!/bin/sh
# Compiles src/main/cuda to the PTX that is checked in: build-kernels.sh [NAME...], all files without names. Needs nvcc 13.
# The text is the same on any machine: paths are cut to names, the lines that name the compiler's build are dropped, as is
# the table of mangled names, which hash paths. The version is lowered to what the instructions need, so that old drivers
# take it; ptxas checks that they do. A kernel whose registers spill to memory is an error.
#
# kernels.tsv lists what was built: the parameters of each kernel, by which launches are checked, what it takes of a
# multiprocessor, and hashes of the sources and of the PTX, by which a test finds what was not built again.
set -eu
export LC_ALL=C
nvcc=${NVCC:-nvcc}
cd "$(dirname "$0")"
sources=src/main/cuda/crema/cuda
out=${OUT:-src/main/resources/crema/cuda}
table="$out/kernels.tsv"
mkdir -p "$out"
trap 'rm -f "$out"/*.tmp "$out"/*.new "$out"/*.log "$out"/*.rows' EXIT

# The hash of a kernel file and of all that it includes, in the order of their names.
sources_hash() (
  cd "$sources"
  files=$1.cu
  while :; do
    more=$(sed -n 's/^#include "\(.*\)".*/\1/p' $files)
    all=$(printf '%s\n' $files $more | sort -u)
    [ "$all" != "$files" ] || break
    files=$all
  done
  cat $files | sha256sum | cut -c1-16
)

# Lines of kernels.tsv from PTX and what ptxas -v says of it.
describe() {
  awk -v OFS='\t' -v file="$1" -v target="$2" -v hashes="$3" '
    FNR == NR && /^\.visible \.entry/ { split($3, part, "("); entry = part[1]; order[++count] = entry; next }
    FNR == NR && entry != "" && /^\t\.param/ {
      type = $2 == ".align" ? $4 : $2
      gsub(/[.,]/, "", type)
      if (match($0, /\[[0-9]+\]/)) type = type substr($0, RSTART, RLENGTH)
      parameters[entry] = parameters[entry] (parameters[entry] == "" ? "" : " ") type
      next
    }
    FNR == NR { if (/^\)/) entry = ""; next }
    /Compiling entry function/ { split($0, part, "\047"); entry = part[2] }
    /bytes spill stores/ { for (i = 1; i <= NF; i++) if ($i == "spill") spills[entry] += $(i - 2) }
    /Used [0-9]+ registers/ {
      registers[entry] = $0; sub(/.*Used /, "", registers[entry]); sub(/ .*/, "", registers[entry])
      shared[entry] = 0
      for (i = 1; i <= NF; i++) if ($i ~ /^smem/) shared[entry] = $(i - 2)
    }
    END {
      for (i = 1; i <= count; i++) {
        e = order[i]
        print file, target, e, parameters[e], registers[e], shared[e], spills[e] + 0, hashes
        if (spills[e] > 0) { print "build-kernels: " file "." target ": registers of " e " spill" > "/dev/stderr"; bad = 1 }
      }
      exit bad
    }' "$4" "$5"
}

names=${*:-$(cd "$sources" && ls *.cu | sed 's/\.cu$//')}
for name in $names; do
  # A file runs everywhere unless its first lines say: // targets: sm_80 sm_90a
  targets=$(sed -n '1,3s#^// targets: ##p' "$sources/$name.cu")
  hash=$(sources_hash "$name")
  rows="$out/$name.rows"
  : > "$rows"
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
    ptxas -arch="$target" -v "$ptx.new" -o "$ptx.tmp" 2> "$ptx.log" || { head -20 "$ptx.log" >&2; exit 1; }
    mv "$ptx.new" "$ptx"
    describe "$name" "$target" "$hash$(printf '\t')$(sha256sum < "$ptx" | cut -c1-16)" "$ptx" "$ptx.log" >> "$rows"
  done
  header='file\ttarget\tentry\tparameters\tregisters\tshared bytes\tspilled bytes\tsources\tptx\n'
  { printf "$header"; { sed 1d "$table" 2> /dev/null | grep -v "^$name$(printf '\t')" || :; cat "$rows"; } | sort; } > "$table.new"
  mv "$table.new" "$table"
done
