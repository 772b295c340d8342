/* km-gift-kind.c: something that can be given, and what it may be
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same rules for a gift of the catalogue's file and for one that an owner
 * adds by command.
 *
 * Thread: any (plain data).
 */

#include "km-gift-kind.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "km-ledger.h"
#include "km-text.h"

KmGiftKind *
km_gift_kind_new (void)
{
  return g_new0 (KmGiftKind, 1);
}

void
km_gift_kind_free (KmGiftKind *self)
{
  g_free (self->id);
  g_free (self->names);
  g_free (self->art);
  g_clear_pointer (&self->svg, g_bytes_unref);
  g_free (self);
}

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError     **error,
        const char  *format,
        ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (KM_LEDGER_ERROR,
                                 KM_LEDGER_ERROR_BAD_CATALOGUE, format,
                                 arguments);
  va_end (arguments);

  return FALSE;
}

/**
 * km_gift_kind_check_id:
 * @id: the id of a gift, or the name of a picture
 * @error: what is wrong with it
 *
 * Returns: whether it may stand in addresses and statements
 */
gboolean
km_gift_kind_check_id (const char  *id,
                       GError     **error)
{
  gsize length = strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789-");

  if (length == 0 || length > KM_GIFT_ID_BYTES_MAX || id[length] != '\0')
    return refuse (error, "“%s” isn't 1 to %d of a–z, 0–9 and -", id,
                   KM_GIFT_ID_BYTES_MAX);

  return TRUE;
}

/**
 * km_gift_kind_check:
 * @self: a kind of gift
 * @error: what is wrong with it
 *
 * Returns: whether it can be offered
 */
gboolean
km_gift_kind_check (KmGiftKind  *self,
                    GError     **error)
{
  if (!km_gift_kind_check_id (self->id, error))
    return FALSE;
  if (self->price < 1 || self->price > KM_GIFT_PRICE_MAX)
    return refuse (error, "the price is 1 to %d coins, not %" G_GINT64_FORMAT,
                   KM_GIFT_PRICE_MAX, self->price);
  if (self->tier < 1 || self->tier > KM_GIFT_TIER_MAX)
    return refuse (error, "the tier is 1 to %d", KM_GIFT_TIER_MAX);

  return TRUE;
}

static gboolean
add_name (JsonObject  *names,
          const char  *language,
          const char  *name,
          GError     **error)
{
  g_autofree char *clean =
    km_text_clean (name, KM_TEXT_NAME, KM_GIFT_NAME_BYTES_MAX, NULL);

  if (clean == NULL)
    return refuse (error, "“%s” is no name to show (up to %d bytes, nothing "
                   "invisible)", name, KM_GIFT_NAME_BYTES_MAX);

  json_object_set_string_member (names, language, clean);

  return TRUE;
}

/**
 * km_gift_kind_set_names:
 * @self: a kind of gift
 * @name: its name in English
 * @translations: (nullable) (element-type utf8 utf8): language to name
 * @error: which name can't be shown
 *
 * Returns: whether it is called that now
 */
gboolean
km_gift_kind_set_names (KmGiftKind  *self,
                        const char  *name,
                        GHashTable  *translations,
                        GError     **error)
{
  g_autoptr (JsonObject) names = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  GHashTableIter iter;
  gpointer language;
  gpointer translation;

  if (!add_name (names, "en", name, error))
    return FALSE;

  if (translations != NULL)
    {
      g_hash_table_iter_init (&iter, translations);
      while (g_hash_table_iter_next (&iter, &language, &translation))
        {
          if (!add_name (names, language, translation, error))
            return FALSE;
        }
    }

  json_node_set_object (node, names);
  g_free (self->names);
  self->names = json_to_string (node, FALSE);

  return TRUE;
}

/**
 * km_gift_kind_load_art:
 * @self: a kind of gift
 * @path: an SVG file
 * @error: why it isn't one that can be sent to apps
 *
 * Returns: whether it is the gift's picture now
 */
gboolean
km_gift_kind_load_art (KmGiftKind  *self,
                       const char  *path,
                       GError     **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &cause))
    return refuse (error, "%s", cause->message);
  if (length > KM_GIFT_ART_BYTES_MAX)
    return refuse (error, "%s has more than %d bytes", path,
                   KM_GIFT_ART_BYTES_MAX);
  if (!g_utf8_validate_len (text, length, NULL) ||
      strstr (text, "<svg") == NULL)
    return refuse (error, "%s is no SVG", path);

  g_clear_pointer (&self->svg, g_bytes_unref);
  self->svg = g_bytes_new_take (g_steal_pointer (&text), length);

  return TRUE;
}
