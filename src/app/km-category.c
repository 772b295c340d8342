/* km-category.c: what rooms are about, in words and pictures
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The protocol has the list; this page has how each looks. A category of a
 * newer server that isn't known here is shown as "Other".
 *
 * Thread: main.
 */

#include "km-category.h"

#include <glib/gi18n.h>

#include "km-protocol.h"

static const struct
{
  const char *id;
  const char *title;
  const char *icon;
} categories[] = {
  { "gaming", N_("Gaming"), "applications-games-symbolic" },
  { "music", N_("Music"), "folder-music-symbolic" },
  { "learning", N_("Learning"), "accessories-dictionary-symbolic" },
  { "shopping", N_("Shopping"), "package-x-generic-symbolic" },
  { "talk", N_("Talk"), "chat-message-new-symbolic" },
  { "health", N_("Health"), "emoji-activities-symbolic" },
  { "other", N_("Other"), "starred-symbolic" },
};

static guint
find (const char *category)
{
  for (guint i = 0; i < G_N_ELEMENTS (categories); i++)
    if (g_strcmp0 (categories[i].id, category) == 0)
      return i;
  return G_N_ELEMENTS (categories) - 1;
}

/**
 * km_category_get_title:
 * @category: (nullable): a category's id
 *
 * Returns: its name, translated
 */
const char *
km_category_get_title (const char *category)
{
  return _(categories[find (category)].title);
}

/**
 * km_category_get_icon:
 * @category: (nullable): a category's id
 *
 * Returns: the name of its symbolic icon
 */
const char *
km_category_get_icon (const char *category)
{
  return categories[find (category)].icon;
}

/**
 * km_category_drop_down:
 *
 * Returns: (transfer full): a list to choose one of the protocol's categories
 */
GtkWidget *
km_category_drop_down (void)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (const char *const *id = km_room_categories (); *id != NULL; id++)
    gtk_string_list_append (titles, km_category_get_title (*id));
  return gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&titles)), NULL);
}

/**
 * km_category_select:
 * @drop_down: from km_category_drop_down()
 * @category: (nullable): a category's id
 *
 * Chooses @category, or the last one when it isn't known.
 */
void
km_category_select (GtkDropDown *drop_down,
                    const char  *category)
{
  const char *const *ids = km_room_categories ();
  guint position = 0;

  while (ids[position + 1] != NULL
         && g_strcmp0 (ids[position], category) != 0)
    position++;
  gtk_drop_down_set_selected (drop_down, position);
}

/**
 * km_category_selected:
 * @drop_down: from km_category_drop_down()
 *
 * Returns: the id of the category that is chosen
 */
const char *
km_category_selected (GtkDropDown *drop_down)
{
  return km_room_categories ()[gtk_drop_down_get_selected (drop_down)];
}
