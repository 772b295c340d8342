# shellcheck shell=bash
# dev-flatpak.sh: build the Flatpak, install it, and live through a stream in it
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by dev. Flatpak runs where the programs are built, with a place of
# its own for what is installed, so nothing of the person's own Flatpak is
# seen or changed. Where no runtime can be downloaded, the Debian 13 root
# stands in for it: the sandbox, its permissions and what is installed are the
# same, only the libraries aren't the runtime's.

: "${top:?}" "${place=}" "${root=}" "${root_key=}" "${build=}"

readonly flatpak_id=io.github.kaimu_live.Kaimu
readonly flatpak_manifest=$top/flatpak/$flatpak_id.json
readonly flatpak_runtime=org.gnome.Platform
readonly flatpak_sdk=org.gnome.Sdk
readonly flatpak_branch=50
readonly flatpak_remote=https://dl.flathub.org/repo/flathub.flatpakrepo
readonly flatpak_dir=$top/_build/flatpak

# in_flatpak COMMAND…: not --alone, since where processes are hidden from it
# root can't make a sandbox that hides them once more
in_flatpak () {
  mkdir -p "$flatpak_dir/home" "$flatpak_dir/run"
  chmod 700 "$flatpak_dir/run"
  in_place --tty env -u GSETTINGS_SCHEMA_DIR \
    -u XDG_CACHE_HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_STATE_HOME \
    "HOME=$flatpak_dir/home" "XDG_RUNTIME_DIR=$flatpak_dir/run" \
    "FLATPAK_USER_DIR=$flatpak_dir/user" "$@"
}

# in_flatpak_to_install COMMAND…: Flatpak asks on the system's bus whether an
# ordinary user may install anything, and there may be none to ask.
in_flatpak_to_install () {
  # shellcheck disable=SC2016
  in_flatpak dbus-run-session -- sh -c \
    'DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS exec "$@"' sh "$@"
}

# runtime_is KIND: which one was installed by an earlier call
runtime_is () {
  [ "$(cat "$flatpak_dir/.runtime" 2>/dev/null)" = "$1" ]
}

remote_answers () {
  in_flatpak timeout 60 flatpak --user remote-add --if-not-exists \
    flathub "$flatpak_remote" >/dev/null 2>&1
}

download_runtime () {
  in_flatpak_to_install flatpak --user install --noninteractive flathub \
    "$flatpak_runtime//$flatpak_branch" "$flatpak_sdk//$flatpak_branch"
}

# A runtime is a tree `usr` with its `etc` inside, and a word about itself.
lay_out_stand_in () {
  local tree=$1 arch
  arch=$(in_flatpak flatpak --default-arch) || return 1
  mkdir -p "$tree/files" "$tree/var"
  cp -a --reflink=auto "$root/usr" "$tree/usr" || return 1
  cp -a --reflink=auto "$root/etc" "$tree/usr/etc" || return 1
  cat >"$tree/metadata" <<END
[Runtime]
name=$flatpak_runtime
runtime=$flatpak_runtime/$arch/$flatpak_branch
sdk=$flatpak_sdk/$arch/$flatpak_branch
END
}

make_stand_in () {
  local tree=$flatpak_dir/runtime repo=$flatpak_dir/runtime-repo
  lay_out_stand_in "$tree" || return 1
  # Without this the repository would be a compressed one, which takes four
  # times as long and can't share its files with what is installed.
  in_flatpak ostree --repo="$repo" init --mode=bare-user-only || return 1
  in_flatpak flatpak build-export --runtime --disable-sandbox \
    "$repo" "$tree" "$flatpak_branch" || return 1
  remove_tree "$tree"
  in_flatpak flatpak build-update-repo "$repo" || return 1
  in_flatpak flatpak --user remote-add --no-gpg-verify stand-in "$repo" \
    || return 1
  in_flatpak_to_install flatpak --user install --noninteractive stand-in \
    "$flatpak_runtime//$flatpak_branch"
}

# ensure_runtime: the real one where it can be had
ensure_runtime () {
  if runtime_is downloaded || runtime_is "stand-in $root_key"; then
    return
  fi
  remove_tree "$flatpak_dir"
  mkdir -p "$flatpak_dir"
  if remote_answers; then
    step "downloading $flatpak_runtime $flatpak_branch and its SDK" \
      download_runtime || die "the runtime could not be downloaded"
    echo downloaded >"$flatpak_dir/.runtime"
    return
  fi
  say "No runtime can be downloaded here."
  [ "$place" = root ] || die "without --native, one is made that stands in"
  step "making a stand-in from the Debian 13 root (one to two minutes)" \
    make_stand_in || die "the stand-in could not be made"
  printf '%s\n' "stand-in $root_key" >"$flatpak_dir/.runtime"
}

build_flatpak () {
  local chosen=$flatpak_manifest
  if ! runtime_is downloaded; then
    chosen=$flatpak_dir/$flatpak_id.json
    in_place python3 "$top/build-aux/stand-in-manifest.py" \
      "$flatpak_manifest" "$top" >"$chosen" || return 1
  fi
  in_flatpak_to_install flatpak-builder --user --install --force-clean \
    --disable-rofiles-fuse --state-dir="$flatpak_dir/state" \
    "$flatpak_dir/application" "$chosen"
}

# use_flatpak: the ui test of the spine, without devices, drives what is
# installed. Each look at a window goes through the sandbox's proxy.
use_flatpak () {
  local launcher=$flatpak_dir/kaimu
  cat >"$launcher" <<END
#!/bin/sh
exec flatpak run --user --die-with-parent $flatpak_id "\$@"
END
  chmod +x "$launcher"
  remove_tree "$flatpak_dir/artefacts"
  in_flatpak env "KAIMU=$launcher" "G_TEST_BUILDDIR=$flatpak_dir" \
    KM_TEST_PATIENCE=4 G_DEBUG=fatal-criticals "$build/tests/test-ui-spine" \
    -p /ui/spine/from-test-picture-to-comment
}

command_flatpak () {
  [ "$place" = native ] || place=root
  enter_place run build flatpak
  build_programs tests/test-ui-spine
  lock 6 "$flatpak_dir.lock"
  ensure_runtime
  step "building and installing the Flatpak" build_flatpak \
    || die "the Flatpak could not be built"
  step "going live and watching in the installed program" use_flatpak \
    || die "the Flatpak doesn't work; pictures are in $flatpak_dir/artefacts"
  say "It works. Pictures of the windows are in $flatpak_dir/artefacts"
}
