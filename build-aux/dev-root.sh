# shellcheck shell=bash
# dev-root.sh: a Debian 13 root: make it, add to it, run in it
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by dev. A root is made beside its place and renamed when it is
# whole; `.lists` inside it names the package lists that it has. While
# something is added there is no `.lists`, so a root whose making or growing
# was cut off is never used, but made anew.

: "${top:?}" "${cache:?}" "${lacks=}"

# Which packages there can be decides which root it is.
root_key=$(packages_of run build fuzz bench flatpak | sort | sha256sum \
  | cut -c 1-12)
root=$cache/root-$root_key

# Runs a command as root over the user and group ids lent to an ordinary user.
as_lender=(unshare --user --map-root-user --map-auto)

remove_tree () {
  [ -e "$1" ] || return 0
  chmod -R u+rwX "$1" 2>/dev/null || true
  rm -rf --one-file-system "$1" 2>/dev/null && return 0
  # An addition that was cut off has left files of the ids lent to its user.
  "${as_lender[@]}" rm -rf --one-file-system "$1"
}

# root_has LIST…
root_has () {
  local list
  for list; do
    grep -qsx "$list" "$root/.lists" || return 1
  done
}

# --- what the host must have -------------------------------------------------

missing_tools () {
  command -v bwrap >/dev/null || echo bubblewrap
  command -v mmdebstrap >/dev/null || echo mmdebstrap
  is_root || command -v newuidmap >/dev/null || echo uidmap
  [ -n "$(find /usr/share/keyrings -name 'debian-archive-*' -print -quit \
            2>/dev/null)" ] || echo debian-archive-keyring
}

