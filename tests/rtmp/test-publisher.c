/* test-publisher.c: what servers say to a publisher, and what it says to them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half of it against this project's own server, byte by byte through both
 * machines; half against what other servers are known to send.
 */

#include <string.h>

#include "km-amf.h"
#include "km-rtmp-handshake.h"
#include "km-rtmp-metadata.h"
#include "km-rtmp-publisher.h"
#include "km-rtmp-reader.h"
#include "km-rtmp-session.h"
#include "km-rtmp-target.h"
#include "km-rtmp-writer.h"

#define ADDRESS "rtmp://host:1936/live/KEY?publish=ID"

/* A publisher, and another server that reads what it says. */
typedef struct
{
  KmRtmpPublisher *publisher;
  KmRtmpReader *reader;
  GError *error;
} Fixture;

static void
set_up_raw (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (KmRtmpTarget) target = km_rtmp_target_parse (ADDRESS);

  self->publisher = km_rtmp_publisher_new (target, 0);
  self->reader = km_rtmp_reader_new ();
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_rtmp_publisher_free (self->publisher);
  km_rtmp_reader_free (self->reader);
  g_clear_error (&self->error);
}

static GByteArray *
take (GByteArray *output)
{
  GByteArray *taken = g_byte_array_new ();

  g_byte_array_append (taken, output->data, output->len);
  g_byte_array_set_size (output, 0);

  return taken;
}

static void
push (Fixture      *self,
      const guint8 *data,
      gsize         length)
{
  if (!km_rtmp_publisher_push (self->publisher, data, length, &self->error))
    g_assert_nonnull (self->error);
}

/* The server has shaken hands. */
static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  guint8 hello[1 + 2 * KM_RTMP_HANDSHAKE_SIZE] = { 3 };
  GByteArray *output;

  set_up_raw (self, data);
  output = km_rtmp_publisher_peek_output (self->publisher);
  g_byte_array_set_size (output, 0);
  push (self, hello, sizeof hello);
  g_byte_array_remove_range (output, 0, KM_RTMP_HANDSHAKE_SIZE);
}

static KmRtmpPublisherState
get_state (Fixture *self)
{
  return km_rtmp_publisher_get_state (self->publisher);
}

static void
say (Fixture      *self,
     guint8        type,
     const guint8 *data,
     gsize         length)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  KmRtmpMessage message = { 3, type, 0, 0, data, length };

  km_rtmp_writer_append (output, &message, KM_RTMP_CHUNK_DEFAULT);
  push (self, output->data, output->len);
}

/* A command with a number, or with an information object. */
static void
say_command (Fixture    *self,
             const char *name,
             double      transaction,
             double      number,
             const char *level,
             const char *code,
             const char *description)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  km_amf_write_string (body, name);
  km_amf_write_number (body, transaction);
  km_amf_write_null (body);
  if (code != NULL)
    {
      km_amf_write_begin_object (body);
      km_amf_write_name (body, "level");
      km_amf_write_string (body, level);
      km_amf_write_name (body, "code");
      km_amf_write_string (body, code);
      km_amf_write_name (body, "description");
      km_amf_write_string (body, description);
      km_amf_write_end_object (body);
    }
  else
    {
      km_amf_write_number (body, number);
    }
  say (self, KM_RTMP_TYPE_COMMAND, body->data, body->len);
}

static void
say_result (Fixture *self,
            double   transaction,
            double   number)
{
  say_command (self, "_result", transaction, number, NULL, NULL, NULL);
}

static void
say_status (Fixture    *self,
            const char *level,
            const char *code,
            const char *description)
{
  say_command (self, "onStatus", 0, 0, level, code, description);
}

/* What the server gets, in words: "5", "connect 1", "publish 5 (7)", … Set
 * Chunk Size isn't among them: the reader heeds it. */
static char *
read_words (Fixture *self)
{
  g_autoptr (GByteArray) output =
    take (km_rtmp_publisher_peek_output (self->publisher));
  GString *words = g_string_new (NULL);
  KmRtmpMessage message;

  km_rtmp_reader_push (self->reader, output->data, output->len);
  while (km_rtmp_reader_next (self->reader, &message, NULL) ==
         KM_RTMP_READ_MESSAGE)
    {
      KmAmfReader reader;
      g_autofree char *name = NULL;
      double transaction = 0;

      if (words->len > 0)
        g_string_append_c (words, ' ');
      if (message.type != KM_RTMP_TYPE_COMMAND)
        {
          g_string_append_printf (words, "%u", message.type);
          continue;
        }
      km_amf_reader_init (&reader, message.data, message.length);
      name = km_amf_reader_read_string (&reader, 64);
      km_amf_reader_read_number (&reader, &transaction);
      g_string_append_printf (words, "%s %g", name, transaction);
      if (message.stream != 0)
        g_string_append_printf (words, " (%u)", message.stream);
    }

  return g_string_free (words, FALSE);
}

