/* test-outbox.c: what was typed survives a crash, and nothing comes twice
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-outbox.h"
#include "km-test-process.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("outbox");
  self->path = g_build_filename (self->directory, "new", "outbox.jsonl", NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->path);
}

static KmUnsent *
make (const char *text)
{
  KmUnsent *unsent = km_unsent_new (KM_UNSENT_CHAT, "42", "7");

  unsent->text = g_strdup (text);
  unsent->mode = KM_CHAT_MODE_TOP;
  unsent->color = 0xff8800;
  unsent->time_ms = 12345;
  unsent->at_ms = 1763700000123;

  return unsent;
}

static void
on_synced (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static gboolean
add (KmOutbox        *outbox,
     const KmUnsent  *unsent,
     GError         **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (!km_outbox_add (outbox, unsent, error))
    return FALSE;

  km_outbox_sync_async (outbox, NULL, on_synced, &result);
  g_assert_true (km_test_wait_until (is_set, &result, 10));

  return km_outbox_sync_finish (outbox, result, error);
}

static void
assert_texts (const char *path,
              const char *room,
              const char *account,
              const char *expected)
{
  g_autoptr (KmOutbox) outbox = km_outbox_new (path);
  g_autoptr (GPtrArray) list = km_outbox_list (outbox, room, account);
  g_autoptr (GString) texts = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (texts, "[%s]",
                            ((KmUnsent *) list->pdata[i])->text);
  g_assert_cmpstr (texts->str, ==, expected);
}

static void
test_kept_as_it_was (Fixture       *self,
                     gconstpointer  data)
{
  g_autoptr (KmUnsent) unsent = make ("大家好 👋 \"quoted\"\nand two lines");
  g_autoptr (KmOutbox) again = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const KmUnsent *kept;
  GStatBuf status;

  {
    g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);

    g_assert_true (add (outbox, unsent, NULL));
  }

  again = km_outbox_new (self->path);
  list = km_outbox_list (again, "42", "7");
  g_assert_cmpuint (list->len, ==, 1);
  kept = list->pdata[0];
  g_assert_cmpstr (kept->id, ==, unsent->id);
  g_assert_cmpstr (kept->text, ==, unsent->text);
  g_assert_cmpint (kept->mode, ==, unsent->mode);
  g_assert_cmphex (kept->color, ==, unsent->color);
  g_assert_cmpint (kept->time_ms, ==, unsent->time_ms);
  g_assert_cmpint (kept->at_ms, ==, unsent->at_ms);

  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);
}

static void
test_gift_beside_messages (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (KmUnsent) message = make ("said");
  g_autoptr (KmUnsent) gift = km_unsent_new (KM_UNSENT_GIFT, "42", "7");
  g_autoptr (KmOutbox) again = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const KmUnsent *kept;

  gift->gift = g_strdup ("rose");
  gift->count = 520;
  gift->confirmed = TRUE;
  {
    g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);

    g_assert_true (add (outbox, message, NULL));
    g_assert_true (add (outbox, gift, NULL));
  }

  again = km_outbox_new (self->path);
  list = km_outbox_list (again, "42", "7");
  g_assert_cmpuint (list->len, ==, 2);
  kept = list->pdata[1];
  g_assert_cmpint (kept->kind, ==, KM_UNSENT_GIFT);
  g_assert_cmpstr (kept->id, ==, gift->id);
  g_assert_cmpstr (kept->gift, ==, "rose");
  g_assert_cmpint (kept->count, ==, 520);
  g_assert_true (kept->confirmed);
  g_assert_cmpint (kept->time_ms, ==, -1);
  g_assert_cmpint (kept->at_ms, ==, gift->at_ms);
}

/* A file of the first version, and what a later one put beside it. */
static void
test_other_versions (Fixture       *self,
                     gconstpointer  data)
{
  static const char before[] =
    "{\"id\":\"0123456789abcdefghjkmnpqrs\",\"room\":\"42\",\"account\":\"7\","
    "\"text\":\"old\",\"mode\":\"top\",\"color\":255,\"time_ms\":-1,"
    "\"at\":1763700000123}\n";
  static const char later[] =
    "{\"v\":4,\"kind\":\"chant\",\"id\":\"1123456789abcdefghjkmnpqrs\","
    "\"room\":\"42\",\"account\":\"7\"}\n";
  g_autofree char *text = g_strconcat (before, later, "rubbish\n", NULL);
  g_autofree char *kept = NULL;
  g_autoptr (KmUnsent) unsent = make ("now");

  {
    g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);

    g_assert_true (add (outbox, unsent, NULL));
  }
  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  {
    g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);
    g_autoptr (GPtrArray) list = km_outbox_list (outbox, "42", "7");
    const KmUnsent *old = list->pdata[0];

    g_assert_cmpuint (list->len, ==, 1);
    g_assert_cmpint (old->kind, ==, KM_UNSENT_CHAT);
    g_assert_cmpstr (old->text, ==, "old");
    g_assert_cmpint (old->mode, ==, KM_CHAT_MODE_TOP);

    /* The last one that this version knows: the file isn't emptied. */
    km_outbox_remove (outbox, old->id);
  }
  assert_texts (self->path, "42", "7", "");
  g_assert_true (g_file_get_contents (self->path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, later);
}