require_tools () {
  local tools
  mapfile -t tools < <(missing_tools)
  [ "${#tools[@]}" -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    die "this needs ${tools[*]}; install them with your system's packages"
  elif is_root; then
    say "A Debian 13 root needs these on this system: ${tools[*]}"
    as_root_install "${tools[@]}"
  else
    say "A Debian 13 root needs a few tools on this system. Please run
  sudo apt-get install ${tools[*]}
and then this command again."
    exit 1
  fi
}

# An ordinary user makes a root with the user and group ids lent to them.
require_lent_ids () {
  local name file first options=()
  is_root && return 0
  name=$(id -un)
  first=$(cat /etc/subuid /etc/subgid 2>/dev/null \
    | awk -F: '$2 + $3 > end { end = $2 + $3 }
               END { print (end > 100000 ? end : 100000) }')
  for file in subuid subgid; do
    grep -qsE "^($name|$(id -u)):" "/etc/$file" \
      || options+=("--add-${file}s" "$first-$((first + 65535))")
  done
  [ "${#options[@]}" -gt 0 ] || return 0
  say "No user and group ids are lent to $name: /etc/subuid or /etc/subgid has
no line for this name, so no root can be made. Please run
  sudo usermod ${options[*]} $name
and then this command again."
  exit 1
}

require_namespaces () {
  local words
  words=$(bwrap --ro-bind / / true 2>&1) && return 0
  die "this system doesn't let bubblewrap work here: $words"
}

# --- making one --------------------------------------------------------------

# host_mirror: where this system's own apt gets Debian from; nothing when it
# isn't Debian, and mmdebstrap then uses its own default.
host_mirror () {
  [ "$(os_release ID)" = debian ] || return 0
  apt-get indextargets --format "\$(REPO_URI)" "Created-By: Packages" \
    "Component: main" "Release: $(os_release VERSION_CODENAME)" 2>/dev/null \
    | grep -E '^https?://' | head -n 1
}

# host_apt_options: how this system's own apt reaches its mirror
host_apt_options () {
  local line
  command -v apt-config >/dev/null || return 0
  apt-config dump | grep -E \
    '^Acquire::(https?::(Proxy|Timeout)|Check-|Retries|ForceIPv[46])' \
    | while read -r line; do
      printf '%s\0' "--aptopt=$line"
    done
}

# The locales that texts and tests are read in, beside C's: a line each.
locales () {
  local own=${LANG:-}
  printf '%s\n' en_US zh_CN "${own%%[.@]*}" \
    | grep -xE '[a-z]+_[A-Z]+' | sort -u
}

# The words that mmdebstrap gets, a null byte after each: LIST…
mmdebstrap_options () {
  local locale
  # shellcheck disable=SC2016
  local make='test ! -e "$1/usr/share/i18n/locales/LOCALE" \
    || chroot "$1" localedef -i LOCALE -f UTF-8 LOCALE.UTF-8'
  printf '%s\0' --variant=minbase \
    --include="$(packages_of "$@" | paste -s -d ,)"
  host_apt_options
  for locale in $(locales); do
    printf '%s\0' "--customize-hook=${make//LOCALE/$locale}"
  done
}

unpack_as_user () {
  local part=$1 mirror=$2
  shift 2
  mkdir -p "$part"
  # Names that only root may own would make a tree that its user can't remove.
  (cd / && TMPDIR=/var/tmp mmdebstrap --mode=unshare --format=tar "$@" \
     trixie - ${mirror:+"$mirror"}) \
    | tar -C "$part" --no-same-owner --exclude='./dev/*' -x
}

unpack_as_root () {
  local part=$1 mirror=$2
  shift 2
  mmdebstrap --mode=root "$@" trixie "$part" ${mirror:+"$mirror"}
}

make_root () {
  local options mirror part=$root.part
  remove_tree "$root"
  remove_tree "$part"
  mirror=$(host_mirror) || true
  mapfile -d "" -t options < <(mmdebstrap_options "$@")
  if is_root; then
    unpack_as_root "$part" "$mirror" "${options[@]}" || return 1
  else
    unpack_as_user "$part" "$mirror" "${options[@]}" || return 1
  fi
  # Files that bubblewrap covers with the host's.
  rm -f "$part/etc/resolv.conf" "$part/etc/localtime"
  touch "$part/etc/resolv.conf" "$part/etc/localtime"
  mkdir -p "$part/sys" "$part/run" "$part/var/tmp"
  printf '%s\n' "$@" >"$part/.lists"
  mv -T "$part" "$root"
}

# --- adding to one -----------------------------------------------------------

# in_root_to_change COMMAND…: as its root, with the root writable. An ordinary
# user becomes root over the ids lent to them, and owns it all again after.
in_root_to_change () {
  local enter=(
    bwrap --bind "$root" / --dev /dev --unshare-pid --proc /proc
    --tmpfs /run --perms 1777 --tmpfs /tmp --die-with-parent
    --ro-bind /etc/resolv.conf /etc/resolv.conf
    --setenv DEBIAN_FRONTEND noninteractive
    --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin --
  )
  if is_root; then
    "${enter[@]}" "$@"
  else
    # shellcheck disable=SC2016
    "${as_lender[@]}" bash -c '
      root=$1 status=0; shift
      "$@" || status=$?
      chown -R --no-dereference 0:0 "$root"
      exit $status' bash "$root" "${enter[@]}" "$@"
  fi
}

add_to_root () {
  local packages lists
  lists=$(cat "$root/.lists")
  mapfile -t packages < <(packages_of "$@")
  if [ "${#packages[@]}" -gt 0 ]; then
    in_root_to_change apt-get update || return 1
    rm "$root/.lists"
    in_root_to_change sh -c \
      'apt-get install -y --no-install-recommends "$@" && apt-get clean &&
       rm -rf /var/lib/apt/lists/*' sh "${packages[@]}" || return 1
  fi
  printf '%s\n' "$lists" "$@" | sort -u >"$root/.lists.new"
  mv "$root/.lists.new" "$root/.lists"
}

# extend_root LIST…: adds to it where this system can, else makes it anew
extend_root () {
  local lists
  mapfile -t lists <"$root/.lists"
  if is_root || "${as_lender[@]}" true; then
    add_to_root "$@"
  else
    make_root "${lists[@]}" "$@"
  fi
}

# ensure_root LIST…: a whole root that has them, and the host's tools for it
ensure_root () {
  local list wanted=()
  if root_has "$@"; then
    return
  fi
  begin_set_up
  if [ -n "$lacks" ] && [ ! -e "$root/.lists" ]; then
    say "this system lacks: $(in_words <<<"$lacks")"
  fi
  require_tools
  require_lent_ids
  require_namespaces
  if [ ! -e "$root/.lists" ]; then
    step "making a Debian 13 root in $root (one to three minutes)" \
      make_root "$@" || die "the root could not be made"
  elif ! root_has "$@"; then
    for list; do
      root_has "$list" || wanted+=("$list")
    done
    step "adding to the Debian 13 root what is needed to ${wanted[*]}" \
      extend_root "${wanted[@]}" || die "it could not be added"
  fi
  end_set_up
}

# --- running in it -----------------------------------------------------------

# The host's directories that the root doesn't have of its own.
own_directories () {
  local path
  for path in /*; do
    case ${path#/} in
      bin | boot | dev | etc | lib* | lost+found | proc | run | sbin | sys \
        | usr | var) ;;
      *) [ ! -d "$path" ] || [ ! -r "$path" ] || printf '%s\n' "$path" ;;
    esac
  done
  printf '%s\n' /var/tmp
}

# Sets `view`: what bubblewrap shows of the host.
view_of_host () {
  local path directories runtime=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
  view=(
    --ro-bind "$root" /
    --dev-bind /dev /dev
    --ro-bind-try /sys /sys
    --tmpfs /run
    --ro-bind-try /run/dbus /run/dbus
    --ro-bind-try /run/udev /run/udev
    --ro-bind-try /etc/resolv.conf /etc/resolv.conf
    --ro-bind-try /etc/hosts /etc/hosts
    --ro-bind-try /etc/localtime /etc/localtime
  )
  [ ! -s /etc/machine-id ] \
    || view+=(--ro-bind /etc/machine-id /etc/machine-id)
  mapfile -t directories < <(own_directories)
  for path in "${directories[@]}"; do
    [ -d "$root$path" ] || mkdir -p "$root$path"
    view+=(--bind "$path" "$path")
  done
  # A home or a project below one of the root's own directories, where the
  # root has nothing itself.
  for path in "$HOME" "$top" "$PWD"; do
    case $path in
      /tmp/* | /var/tmp/* | /run/*) ;;
      /var/*/* | /usr/*/* | /etc/*/*)
        [ -z "$(ls -A "$root$path" 2>/dev/null)" ] || continue
        mkdir -p "$root$path"
        view+=(--bind "$path" "$path")
        ;;
    esac
  done
  # Sockets of the display, of sound and of the message bus.
  view+=(--bind-try "$runtime" "$runtime")
  case ${XAUTHORITY:-} in
    /run/*) view+=(--ro-bind-try "$XAUTHORITY" "$XAUTHORITY") ;;
  esac
  # What speaks of the host's libraries has no meaning there.
  for path in LD_LIBRARY_PATH LD_PRELOAD GIO_EXTRA_MODULES GIO_MODULE_DIR \
    GST_PLUGIN_PATH GST_PLUGIN_SYSTEM_PATH GDK_PIXBUF_MODULE_FILE GTK_PATH \
    PKG_CONFIG_PATH PYTHONPATH PYTHONHOME XDG_DATA_DIRS CC CFLAGS LDFLAGS; do
    view+=(--unsetenv "$path")
  done
}

# account_line FILE ID: the root's own accounts and that of whoever runs this
account_line () {
  cat "$root/etc/$1"
  grep -qE "^[^:]*:[^:]*:$2:" "$root/etc/$1" || getent "$1" "$2" || true
}

# in_root --tty|--alone COMMAND…: signals to dev go on to COMMAND. --alone: it
# has its own process ids, so whatever it starts ends with it.
in_root () {
  local how=$1 view status=0 inner info signal=TERM
  shift
  view_of_host
  if [ "$how" = --alone ]; then
    view+=(--unshare-pid --proc /proc)
    signal=KILL
  else
    view+=(--bind /proc /proc)
  fi
  # A file that has no name: nothing is left of it, whatever happens.
  info=$(mktemp)
  exec 5<>"$info"
  rm "$info"
  # bubblewrap would die of a signal before its child has ended cleanly, so it
  # ignores them and its child alone gets them.
  (
    trap '' INT QUIT TERM HUP
    exec bwrap "${view[@]}" --die-with-parent --chdir "$PWD" --info-fd 9 \
      --ro-bind-data 10 /etc/passwd --ro-bind-data 11 /etc/group -- \
      env --default-signal=INT,QUIT,TERM,HUP "$@" \
      9>&5 5>&- 10< <(account_line passwd "$(id -u)") \
      11< <(account_line group "$(id -g)") 8>&- 7>&- 6>&-
  ) <&0 &
  inner=$!
  # shellcheck disable=SC2064
  trap "forward $signal" TERM HUP
  trap : INT QUIT
  while :; do
    status=0
    wait "$inner" || status=$?
    kill -0 "$inner" 2>/dev/null || break
  done
  trap - INT QUIT TERM HUP
  exec 5>&-
  return "$status"
}

# forward SIGNAL: to the child that bubblewrap told of
forward () {
  local child
  child=$(sed -n 's/.*"child-pid": *\([0-9]*\).*/\1/p' /dev/fd/5)
  [ -z "$child" ] || kill "-$1" "$child" 2>/dev/null || true
}