#define assert_words(self, expected) \
  G_STMT_START \
    { \
      g_autofree char *words_ = read_words (self); \
      g_assert_cmpstr (words_, ==, expected); \
    } \
  G_STMT_END

static void
start_publishing (Fixture *self)
{
  say_result (self, 1, 0);
  say_result (self, 4, 7);
  say_status (self, "status", "NetStream.Publish.Start", "Go");
  g_assert_no_error (self->error);
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_PUBLISHING);
  g_free (read_words (self));
}

static void
assert_failed (Fixture    *self,
               int         code,
               const char *words)
{
  g_assert_error (self->error, KM_RTMP_ERROR, code);
  g_assert_cmpstr (self->error->message, ==, words);
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_FAILED);
  g_clear_error (&self->error);
  say_status (self, "error", "NetStream.Publish.Denied", "");
  g_assert_no_error (self->error);
}

/* Carries bytes between both until neither has any. */
static void
converse (KmRtmpPublisher *publisher,
          KmRtmpSession   *session,
          gsize            step)
{
  GByteArray *there = km_rtmp_publisher_peek_output (publisher);
  GByteArray *back = km_rtmp_session_peek_output (session);

  while (there->len > 0 || back->len > 0)
    {
      g_autoptr (GByteArray) said = take (there);
      g_autoptr (GByteArray) answered = NULL;
      g_autoptr (GError) error = NULL;
      KmRtmpEvent event;

      for (gsize at = 0; at < said->len; at += step)
        {
          km_rtmp_session_push (session, said->data + at,
                                MIN (step, said->len - at));
          while (km_rtmp_session_next (session, &event, &error) !=
                 KM_RTMP_EVENT_NONE)
            {
              g_assert_no_error (error);
              if (event.kind == KM_RTMP_EVENT_PUBLISH)
                {
                  g_assert_cmpstr (event.name, ==, "KEY");
                  g_assert_cmpstr (event.query, ==, "publish=ID");
                  km_rtmp_session_accept (session);
                }
            }
        }
      answered = take (back);
      for (gsize at = 0; at < answered->len; at += step)
        km_rtmp_publisher_push (publisher, answered->data + at,
                                MIN (step, answered->len - at), &error);
      g_assert_no_error (error);
    }
}

/* Whatever the pieces are, it comes to publish; bytes through both. */
static void
test_own_server (Fixture       *self,
                 gconstpointer  data)
{
  static const gsize steps[] = { 1, 7, 1537, G_MAXUINT16 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (KmRtmpTarget) target = km_rtmp_target_parse (ADDRESS);
      g_autoptr (KmRtmpPublisher) publisher = km_rtmp_publisher_new (target,
                                                                     1);
      g_autoptr (KmRtmpSession) session = km_rtmp_session_new (2);

      converse (publisher, session, steps[i]);
      g_assert_cmpint (km_rtmp_publisher_get_state (publisher), ==,
                       KM_RTMP_PUBLISHER_PUBLISHING);
      g_assert_cmpint (km_rtmp_session_get_role (session), ==,
                       KM_RTMP_ROLE_PUBLISHER);

      km_rtmp_publisher_leave (publisher);
      converse (publisher, session, steps[i]);
      g_assert_cmpint (km_rtmp_publisher_get_state (publisher), ==,
                       KM_RTMP_PUBLISHER_LEFT);
      g_assert_cmpint (km_rtmp_session_get_role (session), ==,
                       KM_RTMP_ROLE_NONE);
    }
}

static void
expect_media (KmRtmpSession   *session,
              KmRtmpPublisher *publisher,
              KmRtmpEventKind  kind,
              KmRtmpEvent     *event)
{
  g_autoptr (GByteArray) said =
    take (km_rtmp_publisher_peek_output (publisher));
  g_autoptr (GError) error = NULL;

  km_rtmp_session_push (session, said->data, said->len);
  g_assert_cmpint (km_rtmp_session_next (session, event, &error), ==, kind);
  g_assert_no_error (error);
}

