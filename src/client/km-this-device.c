/* km-this-device.c: what a person calls the computer that they sit at
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server lists where somebody is signed in; they should recognise their own
 * computers there. That is the name of the computer on its network, which
 * people choose or at least have seen, and which a sandbox has, too. Where
 * nobody gave it one, it is the name of its system: the host's, not that of the
 * runtime in a sandbox. The sign-in dialog shows what will be told.
 *
 * Thread: main.
 */

#include "km-this-device.h"

#include "km-protocol.h"
#include "km-text.h"

#include <glib/gi18n-lib.h>

/* Inside a Flatpak, the host's own. */
#define HOST_OS_RELEASE "/run/host/os-release"
#define PRETTY_NAME "PRETTY_NAME="

/* Names that say nothing: what installers and images give to all. */
static const char *const nobodys[] = {
  "localhost", "localhost.localdomain", "localhost-live", "unknown", "(none)",
  "debian", "ubuntu", "fedora", "archlinux", "linux", NULL,
};

static char *
read_host_system (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (HOST_OS_RELEASE, &text, NULL, NULL))
    return NULL;

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], PRETTY_NAME))
        return g_shell_unquote (lines[i] + strlen (PRETTY_NAME), NULL);
    }

  return NULL;
}

/* Returns: (transfer full) (nullable): @text as a server takes it. */
static char *
shorten (const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  g_autofree char *cut = NULL;

  if (valid == NULL)
    return NULL;

  /* A cluster has one character at least. */
  cut = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1),
                                         KM_DEVICE_CLUSTERS_MAX));
  return km_text_clean (cut, KM_TEXT_NAME, KM_DEVICE_BYTES_MAX, NULL);
}

/**
 * km_this_device_make_name:
 * @host: (nullable): the computer's name
 * @system: (nullable): what runs on it
 *
 * Returns: (transfer full): what to call the computer
 */
char *
km_this_device_make_name (const char *host,
                          const char *system)
{
  g_autofree char *lower = host != NULL ? g_ascii_strdown (host, -1) : NULL;
  g_autofree char *name = NULL;
  g_autofree char *named_by_system = NULL;

  if (lower != NULL && !g_strv_contains (nobodys, lower))
    name = shorten (host);
  if (name != NULL)
    return g_steal_pointer (&name);

  if (system != NULL)
    /* Translators: "Kaimu on Debian GNU/Linux 13" */
    named_by_system = g_strdup_printf (_("Kaimu on %s"), system);
  name = shorten (named_by_system);

  return name != NULL ? g_steal_pointer (&name) : g_strdup ("Kaimu");
}

/**
 * km_this_device_dup_name:
 *
 * Returns: (transfer full): what to call this computer; fit to be sent
 */
char *
km_this_device_dup_name (void)
{
  g_autofree char *system = read_host_system ();

  if (system == NULL)
    system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  return km_this_device_make_name (g_get_host_name (), system);
}
