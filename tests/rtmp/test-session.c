/* test-session.c: what real clients say to a server, and what it says back
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "km-amf.h"
#include "km-rtmp-handshake.h"
#include "km-rtmp-reader.h"
#include "km-rtmp-session.h"
#include "km-rtmp-writer.h"

/* A session and a client that reads what it says */
typedef struct
{
  KmRtmpSession *session;
  KmRtmpReader *reader;
  gsize chunk_size;
} Fixture;

static void
set_up_raw (Fixture       *fixture,
            gconstpointer  data)
{
  fixture->session = km_rtmp_session_new (0);
  fixture->reader = km_rtmp_reader_new ();
  fixture->chunk_size = KM_RTMP_CHUNK_DEFAULT;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_rtmp_session_free (fixture->session);
  km_rtmp_reader_free (fixture->reader);
}

static GByteArray *
take_output (Fixture *fixture)
{
  GByteArray *output = km_rtmp_session_peek_output (fixture->session);
  GByteArray *taken = g_byte_array_new ();

  g_byte_array_append (taken, output->data, output->len);
  g_byte_array_set_size (output, 0);

  return taken;
}

static KmRtmpEventKind
next_event (Fixture     *fixture,
            KmRtmpEvent *event)
{
  g_autoptr (GError) error = NULL;
  KmRtmpEventKind kind = km_rtmp_session_next (fixture->session, event,
                                               &error);

  g_assert_no_error (error);
  return kind;
}

static void
assert_quiet (Fixture *fixture)
{
  KmRtmpEvent event;

  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_NONE);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  guint8 hello[1 + 2 * KM_RTMP_HANDSHAKE_SIZE] = { 3 };

  set_up_raw (fixture, data);
  km_rtmp_session_push (fixture->session, hello, sizeof hello);
  assert_quiet (fixture);
  g_byte_array_unref (take_output (fixture));
}

static void
send (Fixture      *fixture,
      guint8        type,
      guint32       time_ms,
      const guint8 *data,
      gsize         length)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  KmRtmpMessage message = { 4, type, 1, time_ms, data, length };

  km_rtmp_writer_append (output, &message, fixture->chunk_size);
  km_rtmp_session_push (fixture->session, output->data, output->len);
}

static GByteArray *
begin_command (const char *name,
               double      transaction)
{
  GByteArray *body = g_byte_array_new ();

  km_amf_write_string (body, name);
  km_amf_write_number (body, transaction);

  return body;
}

static void
send_command (Fixture    *fixture,
              const char *name,
              double      transaction,
              const char *argument)
{
  g_autoptr (GByteArray) body = begin_command (name, transaction);

  km_amf_write_null (body);
  if (argument != NULL)
    km_amf_write_string (body, argument);
  send (fixture, KM_RTMP_TYPE_COMMAND, 0, body->data, body->len);
}

static void
send_connect (Fixture    *fixture,
              const char *app,
              const char *url)
{
  g_autoptr (GByteArray) body = begin_command ("connect", 1);

  km_amf_write_begin_object (body);
  km_amf_write_name (body, "app");
  km_amf_write_string (body, app);
  km_amf_write_name (body, "tcUrl");
  km_amf_write_string (body, url);
  km_amf_write_end_object (body);
  send (fixture, KM_RTMP_TYPE_COMMAND, 0, body->data, body->len);
  assert_quiet (fixture);
}

/* What the client gets, in words: "5", "6", "_result 1", … */
static char *
read_replies (Fixture *fixture)
{
  g_autoptr (GByteArray) output = take_output (fixture);
  GString *replies = g_string_new (NULL);
  KmRtmpMessage message;

  km_rtmp_reader_push (fixture->reader, output->data, output->len);
  while (km_rtmp_reader_next (fixture->reader, &message, NULL) ==
         KM_RTMP_READ_MESSAGE)
    {
      KmAmfReader reader;
      g_autofree char *name = NULL;
      double transaction = 0;
      char *member;

      if (message.type != KM_RTMP_TYPE_COMMAND)
        {
          g_string_append_printf (replies, "%u ", message.type);
          continue;
        }
      km_amf_reader_init (&reader, message.data, message.length);
      name = km_amf_reader_read_string (&reader, 64);
      km_amf_reader_read_number (&reader, &transaction);
      g_string_append_printf (replies, "%s %g ", name, transaction);
      km_amf_reader_skip (&reader);
      if (!km_amf_reader_enter (&reader))
        continue;
      while (km_amf_reader_next_member (&reader, &member))
        {
          g_autofree char *owned = member;
          g_autofree char *text = km_amf_reader_read_string (&reader, 64);

          if (text == NULL)
            km_amf_reader_skip (&reader);
          if (g_str_equal (member, "code"))
            g_string_append_printf (replies, "%s ", text);
        }
    }

  return g_string_free (replies, FALSE);
}