/* Many chunks long, and times around the end of 24 and of 32 bits. */
static void
test_media (Fixture       *self,
            gconstpointer  data)
{
  static const guint32 times_ms[] = { 0, 40, 0xfffffe, 0xffffff, 0x1000000,
                                      0xffffffff, 3 };
  g_autoptr (KmRtmpTarget) target = km_rtmp_target_parse (ADDRESS);
  g_autoptr (KmRtmpPublisher) publisher = km_rtmp_publisher_new (target, 1);
  g_autoptr (KmRtmpSession) session = km_rtmp_session_new (2);
  guint8 frame[20001];

  converse (publisher, session, G_MAXUINT16);
  for (guint i = 0; i < sizeof frame; i++)
    frame[i] = (guint8) (i * 7);
  for (guint i = 0; i < G_N_ELEMENTS (times_ms); i++)
    {
      KmRtmpType type = i % 2 == 0 ? KM_RTMP_TYPE_VIDEO : KM_RTMP_TYPE_AUDIO;
      KmRtmpEvent event;

      km_rtmp_publisher_send (publisher, type, times_ms[i], frame,
                              sizeof frame);
      expect_media (session, publisher, KM_RTMP_EVENT_MEDIA, &event);
      g_assert_cmpuint (event.media.type, ==, type);
      g_assert_cmpuint (event.media.time_ms, ==, times_ms[i]);
      g_assert_cmpmem (event.media.data, event.media.length, frame,
                       sizeof frame);
    }
}

static double
find_number (const KmRtmpMessage *media,
             const char          *wanted)
{
  KmAmfReader reader;
  double found = -1;
  char *name;

  km_amf_reader_init (&reader, media->data, media->length);
  km_amf_reader_skip (&reader);
  g_assert_true (km_amf_reader_enter (&reader));
  while (km_amf_reader_next_member (&reader, &name))
    {
      g_autofree char *owned = name;
      double number = 0;

      if (!km_amf_reader_read_number (&reader, &number))
        km_amf_reader_skip (&reader);
      else if (g_str_equal (name, wanted))
        found = number;
    }

  return found;
}

static void
test_metadata (Fixture       *self,
               gconstpointer  data)
{
  const KmRtmpMetadata metadata = {
    .width_px = 1280, .height_px = 720, .frames_per_second = 29.97,
    .video_bps = 2500000, .audio_bps = 128000, .sample_rate = 48000,
  };
  g_autoptr (KmRtmpTarget) target = km_rtmp_target_parse (ADDRESS);
  g_autoptr (KmRtmpPublisher) publisher = km_rtmp_publisher_new (target, 1);
  g_autoptr (KmRtmpSession) session = km_rtmp_session_new (2);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  KmRtmpEvent event;

  converse (publisher, session, G_MAXUINT16);
  km_rtmp_metadata_append (&metadata, body);
  km_rtmp_publisher_send (publisher, KM_RTMP_TYPE_DATA, 0, body->data,
                          body->len);
  expect_media (session, publisher, KM_RTMP_EVENT_METADATA, &event);
  g_assert_cmpfloat (find_number (&event.media, "width"), ==, 1280);
  g_assert_cmpfloat (find_number (&event.media, "framerate"), ==, 29.97);
  g_assert_cmpfloat (find_number (&event.media, "videodatarate"), ==, 2500);
  g_assert_cmpfloat (find_number (&event.media, "videocodecid"), ==, 7);
  g_assert_cmpfloat (find_number (&event.media, "audiochannels"), ==, -1);
}

/* C0 and C1 at once, C2 only when S1 is there (RTMP 1.0, 5.2.1), connect only
 * behind S2, and nothing else before its answer. */
static void
test_order (Fixture       *self,
            gconstpointer  data)
{
  guint8 hello[1 + 2 * KM_RTMP_HANDSHAKE_SIZE] = { 3, 1, 2, 3, 4 };
  g_autoptr (GByteArray) first =
    take (km_rtmp_publisher_peek_output (self->publisher));
  g_autoptr (GByteArray) second = NULL;

  g_assert_cmpuint (first->len, ==, 1 + KM_RTMP_HANDSHAKE_SIZE);
  g_assert_cmpuint (first->data[0], ==, 3);
  g_assert_cmpmem (first->data + 5, 4, "\0\0\0\0", 4);

  push (self, hello, KM_RTMP_HANDSHAKE_SIZE);
  assert_words (self, "");
  push (self, hello + KM_RTMP_HANDSHAKE_SIZE, 1);
  second = take (km_rtmp_publisher_peek_output (self->publisher));
  g_assert_cmpuint (second->len, ==, KM_RTMP_HANDSHAKE_SIZE);
  g_assert_cmpmem (second->data, 4, hello + 1, 4);
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_GREETING);

  push (self, hello + KM_RTMP_HANDSHAKE_SIZE + 1, KM_RTMP_HANDSHAKE_SIZE);
  assert_words (self, "connect 1");
  say_result (self, 1, 0);
  assert_words (self, "releaseStream 2 FCPublish 3 createStream 4");
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_ASKING);
  say_result (self, 4, 7);
  assert_words (self, "publish 5 (7)");
  say_status (self, "status", "NetStream.Publish.Start", "Go");
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_PUBLISHING);
  km_rtmp_publisher_leave (self->publisher);
  assert_words (self, "FCUnpublish 6 deleteStream 7");
}

