/* km-catalogue-file.c: the gifts that a directory describes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One group of a key file a gift, and an SVG beside it. All of it is taken or
 * nothing: whoever wrote it is told the first line that is wrong and why.
 * GKeyFile knows no lines and takes a group that is there twice for one, so
 * those are found here first.
 *
 * Thread: any.
 */

#include "km-catalogue-file.h"

#include <string.h>

#include "km-ledger.h"

/* Where things stand in the file, from 1 on. */
typedef struct
{
  char **lines;
  GHashTable *groups; /* name to line */
} Lines;

static void
lines_clear (Lines *self)
{
  g_clear_pointer (&self->lines, g_strfreev);
  g_clear_pointer (&self->groups, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lines, lines_clear)

static gboolean
refuse_line (guint        line,
             const char  *reason,
             GError     **error)
{
  g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_CATALOGUE,
               "line %u: %s", line, reason);

  return FALSE;
}

static gboolean
read_line (Lines       *self,
           const char  *line,
           guint        number,
           GError     **error)
{
  const char *end = strrchr (line, ']');

  if (line[0] == '\0' || line[0] == '#')
    return TRUE;

  if (line[0] == '[' && end != NULL && end[1] == '\0')
    {
      if (g_hash_table_insert (self->groups,
                               g_strndup (line + 1,
                                          (gsize) (end - line - 1)),
                               GUINT_TO_POINTER (number)))
        return TRUE;
      return refuse_line (number, "this gift is described twice", error);
    }

  if (strchr (line, '=') == NULL)
    return refuse_line (number, "neither “[gift]” nor “Key=value”", error);
  if (g_hash_table_size (self->groups) == 0)
    return refuse_line (number, "there is no [gift] above it", error);

  return TRUE;
}

static gboolean
find_lines (Lines       *self,
            const char  *text,
            GError     **error)
{
  self->lines = g_strsplit (text, "\n", -1);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; self->lines[i] != NULL; i++)
    {
      if (!read_line (self, g_strstrip (self->lines[i]), i + 1, error))
        return FALSE;
    }

  return TRUE;
}

/* The line of a key, or of its group when it isn't there. */
static guint
find_key (const Lines *self,
          const char  *group,
          const char  *key)
{
  guint first =
    GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, group));

  for (guint i = first; key != NULL && self->lines[i] != NULL &&
                        self->lines[i][0] != '['; i++)
    {
      const char *line = self->lines[i];

      if (g_str_has_prefix (line, key) &&
          strchr (" \t=", line[strlen (key)]) != NULL)
        return i + 1;
    }

  return first;
}

/* Name[zh_CN] to zh_CN; NULL: not that. */
static char *
parse_language (const char *key)
{
  const char *language = g_str_has_prefix (key, "Name[") ? key + 5 : "";
  gsize length = strspn (language, "abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ_@");

  if (length < 2 || length > 20 || !g_str_equal (language + length, "]"))
    return NULL;

  return g_strndup (language, length);
}

static char *
dup_value (GKeyFile    *file,
           const char  *group,
           const char  *key,
           GError     **error)
{
  char *value = g_key_file_get_value (file, group, key, error);

  return value != NULL ? g_strchomp (value) : NULL;
}

static gboolean
read_names (KmGiftKind  *kind,
            GKeyFile    *file,
            GError     **error)
{
  g_autoptr (GHashTable) translations =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *name = dup_value (file, kind->id, "Name", error);
  g_auto (GStrv) keys = NULL;

  if (name == NULL)
    return FALSE;

  keys = g_key_file_get_keys (file, kind->id, NULL, NULL);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *language = parse_language (keys[i]);

      if (language != NULL)
        g_hash_table_insert (translations, g_steal_pointer (&language),
                             dup_value (file, kind->id, keys[i], NULL));
    }

  return km_gift_kind_set_names (kind, name, translations, error);
}

