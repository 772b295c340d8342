/* km-test-sandbox.c: runs a program as it would run in a sandbox
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * km-test-sandbox PROGRAM ARGUMENT…: what libraries look at to know that they
 * are in a Flatpak is there (/.flatpak-info), and what a Flatpak doesn't get
 * isn't: PipeWire's socket. All else is as outside. That takes a mount
 * namespace with a root of its own, into which everything is bound; the
 * process stays the same, so that its id is the program's.
 *
 * Exits with 77 when the system doesn't let it.
 */

#include <err.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SKIPPED 77

static const char info[] =
  "[Application]\n"
  "name=io.github.kaimu_live.Kaimu\n"
  "runtime=runtime/org.gnome.Platform/x86_64/50\n"
  "\n"
  "[Context]\n"
  "shared=network;ipc;\n"
  "sockets=x11;wayland;fallback-x11;pulseaudio;\n"
  "devices=dri;\n";

/* In one write, as the files in /proc want it. */
static void
put (const char *path,
     const char *text)
{
  gssize length = (gssize) strlen (text);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

  if (fd < 0 || write (fd, text, strlen (text)) != length || close (fd) != 0)
    err (SKIPPED, "%s", path);
}

static void
bind_mount (const char *from,
            const char *to)
{
  if (mount (from, to, NULL, MS_BIND | MS_REC, NULL) != 0)
    err (SKIPPED, "%s on %s", from, to);
}

/* As whoever started it, and nobody else. */
static void
enter_namespaces (void)
{
  g_autofree char *users = g_strdup_printf ("%u %u 1", getuid (), getuid ());
  g_autofree char *groups = g_strdup_printf ("%u %u 1", getgid (), getgid ());

  if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
    err (SKIPPED, "no namespaces");

  put ("/proc/self/setgroups", "deny");
  put ("/proc/self/uid_map", users);
  put ("/proc/self/gid_map", groups);
  if (mount (NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) != 0)
    err (SKIPPED, "/");
}

static void
copy_entry (const char *name,
            const char *root)
{
  g_autofree char *from = g_build_filename ("/", name, NULL);
  g_autofree char *to = g_build_filename (root, name, NULL);
  g_autofree char *target = g_file_read_link (from, NULL);

  if (target != NULL)
    {
      if (symlink (target, to) != 0)
        err (SKIPPED, "%s", to);
    }
  else if (g_file_test (from, G_FILE_TEST_IS_DIR))
    {
      if (g_mkdir (to, 0755) != 0)
        err (SKIPPED, "%s", to);
      bind_mount (from, to);
    }
}

static void
hide (const char *root,
      const char *path)
{
  g_autofree char *inside = g_build_filename (root, path, NULL);

  if (g_file_test (inside, G_FILE_TEST_EXISTS))
    bind_mount ("/dev/null", inside);
}

static void
make_root (const char *root)
{
  g_autofree char *info_path = g_build_filename (root, ".flatpak-info", NULL);
  g_autoptr (GDir) top = g_dir_open ("/", 0, NULL);
  const char *name;

  /* Not bindable: else it would be bound into itself. */
  if (mount ("root", root, "tmpfs", 0, NULL) != 0 ||
      mount (NULL, root, NULL, MS_UNBINDABLE, NULL) != 0)
    err (SKIPPED, "%s", root);

  while (top != NULL && (name = g_dir_read_name (top)) != NULL)
    copy_entry (name, root);
  put (info_path, info);
}

int
main (int    argc,
      char **argv)
{
  const char *runtime_dir = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *root = NULL;
  g_autofree char *socket = NULL;

  if (argc < 2 || runtime_dir == NULL)
    errx (2, "usage: %s PROGRAM ARGUMENT…, with XDG_RUNTIME_DIR", argv[0]);

  root = g_build_filename (runtime_dir, "sandbox-XXXXXX", NULL);
  if (g_mkdtemp (root) == NULL)
    err (SKIPPED, "%s", root);
  socket = g_build_filename (runtime_dir, "pipewire-0", NULL);
  enter_namespaces ();
  make_root (root);
  hide (root, socket);
  if (chroot (root) != 0 || chdir (here) != 0)
    err (SKIPPED, "%s", root);

  /* New credentials have made the kernel forget it. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);

  execvp (argv[1], argv + 1);
  err (127, "%s", argv[1]);
}
