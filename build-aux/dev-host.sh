# shellcheck shell=bash
# dev-host.sh: what this system has, and what it lacks
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by dev. packages/LIST names Debian packages, needs/LIST what a host
# must have, whatever its packages are called.

readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/kaimu-dev

: "${top:?}" "${place=}"

# list_of FILE: its lines without comments and blanks
list_of () {
  sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$1"
}

# packages_of LIST…: names of Debian packages, one a line
packages_of () {
  local list
  for list; do
    list_of "$top/build-aux/packages/$list"
  done
}

is_root () {
  [ "$(id -u)" -eq 0 ]
}

os_release () {
  # shellcheck disable=SC1091
  (source /etc/os-release 2>/dev/null && printf '%s' "${!1:-}") || true
}

is_debian_13 () {
  [ "$(os_release ID)" = debian ] && [ "$(os_release VERSION_ID)" = 13 ]
}

program_is_there () {
  local version
  # nginx is where a person's PATH doesn't go.
  PATH=$PATH:/usr/sbin command -v "$1" >/dev/null || return 1
  [ -n "${2:-}" ] || return 0
  version=$("$1" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)
  [ "$(printf '%s\n' "$2" "$version" | sort -V | head -n 1)" = "$2" ]
}

# host_lacks LIST…: prints what this system doesn't have of it, one a line
host_lacks () {
  local list kind name version
  for list; do
    while read -r kind name version; do
      case $kind in
        program) program_is_there "$name" "$version" ;;
        library) pkg-config --exists "$name${version:+ >= $version}" ;;
        element) gst-inspect-1.0 --exists "$name" ;;
        module-of-node)
          NODE_PATH=/usr/share/nodejs node -e "require('$name')" ;;
        module-of-python) python3 -c "import $name" ;;
        *) die "needs/$list: '$kind' is no kind of need" ;;
      esac >/dev/null 2>&1 </dev/null \
        || printf '%s\n' "$name${version:+ ≥ $version}"
    done < <(list_of "$top/build-aux/needs/$list")
  done
}

# in_words: what host_lacks printed, for a sentence
in_words () {
  awk 'NR <= 8 { words = words (NR > 1 ? ", " : "") $0 }
       END { print words (NR > 8 ? " and " NR - 8 " more" : "") }'
}

# Between these two nobody else sets anything up.
begin_set_up () {
  mkdir -p "$cache"
  lock 8 "$cache/lock"
}

end_set_up () {
  exec 8>&-
}

# as_root_install PACKAGE…: with the host's own apt
as_root_install () {
  say "installing with apt-get: $*"
  step "reading the package lists" apt-get update
  step "installing" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "$@"
}

# choose_place LIST…: sets `place` to native or root, unless it is given, and
# `lacks` to why it isn't native
choose_place () {
  local packages
  lacks=
  [ "$place" != root ] || return 0
  lacks=$(host_lacks "$@")
  if [ -n "$lacks" ] && is_root && is_debian_13; then
    begin_set_up
    lacks=$(host_lacks "$@")
    if [ -n "$lacks" ]; then
      say "this system lacks: $(in_words <<<"$lacks")"
      mapfile -t packages < <(packages_of "$@")
      as_root_install "${packages[@]}"
      lacks=$(host_lacks "$@")
    fi
    end_set_up
    place=native
  fi
  if [ -z "$lacks" ]; then
    place=native
  elif [ "$place" = native ]; then
    die "this system lacks: $(in_words <<<"$lacks")"
  else
    place=root
  fi
}
