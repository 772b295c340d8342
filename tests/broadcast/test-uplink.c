/* test-uplink.c: what waits for a network, and what is said when it fails
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <string.h>

#include "km-broadcast.h"
#include "km-rtmp.h"
#include "km-uplink-error.h"
#include "km-uplink-queue.h"

#define MS G_TIME_SPAN_MILLISECOND

typedef struct
{
  KmUplinkQueue queue;
  gint64 now_us;
  guint asked; /* for a key frame */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  km_uplink_queue_init (&self->queue);
  self->now_us = 7000 * G_TIME_SPAN_SECOND;
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_uplink_queue_clear (&self->queue);
}

/* Media whose times are those at which it comes. */
static void
add (Fixture         *self,
     KmUplinkTagKind  kind,
     gint64           ahead_us)
{
  KmFlvType type = kind == KM_UPLINK_TAG_SOUND ? KM_FLV_TYPE_AUDIO
                                               : KM_FLV_TYPE_VIDEO;

  self->asked += km_uplink_queue_add (
    &self->queue, km_uplink_tag_new (kind, type, self->now_us), ahead_us,
    self->now_us);
}

/* 40 ms: a picture and a piece of sound. */
static void
add_moment (Fixture         *self,
            KmUplinkTagKind  kind)
{
  add (self, kind, 0);
  add (self, KM_UPLINK_TAG_SOUND, 0);
  self->now_us += 40 * MS;
}

/* All that waits, as letters with the time of the first: "0:hksds". */
static char *
take_all (Fixture *self)
{
  static const char letters[] = "hkdse";
  GString *text = g_string_new (NULL);

  for (;;)
    {
      g_autoptr (KmUplinkTag) tag = km_uplink_queue_take (&self->queue);

      if (tag == NULL)
        return g_string_free (text, FALSE);
      if (text->len == 0)
        g_string_append_printf (
          text, "%u:", km_uplink_queue_get_time_ms (&self->queue, tag));
      g_string_append_c (text, letters[tag->kind]);
    }
}

#define assert_waits(self, expected) \
  G_STMT_START \
    { \
      g_autofree char *waits_ = take_all (self); \
      g_assert_cmpstr (waits_, ==, expected); \
    } \
  G_STMT_END

static void
test_begins (Fixture       *self,
             gconstpointer  data)
{
  add (self, KM_UPLINK_TAG_HEADER, 0);
  add_moment (self, KM_UPLINK_TAG_DELTA);
  g_assert_cmpuint (self->asked, ==, 1);
  add_moment (self, KM_UPLINK_TAG_DELTA);
  g_assert_cmpuint (self->asked, ==, 1);
  add_moment (self, KM_UPLINK_TAG_KEY);
  add_moment (self, KM_UPLINK_TAG_DELTA);
  assert_waits (self, "0:hksds");
  g_assert_cmpuint (km_uplink_queue_get_dropped (&self->queue), ==, 0);
  add_moment (self, KM_UPLINK_TAG_DELTA);
  assert_waits (self, "80:ds");
}

/* Whoever has asked already isn't made to ask twice. */
static void
test_asked (Fixture       *self,
            gconstpointer  data)
{
  km_uplink_queue_asked (&self->queue, self->now_us);
  add_moment (self, KM_UPLINK_TAG_DELTA);
  add_moment (self, KM_UPLINK_TAG_KEY);
  g_assert_cmpuint (self->asked, ==, 0);
  assert_waits (self, "0:ks");
}

/* Sound that was encoded sooner than the first picture, but heard before it. */
static void
test_sound_before (Fixture       *self,
                   gconstpointer  data)
{
  KmUplinkTag *tag;

  add_moment (self, KM_UPLINK_TAG_KEY);
  tag = km_uplink_tag_new (KM_UPLINK_TAG_SOUND, KM_FLV_TYPE_AUDIO,
                           self->now_us - 60 * MS);
  km_uplink_queue_add (&self->queue, tag, 0, self->now_us);
  assert_waits (self, "0:ks");
}