#define assert_replies(fixture, expected) \
  G_STMT_START \
    { \
      g_autofree char *replies_ = read_replies (fixture); \
      g_assert_cmpstr (replies_, ==, expected); \
    } \
  G_STMT_END

static void
start_publish (Fixture *fixture)
{
  KmRtmpEvent event;

  send_connect (fixture, "live", "rtmp://x/live");
  send_command (fixture, "publish", 5, "KEY");
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_PUBLISH);
  km_rtmp_session_accept (fixture->session);
  g_free (read_replies (fixture));
}

/* 5.2: byte by byte; S1 has a zero version, S2 echoes C1. */
static void
test_handshake (Fixture       *fixture,
                gconstpointer  data)
{
  guint8 hello[1 + 2 * KM_RTMP_HANDSHAKE_SIZE];
  g_autoptr (GByteArray) output = NULL;

  for (gsize i = 0; i < sizeof hello; i++)
    hello[i] = (guint8) (i * 13);
  hello[0] = 3;
  memcpy (hello + 5, "\x09\x00\x7c\x02", 4);   /* ffmpeg's C1 version */

  for (gsize i = 0; i < sizeof hello; i++)
    {
      g_assert_false (km_rtmp_session_has_met (fixture->session));
      km_rtmp_session_push (fixture->session, hello + i, 1);
      assert_quiet (fixture);
    }
  g_assert_true (km_rtmp_session_has_met (fixture->session));

  output = take_output (fixture);
  g_assert_cmpuint (output->len, ==, 1 + 2 * KM_RTMP_HANDSHAKE_SIZE);
  g_assert_cmpuint (output->data[0], ==, 3);
  g_assert_cmpmem (output->data + 5, 4, "\0\0\0\0", 4);
  g_assert_cmpmem (output->data + 1 + KM_RTMP_HANDSHAKE_SIZE, 4, hello + 1, 4);
  g_assert_cmpmem (output->data + 1 + KM_RTMP_HANDSHAKE_SIZE + 8, 1528,
                   hello + 9, 1528);
}

static void
test_encrypted_refused (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmRtmpEvent event;

  km_rtmp_session_push (fixture->session, (const guint8[]) { 6 }, 1);
  g_assert_cmpint (km_rtmp_session_next (fixture->session, &event, &error), ==,
                   KM_RTMP_EVENT_ERROR);
  g_assert_error (error, KM_RTMP_ERROR, KM_RTMP_ERROR_PROTOCOL);
  g_assert_false (km_rtmp_session_is_open (fixture->session));
}

/* The whole of ffmpeg's way to publish, with the answers it needs. */
static void
test_ffmpeg (Fixture       *fixture,
             gconstpointer  data)
{
  KmRtmpEvent event;

  send_connect (fixture, "live", "rtmp://x:1935/live");
  /* Set Chunk Size (1) between them is obeyed by the reader. */
  assert_replies (fixture, "5 6 _result 1 NetConnection.Connect.Success ");
  send_command (fixture, "releaseStream", 2, "KEY?publish=ID");
  send_command (fixture, "FCPublish", 3, "KEY?publish=ID");
  send_command (fixture, "createStream", 4, NULL);
  assert_quiet (fixture);
  assert_replies (fixture,
                  "onFCPublish 3 NetStream.Publish.Start _result 4 ");
  send_command (fixture, "publish", 5, "KEY?publish=ID");
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_PUBLISH);
  g_assert_cmpstr (event.name, ==, "KEY");
  g_assert_cmpstr (event.query, ==, "publish=ID");
  g_assert_true (km_rtmp_session_wants_answer (fixture->session));
  km_rtmp_session_accept (fixture->session);
  assert_replies (fixture, "4 onStatus 0 NetStream.Publish.Start ");
  g_assert_cmpint (km_rtmp_session_get_role (fixture->session), ==,
                   KM_RTMP_ROLE_PUBLISHER);
}

