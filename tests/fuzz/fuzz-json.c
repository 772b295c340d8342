/* fuzz-json.c: any bytes as JSON of a stranger
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is taken is one object; what a getter hands out keeps its promise and
 * is the same when it was written and read again; and whatever else should be
 * in there is read, or isn't what it should be.
 */

#include <string.h>

#include "km-json.h"

#define BYTES_MAX 2000

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

static JsonObject *
read_back (GString *out)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  g_string_append_c (out, '}');
  object = km_json_parse (out->str, out->len, &error);
  g_assert_no_error (error);

  return object;
}

static void
check_string (JsonObject *object,
              const char *member)
{
  const char *text = km_json_get_string (object, member, BYTES_MAX);
  g_autoptr (GString) out = g_string_new ("{");
  g_autoptr (JsonObject) again = NULL;

  if (text == NULL)
    return;

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (strlen (text), <=, BYTES_MAX);
  km_json_append_member (out, "a", text);
  again = read_back (out);
  g_assert_cmpstr (km_json_get_string (again, "a", BYTES_MAX), ==, text);
}

static void
check_integer (JsonObject *object,
               const char *member)
{
  g_autoptr (GString) out = g_string_new ("{");
  g_autoptr (JsonObject) again = NULL;
  gint64 value, back;

  if (!km_json_get_integer (object, member, -1000, G_MAXINT64, &value))
    return;

  g_assert_cmpint (value, >=, -1000);
  km_json_append_integer (out, "a", value);
  again = read_back (out);
  g_assert_true (km_json_get_integer (again, "a", value, value, &back));
  g_assert_cmpint (back, ==, value);
}

static void
check_members (JsonObject *object)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *link = members; link != NULL; link = link->next)
    {
      gboolean flag;

      check_string (object, link->data);
      check_integer (object, link->data);
      if (km_json_get_flag (object, link->data, &flag))
        g_assert_cmpint (flag, ==, km_json_get_boolean (object, link->data));
      if (km_json_get_object (object, link->data) != NULL)
        check_members (km_json_get_object (object, link->data));
    }
}

/* They own what they read; the sanitizers look on. */
static void
read_as_all_that_it_may_be (JsonObject *object)
{
  g_autoptr (KmAccountInfo) account = km_account_info_from_json (object);
  g_autoptr (KmRoomInfo) room = km_room_info_from_json (object);
  g_autoptr (KmPerson) person = km_person_from_json (object);
  g_autoptr (KmGift) gift = km_gift_from_json (object);
  g_autoptr (KmGiftInfo) given = km_gift_info_from_json (object);
  g_autoptr (KmPollInfo) poll = km_poll_info_from_json (object,
                                                        KM_POLL_PART_ASK);
  g_autoptr (KmPollQuestion) question = km_poll_question_from_json (object,
                                                                    NULL);
  g_autoptr (KmStreamSummary) summary = km_stream_summary_from_json (object);
  g_autofree char *names = km_names_from_json (object);
  g_autoptr (GError) error = km_json_get_error (object);

  g_assert_true (error == NULL || error->message != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = km_json_parse ((const char *) data, size,
                                                 &error);

  g_assert_true ((object == NULL) == (error != NULL));
  if (object == NULL)
    return 0;

  check_members (object);
  read_as_all_that_it_may_be (object);

  return 0;
}