/* 900 ms are 23 moments; the 24th picture finds too much, and nothing of the
 * group that was begun is sent any more. */
static void
test_too_much (Fixture       *self,
               gconstpointer  data)
{
  add_moment (self, KM_UPLINK_TAG_KEY);
  assert_waits (self, "0:ks");
  for (guint i = 0; i < 23; i++)
    add_moment (self, KM_UPLINK_TAG_DELTA);
  g_assert_cmpuint (km_uplink_queue_get_dropped (&self->queue), ==, 0);
  add_moment (self, KM_UPLINK_TAG_DELTA);
  g_assert_cmpuint (km_uplink_queue_get_dropped (&self->queue), ==, 24);

  /* The network is still slow: even a key frame would come too late. */
  add_moment (self, KM_UPLINK_TAG_KEY);
  g_assert_cmpuint (self->asked, ==, 0);
  assert_waits (self, "40:sssssssssssssssssssssssss");

  add_moment (self, KM_UPLINK_TAG_DELTA);
  g_assert_cmpuint (self->asked, ==, 1);
  add_moment (self, KM_UPLINK_TAG_KEY);
  assert_waits (self, "1040:sks");
  g_assert_cmpuint (km_uplink_queue_get_dropped (&self->queue), ==, 26);
}

/* What the kernel holds counts as if it waited here. */
static void
test_kernel_counts (Fixture       *self,
                    gconstpointer  data)
{
  add (self, KM_UPLINK_TAG_KEY, 0);
  assert_waits (self, "0:k");
  add (self, KM_UPLINK_TAG_DELTA, 900 * MS);
  assert_waits (self, "0:d");
  add (self, KM_UPLINK_TAG_DELTA, 901 * MS);
  add (self, KM_UPLINK_TAG_KEY, 400 * MS);
  assert_waits (self, "");
  add (self, KM_UPLINK_TAG_KEY, 399 * MS);
  assert_waits (self, "0:k");
  g_assert_cmpuint (km_uplink_queue_get_dropped (&self->queue), ==, 2);
}

/* However long a network stands still, memory doesn't grow. */
static void
test_bounded (Fixture       *self,
              gconstpointer  data)
{
  add (self, KM_UPLINK_TAG_HEADER, 0);
  add_moment (self, KM_UPLINK_TAG_KEY);
  assert_waits (self, "0:hks");
  for (guint i = 0; i < 2000; i++)
    add_moment (self, i % 50 == 49 ? KM_UPLINK_TAG_KEY : KM_UPLINK_TAG_DELTA);
  g_assert_cmpuint (g_queue_get_length (&self->queue.tags), <=, 252);
  g_assert_cmpuint (km_uplink_queue_get_dropped (&self->queue), ==, 2000);
}

/* 2^32 ms are 49.7 days. */
static void
test_wraps (Fixture       *self,
            gconstpointer  data)
{
  add_moment (self, KM_UPLINK_TAG_KEY);
  assert_waits (self, "0:ks");
  self->now_us += (gint64) G_MAXUINT32 * 1000;
  add_moment (self, KM_UPLINK_TAG_DELTA);
  assert_waits (self, "39:ds");
}