/* GStreamer: transaction ids 0, and a string for deleteStream; and whichever
 * of three commands ends it, it ends once. */
static void
test_gstreamer (Fixture       *fixture,
                gconstpointer  data)
{
  KmRtmpEvent event;

  send_connect (fixture, "live", "rtmp://x/live");
  send_command (fixture, "releaseStream", 0, "KEY");
  send_command (fixture, "FCPublish", 0, "KEY");
  send_command (fixture, "createStream", 2, NULL);
  send_command (fixture, "publish", 0, "KEY");
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_PUBLISH);
  km_rtmp_session_accept (fixture->session);

  send_command (fixture, "FCUnpublish", 0, "KEY");
  send_command (fixture, "deleteStream", 0, "c");
  send_command (fixture, "closeStream", 0, NULL);
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_STOPPED);
  assert_quiet (fixture);
}

/* Where programs put a key: hazard of names, queries and addresses. */
static void
test_where_the_key_is (Fixture       *fixture,
                       gconstpointer  data)
{
  static const struct
  {
    const char *app, *url, *name, *key, *query;
  } cases[] = {
    { "live", "rtmp://x/live", "KEY", "KEY", NULL },
    { "live", "rtmp://x/live", "KEY?a=1", "KEY", "a=1" },
    { "live", "rtmp://x/live?a=1", "KEY", "KEY", "a=1" },
    { "live?a=1", "rtmp://x/live?a=1", "KEY?b=2", "KEY", "b=2" },
    { "live/KEY", "rtmp://x/live/KEY", "", "KEY", NULL },
    { "live/KEY?a=1", "rtmp://x/live/KEY?a=1", "", "KEY", "a=1" },
    { "live?key=KEY", "rtmp://x/live?key=KEY", "", "KEY", "key=KEY" },
    { "live", "rtmp://x/live", "?key=KEY&a=1", "KEY", "key=KEY&a=1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture own;
      KmRtmpEvent event;

      set_up (&own, NULL);
      send_connect (&own, cases[i].app, cases[i].url);
      send_command (&own, "publish", 5, cases[i].name);
      g_assert_cmpint (next_event (&own, &event), ==, KM_RTMP_EVENT_PUBLISH);
      g_assert_cmpstr (event.name, ==, cases[i].key);
      g_assert_cmpstr (event.query, ==, cases[i].query);
      tear_down (&own, NULL);
    }
}

static void
test_no_key (Fixture       *fixture,
             gconstpointer  data)
{
  send_connect (fixture, "live", "rtmp://x/live");
  g_free (read_replies (fixture));
  send_command (fixture, "publish", 5, "");
  assert_quiet (fixture);
  assert_replies (fixture, "onStatus 0 NetStream.Publish.BadName ");
  g_assert_false (km_rtmp_session_is_open (fixture->session));
}

/* Nothing is read until the question is answered, and nothing is lost. */
static void
test_asking_holds_back (Fixture       *fixture,
                        gconstpointer  data)
{
  KmRtmpEvent event;

  send_connect (fixture, "live", "rtmp://x/live");
  send_command (fixture, "publish", 5, "KEY");
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_PUBLISH);
  send (fixture, KM_RTMP_TYPE_AUDIO, 7, (const guint8 *) "abc", 3);
  assert_quiet (fixture);
  km_rtmp_session_accept (fixture->session);
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_MEDIA);
  g_assert_cmpuint (event.media.time_ms, ==, 7);
  g_assert_cmpmem (event.media.data, event.media.length, "abc", 3);
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  KmRtmpEvent event;

  send_connect (fixture, "live", "rtmp://x/live");
  g_free (read_replies (fixture));
  send_command (fixture, "publish", 5, "KEY");
  next_event (fixture, &event);
  km_rtmp_session_close (fixture->session, "error",
                         "NetStream.Publish.Denied", "No");
  assert_replies (fixture, "onStatus 0 NetStream.Publish.Denied ");
  send (fixture, KM_RTMP_TYPE_AUDIO, 0, (const guint8 *) "abc", 3);
  assert_quiet (fixture);
  g_assert_false (km_rtmp_session_is_open (fixture->session));
}

