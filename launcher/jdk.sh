# shellcheck shell=sh
# Finds the JDK for the launcher and the scripts in bench/. To be read by a POSIX shell: . launcher/jdk.sh

required_jdk=25

# The file that a chain of symbolic links leads to; BSD's readlink has no -f on older systems.
resolved() {
  resolved_file=$1
  while [ -L "$resolved_file" ]; do
    resolved_link=$(readlink "$resolved_file")
    case $resolved_link in
      /*) resolved_file=$resolved_link ;;
      *) resolved_file=${resolved_file%/*}/$resolved_link ;;
    esac
  done
  printf '%s\n' "$resolved_file"
}

# Sets jdk_version to what the release file of a JDK says, such as 25.0.3: starting a JVM to ask would take longer than
# the rest of a start.
read_jdk_version() {
  jdk_version=
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r jdk_key jdk_value; do
    if [ "$jdk_key" = JAVA_VERSION ]; then
      jdk_value=${jdk_value#\"}
      jdk_version=${jdk_value%%\"*}
      return 0
    fi
  done <"$1/release"
  return 1
}

# Sets jdk to the folder of the first JDK that is new enough: CREMA_JAVA_HOME, JAVA_HOME, the java on the PATH, then
# where packages, installers and version managers of Linux and macOS put one. Fails if there is none.
find_jdk() {
  jdk_on_path=$(command -v java || true)
  case $jdk_on_path in
    /*) jdk_on_path=$(resolved "$jdk_on_path") && jdk_on_path=${jdk_on_path%/*/*} ;;
    *) jdk_on_path= ;;
  esac
  for jdk in "${CREMA_JAVA_HOME:-}" "${JAVA_HOME:-}" "$jdk_on_path" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.asdf/installs/java/* \
    "${HOME:-}"/.local/share/mise/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if [ -n "$jdk" ] && read_jdk_version "$jdk" && [ "${jdk_version%%[!0-9]*}" -ge "$required_jdk" ]; then
      return 0
    fi
  done
  jdk=
  return 1
}

# Sets jdk, or says what to do and exits with 2.
require_jdk() {
  if ! find_jdk; then
    printf '%s: needs a JDK %s or later and found none; install one (%s) or set CREMA_JAVA_HOME to its folder\n' \
      "$1" "$required_jdk" "https://adoptium.net/temurin/releases/?version=$required_jdk" >&2
    exit 2
  fi
}