static void
test_errors (Fixture       *self,
             gconstpointer  data)
{
  static const struct
  {
    KmUplinkStage stage;
    gboolean rtmp;
    int cause;
    KmBroadcastError expected;
    gboolean final;
  } cases[] = {
    { KM_UPLINK_STAGE_CONNECTING, FALSE, G_IO_ERROR_CONNECTION_REFUSED,
      KM_BROADCAST_ERROR_UNREACHABLE, FALSE },
    { KM_UPLINK_STAGE_CONNECTING, FALSE, G_IO_ERROR_TIMED_OUT,
      KM_BROADCAST_ERROR_NO_ANSWER, FALSE },
    { KM_UPLINK_STAGE_GREETING, FALSE, G_IO_ERROR_CONNECTION_CLOSED,
      KM_BROADCAST_ERROR_UNREACHABLE, FALSE },
    { KM_UPLINK_STAGE_GREETING, TRUE, KM_RTMP_ERROR_PROTOCOL,
      KM_BROADCAST_ERROR_UNREACHABLE, FALSE },
    { KM_UPLINK_STAGE_ASKING, FALSE, G_IO_ERROR_CONNECTION_CLOSED,
      KM_BROADCAST_ERROR_REFUSED, FALSE },
    { KM_UPLINK_STAGE_ASKING, FALSE, G_IO_ERROR_TIMED_OUT,
      KM_BROADCAST_ERROR_NO_ANSWER, FALSE },
    { KM_UPLINK_STAGE_ASKING, TRUE, KM_RTMP_ERROR_DENIED,
      KM_BROADCAST_ERROR_DENIED, TRUE },
    { KM_UPLINK_STAGE_ASKING, TRUE, KM_RTMP_ERROR_IN_USE,
      KM_BROADCAST_ERROR_REFUSED, FALSE },
    { KM_UPLINK_STAGE_ASKING, TRUE, KM_RTMP_ERROR_REJECTED,
      KM_BROADCAST_ERROR_FAILED, TRUE },
    { KM_UPLINK_STAGE_ASKING, TRUE, KM_RTMP_ERROR_NO_APP,
      KM_BROADCAST_ERROR_FAILED, TRUE },
    { KM_UPLINK_STAGE_LIVE, FALSE, G_IO_ERROR_CONNECTION_CLOSED,
      KM_BROADCAST_ERROR_LOST, FALSE },
    { KM_UPLINK_STAGE_LIVE, FALSE, G_IO_ERROR_TIMED_OUT,
      KM_BROADCAST_ERROR_STALLED, FALSE },
    { KM_UPLINK_STAGE_LIVE, TRUE, KM_RTMP_ERROR_ENDED,
      KM_BROADCAST_ERROR_LOST, FALSE },
    { KM_UPLINK_STAGE_LIVE, TRUE, KM_RTMP_ERROR_TAKEN_OVER,
      KM_BROADCAST_ERROR_TAKEN_OVER, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) cause = g_error_new_literal (
        cases[i].rtmp ? KM_RTMP_ERROR : G_IO_ERROR, cases[i].cause, "");
      g_autoptr (GError) error = km_uplink_error_new (cases[i].stage, cause);

      g_assert_error (error, KM_BROADCAST_ERROR, (int) cases[i].expected);
      g_assert_cmpint (km_uplink_error_is_final (error), ==, cases[i].final);
      g_assert_cmpuint (strlen (error->message), >, 10);
    }
}

static void
test_servers_words (Fixture       *self,
                    gconstpointer  data)
{
  g_autoptr (GError) cause = g_error_new_literal (
    KM_RTMP_ERROR, KM_RTMP_ERROR_REJECTED, "Too many streams");
  g_autoptr (GError) error =
    km_uplink_error_new (KM_UPLINK_STAGE_ASKING, cause);

  g_assert_nonnull (strstr (error->message, "Too many streams"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) \
  g_test_add ("/broadcast/uplink/" name, Fixture, NULL, set_up, function, \
              tear_down)
  ADD ("begins-with-a-key-frame-at-0", test_begins);
  ADD ("asks-once-for-a-key-frame", test_asked);
  ADD ("sound-before-the-first-picture", test_sound_before);
  ADD ("too-much-waits-and-pictures-are-dropped", test_too_much);
  ADD ("what-the-kernel-holds-counts", test_kernel_counts);
  ADD ("queue-is-bounded", test_bounded);
  ADD ("time-wraps", test_wraps);
  ADD ("errors-are-told-apart", test_errors);
  ADD ("rejection-has-the-servers-words", test_servers_words);
#undef ADD

  return g_test_run ();
}