static void
test_play (Fixture       *fixture,
           gconstpointer  data)
{
  KmRtmpEvent event;

  send_connect (fixture, "live", "rtmp://x/live");
  g_free (read_replies (fixture));
  send_command (fixture, "createStream", 2, NULL);
  send_command (fixture, "getStreamLength", 3, "42");
  send_command (fixture, "play", 4, "42");
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_PLAY);
  g_assert_cmpstr (event.name, ==, "42");
  km_rtmp_session_accept (fixture->session);
  assert_replies (fixture, "_result 2 4 onStatus 0 NetStream.Play.Reset "
                           "onStatus 0 NetStream.Play.Start ");

  /* A player's media is nobody's. */
  send (fixture, KM_RTMP_TYPE_VIDEO, 0, (const guint8 *) "abc", 3);
  assert_quiet (fixture);
}

static void
test_nothing_before_connect (Fixture       *fixture,
                             gconstpointer  data)
{
  send_command (fixture, "createStream", 2, NULL);
  send_command (fixture, "publish", 5, "KEY");
  send (fixture, KM_RTMP_TYPE_VIDEO, 0, (const guint8 *) "abc", 3);
  assert_quiet (fixture);
  assert_replies (fixture, "");
}

/* @setDataFrame is taken off; AMF3 data has a zero byte in front. */
static void
test_metadata (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  KmRtmpEvent event;

  start_publish (fixture);
  km_amf_write_string (expected, "onMetaData");
  km_amf_write_null (expected);
  km_amf_write_string (body, "@setDataFrame");
  g_byte_array_append (body, expected->data, expected->len);

  send (fixture, KM_RTMP_TYPE_DATA, 0, body->data, body->len);
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_METADATA);
  g_assert_cmpmem (event.media.data, event.media.length,
                   expected->data, expected->len);

  g_byte_array_prepend (body, (const guint8[]) { 0 }, 1);
  send (fixture, KM_RTMP_TYPE_DATA_AMF3, 0, body->data, body->len);
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_METADATA);
  g_assert_cmpuint (event.media.type, ==, KM_RTMP_TYPE_DATA);
  g_assert_cmpmem (event.media.data, event.media.length,
                   expected->data, expected->len);

  g_byte_array_set_size (body, 0);
  km_amf_write_string (body, "@clearDataFrame");
  send (fixture, KM_RTMP_TYPE_DATA, 0, body->data, body->len);
  send (fixture, KM_RTMP_TYPE_DATA, 0, (const guint8 *) "\x11", 1);
  assert_quiet (fixture);
}

/* 7.1.6: tags at 5000 and 5040 in an aggregate at 100 are at 100 and 140. */
static void
test_aggregate (Fixture       *fixture,
                gconstpointer  data)
{
  static const guint8 body[] = {
    8, 0, 0, 2, 0x00, 0x13, 0x88, 0, 0, 0, 0, 'a', 'b', 0, 0, 0, 13,
    9, 0, 0, 1, 0x00, 0x13, 0xb0, 0, 0, 0, 0, 'c', 0, 0, 0, 12,
    9, 0, 0, 9, 0x00, 0x13, 0xb0, 0, 0, 0, 0, 'd',      /* cut off */
  };
  KmRtmpEvent event;

  start_publish (fixture);
  send (fixture, KM_RTMP_TYPE_AGGREGATE, 100, body, sizeof body);
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_MEDIA);
  g_assert_cmpuint (event.media.type, ==, 8);
  g_assert_cmpuint (event.media.time_ms, ==, 100);
  g_assert_cmpmem (event.media.data, event.media.length, "ab", 2);
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_MEDIA);
  g_assert_cmpuint (event.media.type, ==, 9);
  g_assert_cmpuint (event.media.time_ms, ==, 140);
  assert_quiet (fixture);
}

/* 7.1.7: the answer has the same four bytes. */
static void
test_ping (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GByteArray) output = NULL;

  send_connect (fixture, "live", "rtmp://x/live");
  g_free (read_replies (fixture));
  send (fixture, KM_RTMP_TYPE_USER_CONTROL, 0,
        (const guint8[]) { 0, 6, 1, 2, 3, 4 }, 6);
  assert_quiet (fixture);
  output = take_output (fixture);
  g_assert_cmpmem (output->data + output->len - 6, 6, "\0\7\1\2\3\4", 6);
}

