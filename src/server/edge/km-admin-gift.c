/* km-admin-gift.c: what can be given, by command
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-admin-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "km-catalogue.h"
#include "km-ledger.h"

static gboolean
apply_add (KmTransaction  *transaction,
           gpointer        data,
           GError        **error)
{
  return km_catalogue_add (transaction, data, error);
}

static gboolean
apply_retire (KmTransaction  *transaction,
              gpointer        data,
              GError        **error)
{
  return km_catalogue_retire (transaction, data, g_get_real_time () / 1000,
                              error);
}

static gboolean
apply_restore (KmTransaction  *transaction,
               gpointer        data,
               GError        **error)
{
  return km_catalogue_restore (transaction, data, error);
}

static void
say_kind (const KmGiftKind *kind,
          gboolean          retired,
          gboolean          by_owner,
          gpointer          data)
{
  g_string_append_printf (data,
                          "%-20s %8" G_GINT64_FORMAT "  %u  %-8s %-8s %s\n",
                          kind->id, kind->price, kind->tier,
                          retired ? _("retired") : _("offered"),
                          by_owner ? _("by owner") : _("by file"),
                          kind->names);
}

static gboolean
apply_list (KmTransaction  *transaction,
            gpointer        data,
            GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction, km_catalogue_list_sql, error);

  return km_catalogue_list (statement, say_kind, data, error);
}

static gboolean
list (KmAdmin  *self,
      GError  **error)
{
  g_autoptr (GString) said = g_string_new (NULL);

  if (!km_admin_visit (self, KM_VISIT_READ, apply_list, said, error))
    return FALSE;

  g_print ("%s", said->str);
  return TRUE;
}

/* The options behind `gift add ID`. */
static gboolean
parse_kind (char       **arguments,
            KmGiftKind  *kind,
            GError     **error)
{
  g_autofree char *name = NULL;
  g_autofree char *art = NULL;
  int tier = 0;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "price", 0, 0, G_OPTION_ARG_INT64, &kind->price, NULL, NULL },
    { "tier", 0, 0, G_OPTION_ARG_INT, &tier, NULL, NULL },
    { "art", 0, 0, G_OPTION_ARG_FILENAME, &art, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) rest = g_strdupv (arguments);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &rest, error))
    return FALSE;
  if (g_strv_length (rest) != 2 || name == NULL || art == NULL)
    return km_admin_misuse (error);

  kind->id = g_strdup (rest[1]);
  kind->art = g_strdup (rest[1]);
  kind->tier = (guint) CLAMP (tier, 0, KM_GIFT_TIER_MAX + 1);

  return km_gift_kind_check (kind, error)
         && km_gift_kind_set_names (kind, name, NULL, error)
         && km_gift_kind_load_art (kind, art, error);
}

static gboolean
add (KmAdmin  *self,
     GError  **error)
{
  g_autoptr (KmGiftKind) kind = km_gift_kind_new ();

  /* The first one is passed over, as a program's name. */
  if (!parse_kind (self->arguments, kind, error)
      || !km_admin_visit (self, KM_VISIT_WRITE, apply_add, kind, error))
    return FALSE;

  g_print (_("%s is offered now, for %" PRId64 " coins.\n"),
           kind->id, kind->price);
  return TRUE;
}

/**
 * km_admin_gift:
 * @self: a command: list, add …, retire ID or restore ID
 * @error: why not
 *
 * A running server offers what it changes from then on.
 *
 * Returns: whether it was done
 */
gboolean
km_admin_gift (KmAdmin  *self,
               GError  **error)
{
  guint n = g_strv_length (self->arguments);
  const char *verb = n > 0 ? self->arguments[0] : "";
  char *id = n == 2 ? self->arguments[1] : NULL;

  if (g_str_equal (verb, "list") && n == 1)
    return list (self, error);
  if (g_str_equal (verb, "add"))
    return add (self, error);

  if (g_str_equal (verb, "retire") && id != NULL)
    {
      if (!km_admin_visit (self, KM_VISIT_WRITE, apply_retire, id, error))
        return FALSE;
      g_print (_("%s is no longer offered.\n"), id);
      return TRUE;
    }
  if (g_str_equal (verb, "restore") && id != NULL)
    {
      if (!km_admin_visit (self, KM_VISIT_WRITE, apply_restore, id, error))
        return FALSE;
      g_print (_("%s is offered again.\n"), id);
      return TRUE;
    }

  return km_admin_misuse (error);
}
