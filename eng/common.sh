# Shared by ./run, ./test and .ci/run. To be sourced from the repository's root.

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

require_dotnet() {
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is not installed: see https://dot.net/download."
}

# need COMMAND APT_PACKAGE BREW_PACKAGE: makes sure a program is there, installing it where that is possible.
need() {
  local command=$1 apt=$2 brew=$3
  command -v "$command" >/dev/null && return
  say "$command is not installed: installing it …"
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    install_with_apt env "$apt"
  elif command -v apt-get >/dev/null && command -v sudo >/dev/null; then
    install_with_apt sudo "$apt"
  elif command -v brew >/dev/null; then
    # shellcheck disable=SC2086 # may be an option and a name
    brew install $brew >&2
  fi
  command -v "$command" >/dev/null ||
    fail "$command is needed and could not be installed: install the package '$apt' (Debian, Ubuntu) or '${brew##* }' (Homebrew) and try again."
}

install_with_apt() {
  local as=$1 package=$2
  "$as" apt-get update -qq >&2 || true
  "$as" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >&2 || true
}

# Whether Redis can run in containers: a client alone, without an engine, is of no use.
engine_answers() {
  local engine
  for engine in docker podman; do
    timeout 5 "$engine" version --format '{{.Server.Version}}' >/dev/null 2>&1 && return
  done
  return 1
}

need_redis() { need redis-server redis-server redis; }

need_curl() { need curl curl curl; }

need_chromium() {
  local browser
  for browser in chromium chromium-browser google-chrome google-chrome-stable "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if command -v "$browser" >/dev/null; then
      CHROMIUM_PATH=${CHROMIUM_PATH:-$(command -v "$browser")}
      export CHROMIUM_PATH
      return
    fi
  done
  need chromium chromium '--cask chromium'
  CHROMIUM_PATH=$(command -v chromium)
  export CHROMIUM_PATH
}
