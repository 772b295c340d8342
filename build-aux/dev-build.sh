# shellcheck shell=bash
# dev-build.sh: build in the place chosen, run and test there
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by dev. A build directory belongs to one place and one variant; one
# whose place has changed is made anew.

: "${top:?}" "${place=}" "${variant=}" "${root_key=}"

# enter_place LIST…: makes sure that the lists are there; sets `build`
enter_place () {
  choose_place "$@"
  if [ "$place" = root ]; then
    ensure_root "$@"
  fi
  build=$top/_build/$place${variant:+-$variant}
}

# in_place [--tty|--alone] COMMAND…: runs it with the built programs on PATH.
# --tty: signals reach it. --alone: what it leaves behind ends with it.
in_place () {
  local how=--alone
  case $1 in
    --tty | --alone) how=$1; shift ;;
  esac
  local path=$PATH
  [ "$place" = native ] || path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
  set -- env "PATH=$build/src:$path" "GSETTINGS_SCHEMA_DIR=$build/data" "$@"
  if [ "$place" = root ]; then
    in_root "$how" "$@"
  else
    "$@"
  fi
}

# What the build directory was made for: a new system, a new directory.
place_key () {
  if [ "$place" = root ]; then
    printf '%s\n' "$root_key"
  else
    os_release PRETTY_NAME
  fi
}

# What a variant's build directory is configured with, one word a line.
variant_options () {
  case $variant in
    sanitize) echo -Db_sanitize=address,undefined ;;
    fuzz) printf '%s\n' -Db_sanitize=address,undefined -Db_lundef=false \
      -Dc_args=-fsanitize=fuzzer-no-link -Dwerror=false ;;
  esac
}

# build_programs [TARGET…]: configures if need be, and builds; all if none is
# named
build_programs () {
  mkdir -p "$top/_build"
  lock 7 "$build.lock"
  local key options compiler=()
  key=$(place_key)
  if [ "$(cat "$build/.place" 2>/dev/null)" != "$key" ]; then
    remove_tree "$build"
    mapfile -t options < <(variant_options)
    [ "$variant" != fuzz ] || compiler=(env CC=clang)
    step "configuring $build" in_place "${compiler[@]}" \
      meson setup "${options[@]}" "$build" "$top" || exit 1
    printf '%s\n' "$key" >"$build/.place"
  fi
  step "building in $build" in_place ninja -C "$build" "$@" || exit 1
  exec 7>&-
}

# run_tests ARGUMENT…: ends with the line that counts test cases
run_tests () {
  if ! (build_programs all); then
    say "the build failed, so no test ran"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
  fi
  lock 6 "$build.test-lock"
  local logs=$build/meson-logs status=0
  rm -f "$logs/testlog.json" "$logs/testlog.junit.xml"
  in_place --alone meson test -C "$build" --no-rebuild --print-errorlogs "$@" \
    || status=$?
  in_place python3 "$top/build-aux/count-tests.py" "$logs" "$status" || status=1
  exit "$status"
}