/* nginx-rtmp says nothing to releaseStream and FCPublish; ffmpeg's server has
 * a result for each, SRS onFCPublish, Wowza errors, and all have more to say
 * than anybody asked. */
static void
test_chatty_servers (Fixture       *self,
                     gconstpointer  data)
{
  say (self, KM_RTMP_TYPE_WINDOW_SIZE, (const guint8 *) "\0\x4c\x4b\x40", 4);
  say_command (self, "onBWDone", 0, 8192, NULL, NULL, NULL);
  g_free (read_words (self));
  say_result (self, 1, 0);
  say_result (self, 2, 0);
  say_result (self, 3, 9);
  say_command (self, "_error", 2, 0, "error", "NetStream.Failed", "none");
  say_command (self, "onFCPublish", 0, 0, "status",
               "NetStream.Publish.Start", "Not yet");
  say_status (self, "status", "NetStream.Publish.Start", "Too early");
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_ASKING);
  say_result (self, 4, 1);
  say_result (self, 4, 2);
  say_status (self, "warning", "NetStream.Something.New", "");
  say_status (self, "status", "NetStream.Publish.Start", "");
  g_assert_no_error (self->error);
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_PUBLISHING);
  assert_words (self,
                "releaseStream 2 FCPublish 3 createStream 4 publish 5 (1)");
}

static void
test_refusals (Fixture       *self,
               gconstpointer  data)
{
  static const struct
  {
    gboolean publishing;
    const char *level, *code, *said;
    int expected;
    const char *words;
  } cases[] = {
    { FALSE, "error", "NetStream.Publish.Denied", "No", KM_RTMP_ERROR_DENIED,
      "No" },
    { FALSE, "error", "NetStream.Publish.BadName", "Already publishing",
      KM_RTMP_ERROR_IN_USE, "Already publishing" },
    { TRUE, "error", "NetStream.Publish.BadName", "Somebody else",
      KM_RTMP_ERROR_TAKEN_OVER, "Somebody else" },
    { FALSE, "error", "NetStream.Publish.Rejected", "Too many streams",
      KM_RTMP_ERROR_REJECTED, "Too many streams" },
    { FALSE, "error", "NetConnection.Connect.InvalidApp", "",
      KM_RTMP_ERROR_NO_APP, "NetConnection.Connect.InvalidApp" },
    { TRUE, "status", "NetStream.Unpublish.Success", "The stream was ended",
      KM_RTMP_ERROR_ENDED, "The stream was ended" },
    /* The key is nobody's business, not even in a window. */
    { FALSE, "error", "NetStream.Publish.BadName", "Stream KEY is busy",
      KM_RTMP_ERROR_IN_USE, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture own = { NULL, NULL, NULL };

      set_up (&own, NULL);
      if (cases[i].publishing)
        start_publishing (&own);
      else
        say_result (&own, 1, 0);
      say_status (&own, cases[i].level, cases[i].code, cases[i].said);
      assert_failed (&own, cases[i].expected, cases[i].words);
      tear_down (&own, NULL);
    }
}

static void
test_connect_refused (Fixture       *self,
                      gconstpointer  data)
{
  say_command (self, "_error", 1, 0, "error", "NetConnection.Connect.Rejected",
               "[ AccessManager.Reject ]");
  assert_failed (self, KM_RTMP_ERROR_REJECTED, "[ AccessManager.Reject ]");
}

static void
test_stream_without_number (Fixture       *self,
                            gconstpointer  data)
{
  say_result (self, 1, 0);
  say_result (self, 4, -3);
  assert_failed (self, KM_RTMP_ERROR_PROTOCOL, "a stream without a number");
}

static void
test_not_rtmp (Fixture       *self,
               gconstpointer  data)
{
  push (self, (const guint8 *) "HTTP/1.1 400 Bad Request\r\n", 26);
  g_assert_error (self->error, KM_RTMP_ERROR, KM_RTMP_ERROR_PROTOCOL);
}

/* 7.1.7, 5.4.5 and 5.4.3 */
static void
test_control (Fixture       *self,
              gconstpointer  data)
{
  guint8 window[] = { 0, 0, 0x20, 0 };
  g_autofree guint8 *bytes = g_malloc0 (5000);
  g_autoptr (GByteArray) output = NULL;

  start_publishing (self);
  say (self, KM_RTMP_TYPE_USER_CONTROL,
       (const guint8[]) { 0, 6, 1, 2, 3, 4 }, 6);
  output = take (km_rtmp_publisher_peek_output (self->publisher));
  g_assert_cmpmem (output->data + output->len - 6, 6, "\0\7\1\2\3\4", 6);

  say (self, KM_RTMP_TYPE_PEER_BANDWIDTH, (const guint8 *) "\0\x26\x25\xa0\2",
       5);
  say (self, KM_RTMP_TYPE_PEER_BANDWIDTH, (const guint8 *) "\0\x26\x25\xa0\2",
       5);
  assert_words (self, "5");

  say (self, KM_RTMP_TYPE_WINDOW_SIZE, window, sizeof window);
  for (guint i = 0; i < 5; i++)
    say (self, KM_RTMP_TYPE_DATA, bytes, 5000);
  assert_words (self, "3 3 3");
}

/* Once it has said goodbye, nothing that comes is an error. */
static void
test_leaves_in_peace (Fixture       *self,
                      gconstpointer  data)
{
  start_publishing (self);
  km_rtmp_publisher_leave (self->publisher);
  say_status (self, "error", "NetStream.Publish.BadName", "Somebody else");
  g_assert_no_error (self->error);
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_LEAVING);
  say_status (self, "status", "NetStream.Unpublish.Success", "Bye");
  g_assert_cmpint (get_state (self), ==, KM_RTMP_PUBLISHER_LEFT);
}

