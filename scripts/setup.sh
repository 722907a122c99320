#!/usr/bin/env bash
# Prepares what a make target needs, and nothing more:
#   setup.sh run       the virtual environment with the pinned packages
#   setup.sh dev       the same with the packages of tests and checks
#   setup.sh browser   Chromium and a Chinese font; prints the browser's path as its last line
#   setup.sh clamd     the virus scanner that the tests start with a signature file of their own
#   setup.sh apache    Apache with mod_auth_openidc, which logs in through the house in the tests
#   setup.sh front     node, npm and the pinned packages that build the assets
#   setup.sh wrk       the load generator of the benches
# Missing system packages are installed with apt-get, as root or with password-less sudo; otherwise the
# exact command is printed and the exit code is 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Each word given is a line of its own: a command that is printed can be copied whole.
say() { printf '%s\n' "$@" >&2; }
die() { say "$@"; exit 1; }

# Two makes at once take turns. The lock is on a file that is there in every clone.
if command -v flock >/dev/null; then
  exec 9<Makefile
  flock 9
fi

install_packages() {
  local why=$1
  shift
  local command="apt-get install -y --no-install-recommends $*"
  local as=()
  if ! command -v apt-get >/dev/null; then
    die "$why Install it with this system's package manager (Debian calls it: $*), then run make again."
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; then
      die "$why Install it and run make again:" "  sudo $command"
    fi
    as=(sudo -n)
  fi
  say "$why Installing: $*"
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 || true
  # shellcheck disable=SC2086 - the words of the command
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive $command >&2 || die "That failed. By hand:" "  sudo $command"
}

# --- Python -----------------------------------------------------------------------------------------

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local name
  if [ -n "${PYTHON:-}" ]; then
    new_enough "$PYTHON" || die "PYTHON=$PYTHON does not start, or is older than 3.11."
    command -v "$PYTHON"
    return
  fi
  for name in python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && new_enough "$name"; then
      command -v "$name"
      return
    fi
  done
  die "Tongban needs Python 3.11 or newer, which was not found. Name one with PYTHON=/path/to/python3 make run."
}

# What the environment was made of, and where: a clone that was moved or copied is made anew.
print_recipe() {
  "$1" -c 'import sys; print(sys.version)'
  pwd
  cat pyproject.toml
}

make_environment() {
  local python=$1
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    local version
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    install_packages "Python $version lacks venv." "python$version-venv"
  fi
  rm -rf .venv
  "$python" -m venv .venv
}

install_lock() {
  say "Installing the packages of $1"
  .venv/bin/python -m pip install --disable-pip-version-check --require-hashes --progress-bar off -r "$1" |
    awk '/^(Collecting|Requirement already)/ { printf "\r  package %d", ++n; fflush() }
      /^Installing/ { printf "\r  unpacking    " } END { printf "\r               \r" }' >&2 ||
    die "The packages of $1 could not be installed; the reason stands above."
}

environment() {
  local stamp=.venv/.tongban-run wanted python
  if [ -f "$stamp" ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then
    wanted=$({ print_recipe .venv/bin/python; cat requirements.lock; } | sha256sum)
    if [ "$wanted" = "$(cat "$stamp")" ]; then return; fi
  fi
  python=$(find_python)
  if ! [ -f "$stamp" ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1 ||
    ! grep -qxF "$(pwd)" .venv/.tongban-place 2>/dev/null; then
    make_environment "$python"
  fi
  install_lock requirements.lock
  .venv/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -q -e . >&2
  pwd >.venv/.tongban-place
  { print_recipe .venv/bin/python; cat requirements.lock; } | sha256sum >"$stamp"
}

dev_environment() {
  environment
  local stamp=.venv/.tongban-dev wanted
  wanted=$({ print_recipe .venv/bin/python; cat requirements-dev.lock; } | sha256sum)
  if [ -f "$stamp" ] && [ "$wanted" = "$(cat "$stamp")" ]; then return; fi
  install_lock requirements-dev.lock
  printf '%s\n' "$wanted" >"$stamp"
}

# --- Browser ----------------------------------------------------------------------------------------

works() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }

find_chromium() {
  local name path
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    path=$(command -v "$name" || true)
    if works "$path"; then
      printf '%s\n' "$path"
      return
    fi
  done
  # One that playwright fetched earlier.
  for path in "${HOME:-/nonexistent}"/.cache/ms-playwright/chromium-*/chrome-linux*/chrome; do
    if [ -x "$path" ] && works "$path"; then
      printf '%s\n' "$path"
      return
    fi
  done
}

browser() {
  local path
  if [ -n "${CHROMIUM:-}" ]; then
    works "$CHROMIUM" || die "CHROMIUM=$CHROMIUM does not start; name a Chromium that does, or leave it empty."
    path=$CHROMIUM
  else
    path=$(find_chromium)
    if [ -z "$path" ]; then
      install_packages "The tests need a Chromium." chromium
      path=$(find_chromium)
    fi
    [ -n "$path" ] || die "A Chromium was installed, but none starts here. Name one that does: CHROMIUM=/path make test."
  fi
  if ! { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh)" ]; }; then
    install_packages "The tests look at Chinese pages and need a font." fontconfig fonts-noto-cjk
  fi
  printf '%s\n' "$path"
}

# --- Virus scanner ----------------------------------------------------------------------------------

# Debian starts it as a service where there is systemd; the tests start one of their own and use none of that.
clamd() {
  if type -P clamd >/dev/null || [ -x /usr/sbin/clamd ]; then return; fi
  install_packages "The tests of the virus scan need clamd." clamav-daemon
}

# --- A foreign system that logs people in ---------------------------------------------------------

# Debian starts Apache as a service where there is systemd; the tests start one of their own, of no file of that one's.
apache() {
  if [ -e /usr/lib/apache2/modules/mod_auth_openidc.so ] && [ -x /usr/sbin/apache2 ]; then return; fi
  install_packages "The tests of the log-in for other systems need Apache." apache2 libapache2-mod-auth-openidc media-types
}

# --- Front end and load generator -------------------------------------------------------------------

front() {
  if ! { command -v node >/dev/null && command -v npm >/dev/null; }; then
    install_packages "Building the assets needs node and npm." nodejs npm
  fi
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' ||
    die "Building the assets needs node 18 or newer; this is $(node --version)."
  local stamp=node_modules/.tongban wanted
  wanted=$(cat package.json package-lock.json | sha256sum)
  if [ -f "$stamp" ] && [ "$wanted" = "$(cat "$stamp")" ]; then return; fi
  npm ci --loglevel=error >&2
  printf '%s\n' "$wanted" >"$stamp"
}

case "${1:-}" in
  run) environment ;;
  dev) dev_environment ;;
  browser) browser ;;
  clamd) clamd ;;
  apache) apache ;;
  front) front ;;
  wrk) command -v wrk >/dev/null || install_packages "The benches need wrk." wrk ;;
  *) die "usage: scripts/setup.sh run|dev|browser|clamd|apache|front|wrk" ;;
esac