static void
test_on_disk_when_told (Fixture       *self,
                        gconstpointer  data)
{
  g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);
  g_autoptr (KmUnsent) unsent = make ("before the crash");

  /* The first object is still there: nothing is flushed by its end. */
  g_assert_true (add (outbox, unsent, NULL));
  assert_texts (self->path, "42", "7", "[before the crash]");
}

static void
test_acknowledged_is_gone (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (KmUnsent) one = make ("one");
  g_autoptr (KmUnsent) two = make ("two");
  g_autoptr (KmUnsent) three = make ("three");

  {
    g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);

    g_assert_true (add (outbox, one, NULL));
    g_assert_true (add (outbox, two, NULL));
    g_assert_true (add (outbox, three, NULL));
    km_outbox_remove (outbox, two->id);
  }

  assert_texts (self->path, "42", "7", "[one][three]");
  assert_texts (self->path, "42", "7", "[one][three]");
  assert_texts (self->path, "42", "8", "");
  assert_texts (self->path, "43", "7", "");
}

static void
test_empty_again_is_small (Fixture       *self,
                           gconstpointer  data)
{
  GStatBuf status;

  {
    g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);

    for (guint i = 0; i < 10; i++)
      {
        g_autoptr (KmUnsent) unsent = make ("hello");

        g_assert_true (add (outbox, unsent, NULL));
        km_outbox_remove (outbox, unsent->id);
      }
  }

  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, 0);
}

static void
test_torn_line_is_dropped (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (KmUnsent) one = make ("whole");
  g_autoptr (KmUnsent) two = make ("torn");
  g_autoptr (KmUnsent) three = make ("after");
  g_autofree char *text = NULL;
  gsize length;

  {
    g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);

    g_assert_true (add (outbox, one, NULL));
    g_assert_true (add (outbox, two, NULL));
  }

  /* The machine stopped while the second line was written. */
  g_assert_true (g_file_get_contents (self->path, &text, &length, NULL));
  for (gsize cut = 1; cut < 60; cut += 7)
    {
      g_assert_true (g_file_set_contents (self->path, text,
                                          (gssize) (length - cut), NULL));
      {
        g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);

        g_assert_true (add (outbox, three, NULL));
      }
      assert_texts (self->path, "42", "7", "[whole][after]");
    }
}

static void
test_rubbish_is_skipped (Fixture       *self,
                         gconstpointer  data)
{
  g_autoptr (KmUnsent) unsent = make ("good");
  g_autofree char *text = NULL;
  g_autofree char *spoilt = NULL;

  {
    g_autoptr (KmOutbox) outbox = km_outbox_new (self->path);

    g_assert_true (add (outbox, unsent, NULL));
  }

  g_assert_true (g_file_get_contents (self->path, &text, NULL, NULL));
  spoilt = g_strconcat ("\n{}\n[1]\n{\"id\":\"../../x\",\"room\":\"42\"}\n",
                        "{\"done\":42}\n\xff\xfe\n", text, text, "{\"id", NULL);
  g_assert_true (g_file_set_contents (self->path, spoilt, -1, NULL));
  assert_texts (self->path, "42", "7", "[good]");
}

static void
test_full_disk_says_so (Fixture       *self,
                        gconstpointer  data)
{
  g_autoptr (KmOutbox) outbox = km_outbox_new ("/dev/full");
  g_autoptr (KmUnsent) unsent = make ("no room");
  g_autoptr (GError) error = NULL;

  g_assert_false (add (outbox, unsent, &error));
  g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/outbox/" name, Fixture, NULL, set_up, function,       \
              tear_down)
  ADD ("kept-as-it-was", test_kept_as_it_was);
  ADD ("gift-beside-messages", test_gift_beside_messages);
  ADD ("other-versions", test_other_versions);
  ADD ("on-disk-when-told", test_on_disk_when_told);
  ADD ("acknowledged-is-gone", test_acknowledged_is_gone);
  ADD ("empty-again-is-small", test_empty_again_is_small);
  ADD ("torn-line-is-dropped", test_torn_line_is_dropped);
  ADD ("rubbish-is-skipped", test_rubbish_is_skipped);
  ADD ("full-disk-says-so", test_full_disk_says_so);
#undef ADD
  return g_test_run ();
}
