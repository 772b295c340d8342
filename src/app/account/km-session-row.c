/* km-session-row.c: one place where somebody is signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-session-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "km-format.h"

#define NAME_CLUSTERS 60
#define HOUR_MS (G_GINT64_CONSTANT (60) * 60 * 1000)
#define DAY_HOURS 24

/**
 * km_session_row_describe:
 * @idle_ms: for how long it wasn't used; a server knows it to an hour
 *
 * Returns: (transfer full): that in words
 */
char *
km_session_row_describe (gint64 idle_ms)
{
  gint64 hours = MAX (idle_ms, 0) / HOUR_MS;
  gint64 days = hours / DAY_HOURS;

  if (hours < 2)
    return g_strdup (_("Active recently"));
  if (days < 1)
    return g_strdup_printf (ngettext ("Active %d hour ago",
                                      "Active %d hours ago", (gulong) hours),
                            (int) hours);
  return g_strdup_printf (ngettext ("Active %d day ago",
                                    "Active %d days ago", (gulong) days),
                          (int) days);
}

static char *
dup_name (KmAccountSession *session)
{
  const char *device = km_account_session_get_device (session);

  return device != NULL ? km_format_short_name (device, NAME_CLUSTERS)
                        : g_strdup (_("Unknown Device"));
}

static char *
dup_subtitle (KmAccountSession *session)
{
  g_autofree char *date
    = km_format_date (km_account_session_get_made_at (session));
  /* Translators: a day and a time */
  g_autofree char *since = g_strdup_printf (_("Signed in on %s"), date);
  g_autofree char *use = NULL;

  if (km_account_session_get_current (session))
    use = g_strdup (_("This device"));
  else
    use = km_session_row_describe (
      g_get_real_time () / 1000 - km_account_session_get_used_at (session));

  return g_strjoin ("\n", use, since, NULL);
}

static GtkWidget *
make_button (KmAccountSession *session,
             const char       *name)
{
  /* Translators: the name of a device */
  g_autofree char *label = g_strdup_printf (_("Sign Out on %s"), name);
  GtkWidget *button = gtk_button_new_with_label (_("Sign Out"));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  /* Its own label says too little, and would be asked first. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button),
                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s",
                                    km_account_session_get_id (session));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), KM_SESSION_ROW_END);

  return button;
}

/**
 * km_session_row_new:
 * @session: where somebody is signed in
 *
 * Returns: (transfer floating): a row for it, with a button to sign out there
 *   unless it is here
 */
GtkWidget *
km_session_row_new (KmAccountSession *session)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = dup_name (session);
  g_autofree char *subtitle = dup_subtitle (session);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (
    ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("computer-symbolic"));
  if (!km_account_session_get_current (session))
    adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                               make_button (session, name));

  return row;
}
