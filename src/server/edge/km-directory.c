/* km-directory.c: which rooms are live, and how many are in them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What changes by the second is no matter for a database: this table holds
 * it, fed by the post office. Rooms where nothing goes on are not in it.
 *
 * Thread: main.
 */

#include "km-directory.h"

typedef struct
{
  char *room;
  char *stream; /* NULL: not live */
  gint64 since_ms;
  guint online;
} Entry;

struct _KmDirectory
{
  GHashTable *entries;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->room);
  g_free (entry->stream);
  g_free (entry);
}

KmDirectory *
km_directory_new (void)
{
  KmDirectory *self = g_new0 (KmDirectory, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         entry_free);

  return self;
}

void
km_directory_free (KmDirectory *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

/**
 * km_directory_take:
 * @self: the directory
 * @event: something that happened
 */
void
km_directory_take (KmDirectory   *self,
                   const KmEvent *event)
{
  Entry *entry = g_hash_table_lookup (self->entries, event->room);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->room = g_strdup (event->room);
      g_hash_table_insert (self->entries, entry->room, entry);
    }

  if (event->kind == KM_EVENT_STREAM_STARTED)
    {
      g_set_str (&entry->stream, event->stream);
      entry->since_ms = event->at_ms;
    }
  else if (event->kind == KM_EVENT_STREAM_ENDED)
    {
      /* The end of an older stream is no end of the one that runs. */
      if (g_strcmp0 (entry->stream, event->stream) == 0)
        g_clear_pointer (&entry->stream, g_free);
    }
  else if (event->kind == KM_EVENT_ROOM_ONLINE)
    entry->online = event->online;

  if (entry->stream == NULL && entry->online == 0)
    g_hash_table_remove (self->entries, entry->room);
}

/**
 * km_directory_complete:
 * @self: the directory
 * @info: a room as the store has it: gets what goes on in it now
 */
void
km_directory_complete (KmDirectory *self,
                       KmRoomInfo  *info)
{
  Entry *entry = g_hash_table_lookup (self->entries, info->id);
  const char *stream = entry != NULL ? entry->stream : NULL;

  info->live = stream != NULL;
  g_set_str (&info->stream, stream);
  info->since_ms = stream != NULL ? entry->since_ms : -1;
  info->online = entry != NULL ? entry->online : 0;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const Entry *one = *(const Entry *const *) a;
  const Entry *other = *(const Entry *const *) b;

  if (one->online != other->online)
    return one->online > other->online ? -1 : 1;
  if (one->since_ms != other->since_ms)
    return one->since_ms > other->since_ms ? -1 : 1;

  return strcmp (one->room, other->room);
}

/**
 * km_directory_list_live:
 * @self: the directory
 * @n_max: how many to list at most
 *
 * Returns: (transfer full) (element-type utf8): ids of the live rooms, the
 *   fullest first, then the newest
 */
GPtrArray *
km_directory_list_live (KmDirectory *self,
                        guint        n_max)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (((Entry *) value)->stream != NULL)
        g_ptr_array_add (entries, value);
    }

  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < MIN (entries->len, n_max); i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      g_ptr_array_add (rooms, g_strdup (entry->room));
    }

  return rooms;
}

/**
 * km_directory_count_live:
 * @self: the directory
 *
 * Returns: in how many rooms a stream runs
 */
guint
km_directory_count_live (KmDirectory *self)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((Entry *) value)->stream != NULL;

  return n;
}