/* 5.4.3: an acknowledgement for each window of bytes received. */
static void
test_acknowledges (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree guint8 *bytes = g_malloc0 (3000);
  KmRtmpEvent event;

  start_publish (fixture);
  send (fixture, KM_RTMP_TYPE_WINDOW_SIZE, 0,
        (const guint8[]) { 0, 0, 0x40, 0 }, 4);          /* 16 KiB */
  assert_quiet (fixture);
  for (guint i = 0; i < 12; i++)
    {
      send (fixture, KM_RTMP_TYPE_VIDEO, 0, bytes, 3000);
      next_event (fixture, &event);
    }
  assert_replies (fixture, "3 3 ");
}

/* Before publish a message is short; behind it a key frame may be large. */
static void
test_long_messages_need_permission (Fixture       *fixture,
                                    gconstpointer  data)
{
  g_autofree guint8 *bytes = g_malloc0 (70000);
  g_autoptr (GError) error = NULL;
  Fixture before;
  KmRtmpEvent event;

  start_publish (fixture);
  send (fixture, KM_RTMP_TYPE_VIDEO, 0, bytes, 70000);
  g_assert_cmpint (next_event (fixture, &event), ==, KM_RTMP_EVENT_MEDIA);
  g_assert_cmpuint (event.media.length, ==, 70000);

  set_up (&before, NULL);
  send (&before, KM_RTMP_TYPE_VIDEO, 0, bytes, 70000);
  g_assert_cmpint (km_rtmp_session_next (before.session, &event, &error), ==,
                   KM_RTMP_EVENT_ERROR);
  g_assert_error (error, KM_RTMP_ERROR, KM_RTMP_ERROR_LIMIT);
  tear_down (&before, NULL);
}

/* Enhanced RTMP: what the client announced is echoed, and only that. */
static void
test_extensions_echoed (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GByteArray) body = begin_command ("connect", 1);
  g_autoptr (GByteArray) output = NULL;
  const guint8 list[] = { 0x0a, 0, 0, 0, 1, 0x02, 0, 4, 'h', 'v', 'c', '1' };

  km_amf_write_begin_object (body);
  km_amf_write_name (body, "app");
  km_amf_write_string (body, "live");
  km_amf_write_name (body, "fourCcList");
  g_byte_array_append (body, list, sizeof list);
  km_amf_write_end_object (body);
  send (fixture, KM_RTMP_TYPE_COMMAND, 0, body->data, body->len);
  assert_quiet (fixture);
  output = take_output (fixture);
  g_assert_nonnull (memmem (output->data, output->len, "fourCcList", 10));
  g_assert_nonnull (memmem (output->data, output->len, list, sizeof list));
  g_assert_null (memmem (output->data, output->len, "capsEx", 6));
}

/* AMF3 commands (type 17) hold AMF0 behind a zero byte. */
static void
test_amf3_command (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (GByteArray) body = begin_command ("createStream", 9);

  send_connect (fixture, "live", "rtmp://x/live");
  g_free (read_replies (fixture));
  g_byte_array_prepend (body, (const guint8[]) { 0 }, 1);
  send (fixture, KM_RTMP_TYPE_COMMAND_AMF3, 0, body->data, body->len);
  assert_quiet (fixture);
  assert_replies (fixture, "_result 9 ");
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
    gboolean raw;
  } tests[] = {
    { "handshake-byte-by-byte", test_handshake, TRUE },
    { "encrypted-handshake-refused", test_encrypted_refused, TRUE },
    { "ffmpeg-publishes", test_ffmpeg },
    { "gstreamer-publishes-and-stops-once", test_gstreamer },
    { "key-in-name-application-or-query", test_where_the_key_is },
    { "publish-without-a-key-refused", test_no_key },
    { "asking-holds-back-and-loses-nothing", test_asking_holds_back },
    { "refused-is-told-and-closed", test_refused },
    { "play", test_play },
    { "nothing-before-connect", test_nothing_before_connect },
    { "metadata-without-set-data-frame", test_metadata },
    { "aggregate-keeps-distances", test_aggregate },
    { "ping-answered-with-its-bytes", test_ping },
    { "every-window-acknowledged", test_acknowledges },
    { "long-messages-need-permission",
      test_long_messages_need_permission },
    { "extensions-echoed", test_extensions_echoed },
    { "amf3-command", test_amf3_command },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/rtmp/session/", tests[i].path,
                                           NULL);

      g_test_add (path, Fixture, NULL, tests[i].raw ? set_up_raw : set_up,
                  tests[i].test, tear_down);
    }
  return g_test_run ();
}
