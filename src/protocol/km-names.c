/* km-names.c: what one thing is called in several languages
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names travel and are stored as the text of one JSON object, language to
 * name: {"en":"Rose","zh_CN":"玫瑰"}. Nobody between the catalogue and the
 * widget that shows one of them needs to look inside.
 *
 * Thread: any.
 */

#include "km-names.h"

#include "km-json.h"

#define NAMES_BYTES_MAX (KM_NAMES_MAX * (KM_NAME_TEXT_BYTES_MAX + 64))
#define FALLBACK_LANGUAGE "en"

/**
 * km_names_from_json:
 * @object: (nullable): what should be names
 *
 * Returns: (nullable) (transfer full): them as a text, without what isn't a
 *   name; %NULL when nothing is left
 */
char *
km_names_from_json (JsonObject *object)
{
  g_autoptr (GString) out = g_string_new ("{");
  g_autoptr (GList) languages =
    object != NULL ? json_object_get_members (object) : NULL;
  guint n_names = 0;

  for (GList *link = languages; link != NULL && n_names < KM_NAMES_MAX;
       link = link->next)
    {
      const char *name = km_json_get_string (object, link->data,
                                             KM_NAME_TEXT_BYTES_MAX);

      if (name == NULL || strlen (link->data) > 32 ||
          !g_str_is_ascii (link->data))
        continue;
      km_json_append_member (out, link->data, name);
      n_names++;
    }
  g_string_append_c (out, '}');

  return n_names > 0 ? g_string_free_and_steal (g_steal_pointer (&out)) : NULL;
}

/**
 * km_names_pick:
 * @names: (nullable): names as a text
 * @languages: (nullable) (array zero-terminated=1): the languages somebody
 *   reads, the best one first: g_get_language_names()
 *
 * Returns: (nullable) (transfer full): the name to show: of the first language
 *   that has one, else the English one, else any; %NULL: there is none
 */
char *
km_names_pick (const char        *names,
               const char *const *languages)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GList) all = NULL;
  gsize length = names != NULL ? strnlen (names, NAMES_BYTES_MAX) : 0;
  const char *name = NULL;

  object = km_json_parse (names, length, NULL);
  if (object == NULL)
    return NULL;

  for (guint i = 0; name == NULL && languages != NULL && languages[i] != NULL;
       i++)
    name = km_json_get_string (object, languages[i], KM_NAME_TEXT_BYTES_MAX);
  if (name == NULL)
    name = km_json_get_string (object, FALLBACK_LANGUAGE,
                               KM_NAME_TEXT_BYTES_MAX);
  all = json_object_get_members (object);
  for (GList *link = all; name == NULL && link != NULL; link = link->next)
    name = km_json_get_string (object, link->data, KM_NAME_TEXT_BYTES_MAX);

  return g_strdup (name);
}