static gboolean
read_number (GKeyFile    *file,
             const char  *group,
             const char  *key,
             gint64       max,
             gint64      *number,
             GError     **error)
{
  g_autofree char *value = dup_value (file, group, key, error);

  return value != NULL &&
         g_ascii_string_to_signed (value, 10, 1, max, number, error);
}

static gboolean
read_art (KmGiftKind  *kind,
          GKeyFile    *file,
          const char  *directory,
          GError     **error)
{
  g_autofree char *path = NULL;
  g_autofree char *base = NULL;

  kind->art = dup_value (file, kind->id, "Art", error);
  if (kind->art == NULL || !km_gift_kind_check_id (kind->art, error))
    return FALSE;

  base = g_strconcat (kind->art, ".svg", NULL);
  path = g_build_filename (directory, base, NULL);

  return km_gift_kind_load_art (kind, path, error);
}

static gboolean
check_keys (GKeyFile     *file,
            const char   *group,
            const char  **key,
            GError      **error)
{
  static const char *const known[] = { "Name", "Price", "Tier", "Art", NULL };
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *language = parse_language (keys[i]);

      if (language != NULL || g_strv_contains (known, keys[i]))
        continue;
      *key = g_intern_string (keys[i]);
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_CATALOGUE,
                   "there is no key “%s” in a gift", keys[i]);
      return FALSE;
    }

  return TRUE;
}

/* *@key becomes the one at fault. */
static gboolean
read_kind (KmGiftKind   *kind,
           GKeyFile     *file,
           const char   *directory,
           const char  **key,
           GError      **error)
{
  gint64 tier;

  *key = NULL;
  if (!km_gift_kind_check_id (kind->id, error) ||
      !check_keys (file, kind->id, key, error))
    return FALSE;
  *key = "Name";
  if (!read_names (kind, file, error))
    return FALSE;
  *key = "Price";
  if (!read_number (file, kind->id, *key, KM_GIFT_PRICE_MAX, &kind->price,
                    error))
    return FALSE;
  *key = "Tier";
  if (!read_number (file, kind->id, *key, KM_GIFT_TIER_MAX, &tier, error))
    return FALSE;
  kind->tier = (guint) tier;
  *key = "Art";

  return read_art (kind, file, directory, error);
}

static GPtrArray *
read_kinds (GKeyFile     *file,
            const Lines  *lines,
            const char   *directory,
            GError      **error)
{
  g_autoptr (GPtrArray) kinds =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_gift_kind_free);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      KmGiftKind *kind = km_gift_kind_new ();
      g_autoptr (GError) cause = NULL;
      const char *key;

      kind->id = g_strdup (groups[i]);
      g_ptr_array_add (kinds, kind);
      if (i >= KM_CATALOGUE_KINDS_MAX)
        {
          refuse_line (find_key (lines, kind->id, NULL), "too many gifts",
                       error);
          return NULL;
        }
      if (!read_kind (kind, file, directory, &key, &cause))
        {
          refuse_line (find_key (lines, kind->id, key), cause->message, error);
          return NULL;
        }
    }

  return g_steal_pointer (&kinds);
}

/**
 * km_catalogue_file_read:
 * @directory: where %KM_CATALOGUE_FILE and the pictures are
 * @error: %KM_LEDGER_ERROR_BAD_CATALOGUE with the file, the line and the
 *   reason, or that of reading it
 *
 * Returns: (transfer full) (nullable) (element-type KmGiftKind): the gifts, in
 *   the order of the file
 */
GPtrArray *
km_catalogue_file_read (const char  *directory,
                        GError     **error)
{
  g_autofree char *path =
    g_build_filename (directory, KM_CATALOGUE_FILE, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (Lines) lines = { 0 };
  g_autofree char *text = NULL;
  GPtrArray *kinds = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;

  if (find_lines (&lines, text, error) &&
      g_key_file_load_from_data (file, text, (gsize) -1,
                                 G_KEY_FILE_KEEP_TRANSLATIONS, error))
    kinds = read_kinds (file, &lines, directory, error);
  if (kinds == NULL)
    g_prefix_error (error, "%s, ", path);

  return kinds;
}