static void
test_addresses (Fixture       *self,
                gconstpointer  data)
{
  static const struct
  {
    const char *address, *host;
    guint port;
    const char *app, *url, *name;
  } cases[] = {
    { ADDRESS, "host", 1936, "live", "rtmp://host:1936/live",
      "KEY?publish=ID" },
    { "rtmp://host/live2/a-b%20c", "host", 1935, "live2", "rtmp://host/live2",
      "a-b%20c" },
    { "rtmps://[::1]:8444/live/KEY", "::1", 8444, "live",
      "rtmps://[::1]:8444/live", "KEY" },
    { "rtmps://host/app/inner/KEY", "host", 443, "app/inner",
      "rtmps://host/app/inner", "KEY" },
    { "rtmp://me:secret@host/live/KEY", "host", 1935, "live",
      "rtmp://host/live", "KEY" },
    { "rtmp://host/live/?key=KEY", "host", 1935, "live", "rtmp://host/live",
      "?key=KEY" },
  };
  static const char *const bad[] = {
    "http://host/live/KEY", "rtmp://host", "rtmp://host/live",
    "rtmp://host/live/", "rtmp:///live/KEY", "rtmp://host//KEY", "KEY", "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KmRtmpTarget) target = km_rtmp_target_parse (
        cases[i].address);

      g_assert_nonnull (target);
      g_assert_cmpint (target->secure, ==,
                       g_str_has_prefix (cases[i].address, "rtmps"));
      g_assert_cmpstr (target->host, ==, cases[i].host);
      g_assert_cmpuint (target->port, ==, cases[i].port);
      g_assert_cmpstr (target->app, ==, cases[i].app);
      g_assert_cmpstr (target->url, ==, cases[i].url);
      g_assert_cmpstr (target->name, ==, cases[i].name);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (km_rtmp_target_parse (bad[i]));
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
    { "own-server-in-pieces-of-any-size", test_own_server, TRUE },
    { "media-arrives-whole-at-any-time", test_media, TRUE },
    { "metadata-arrives", test_metadata, TRUE },
    { "each-step-waits-for-the-one-before", test_order, TRUE },
    { "unasked-answers-change-nothing", test_chatty_servers },
    { "refusals-are-told-apart", test_refusals },
    { "connect-refused", test_connect_refused },
    { "stream-without-a-number", test_stream_without_number },
    { "not-rtmp", test_not_rtmp, TRUE },
    { "ping-bandwidth-and-window", test_control },
    { "leaves-in-peace", test_leaves_in_peace },
    { "addresses", test_addresses, TRUE },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/rtmp/publisher/", tests[i].path,
                                           NULL);

      g_test_add (path, Fixture, NULL, tests[i].raw ? set_up_raw : set_up,
                  tests[i].test, tear_down);
    }
  return g_test_run ();
}
