/* km-uplink-link.c: one connection to a server, on a thread of its own
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * So that a window that is busy holds up no picture, and a network that is
 * slow no encoder: streaming threads put tags into a queue and go on. Each
 * step of the connection has its time; what takes longer is an error like any
 * other.
 *
 * Nobody waits for the thread: a name that resolves slowly must not hold up a
 * window. It lives until all that it asked for has come back.
 *
 * Thread: start, finish, stop and the function on the one whose default main
 * context it was started in; send, wants_key and get_counts on any.
 */

#include "km-uplink-link.h"

#include "km-queue-source.h"
#include "km-uplink-error.h"
#include "km-uplink-talk.h"

struct _KmUplinkLink
{
  /* Before the thread starts, and then only read. */
  KmRtmpTarget *target;
  char *pin;
  KmRtmpMetadata metadata;
  GMainContext *home;
  KmUplinkLinkFunc func;
  gpointer data;
  GCancellable *cancellable;
  /* Outlives its thread: whoever cancels wakes it, also when it is over. */
  GMainContext *context;

  /* any thread */
  KmQueue *incoming;
  int wants_key; /* atomic */
  KmUplinkTally tally;

  /* at home */
  gboolean stopped;

  /* on the thread */
  gboolean over;
  gboolean connecting;
  KmUplinkStage stage;
  GQueue early; /* headers that came before there was somebody to tell */
  KmUplinkTalk *talk;
  GSource *deadline;
};

/* What is told at home. */
typedef struct
{
  KmUplinkLink *link;
  KmUplinkNews news;
  GError *error;
  char *refused;
} Notice;

static const guint stage_ms[] = {
  [KM_UPLINK_STAGE_CONNECTING] = 10000,
  [KM_UPLINK_STAGE_GREETING] = 5000,
  [KM_UPLINK_STAGE_ASKING] = 10000,
  [KM_UPLINK_STAGE_LIVE] = 0,
  [KM_UPLINK_STAGE_LEAVING] = 0,
};

static void
clear (gpointer data)
{
  KmUplinkLink *self = data;
  KmMessage *chain = km_queue_take_all (self->incoming);

  while (chain != NULL)
    {
      KmUplinkTag *tag = (KmUplinkTag *) chain;

      chain = chain->next;
      km_uplink_tag_free (tag);
    }
  km_queue_free (self->incoming);
  km_rtmp_target_free (self->target);
  g_main_context_unref (self->home);
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_free (self->pin);
}

/**
 * km_uplink_link_ref:
 * @self: a connection
 *
 * Thread: any
 *
 * Returns: (transfer full): @self, to send to
 */
KmUplinkLink *
km_uplink_link_ref (KmUplinkLink *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * km_uplink_link_unref:
 * @self: (transfer full): a connection
 *
 * Thread: any
 */
void
km_uplink_link_unref (KmUplinkLink *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static void
notice_free (gpointer data)
{
  Notice *self = data;

  km_uplink_link_unref (self->link);
  g_clear_error (&self->error);
  g_free (self->refused);
  g_free (self);
}

static gboolean
on_notice (gpointer data)
{
  Notice *self = data;

  if (!self->link->stopped)
    self->link->func (self->link, self->news, self->error, self->refused,
                      self->link->data);
  return G_SOURCE_REMOVE;
}

/* Takes the error. */
static void
tell (KmUplinkLink *self,
      KmUplinkNews  news,
      GError       *error,
      const char   *refused)
{
  Notice *notice = g_new0 (Notice, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  notice->link = km_uplink_link_ref (self);
  notice->news = news;
  notice->error = error;
  notice->refused = g_strdup (refused);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_notice, notice, notice_free);
  g_source_attach (source, self->home);
}

static void
drop_deadline (KmUplinkLink *self)
{
  if (self->deadline != NULL)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
}

static void
fail (KmUplinkLink *self,
      const GError *cause,
      const char   *refused)
{
  if (self->over)
    return;

  g_debug ("uplink: stage %d: %s", self->stage, cause->message);
  self->over = TRUE;
  tell (self, KM_UPLINK_NEWS_FAILED, km_uplink_error_new (self->stage, cause),
        refused);
  g_cancellable_cancel (self->cancellable);
}

static gboolean
on_deadline (gpointer data)
{
  KmUplinkLink *self = data;
  g_autoptr (GError) error = g_error_new_literal (
    G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no answer in time");

  fail (self, error, NULL);
  return G_SOURCE_REMOVE;
}

static void
set_stage (KmUplinkLink  *self,
           KmUplinkStage  stage)
{
  self->stage = stage;
  drop_deadline (self);
  if (stage_ms[stage] == 0)
    return;

  self->deadline = g_timeout_source_new (stage_ms[stage]);
  g_source_set_callback (self->deadline, on_deadline, self, NULL);
  g_source_attach (self->deadline, self->context);
}

static void
on_talk (gpointer              data,
         KmRtmpPublisherState  state,
         const GError         *error)
{
  KmUplinkLink *self = data;

  if (error != NULL)
    {
      fail (self, error, NULL);
      return;
    }

  switch (state)
    {
    case KM_RTMP_PUBLISHER_CONNECTING:
      set_stage (self, KM_UPLINK_STAGE_ASKING);
      break;
    case KM_RTMP_PUBLISHER_PUBLISHING:
      set_stage (self, KM_UPLINK_STAGE_LIVE);
      g_atomic_int_set (&self->wants_key, TRUE);
      tell (self, KM_UPLINK_NEWS_LIVE, NULL, NULL);
      break;
    case KM_RTMP_PUBLISHER_LEAVING:
      set_stage (self, KM_UPLINK_STAGE_LEAVING);
      break;
    case KM_RTMP_PUBLISHER_LEFT:
      self->over = TRUE;
      tell (self, KM_UPLINK_NEWS_LEFT, NULL, NULL);
      break;
    case KM_RTMP_PUBLISHER_GREETING:
    case KM_RTMP_PUBLISHER_ASKING:
    case KM_RTMP_PUBLISHER_FAILED:
    default:
      break;
    }
}

static void
begin_talk (KmUplinkLink *self,
            KmUplinkWire *wire)
{
  KmUplinkTag *tag;

  set_stage (self, KM_UPLINK_STAGE_GREETING);
  self->talk = km_uplink_talk_new (wire, self->target, &self->metadata,
                                   &self->tally, on_talk, self);
  while ((tag = g_queue_pop_head (&self->early)) != NULL)
    km_uplink_talk_send (self->talk, tag);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  KmUplinkLink *self = user_data;
  g_autofree char *refused = NULL;
  GError *error = NULL;
  KmUplinkWire *wire = km_uplink_connect_finish (result, &refused, &error);

  self->connecting = FALSE;
  if (refused != NULL)
    {
      /* Another question than why TLS failed. */
      g_clear_error (&error);
      error = km_uplink_error_new_untrusted (self->pin != NULL);
    }
  if (wire != NULL && self->over)
    {
      km_uplink_wire_close (wire);
    }
  else if (wire != NULL)
    {
      begin_talk (self, wire);
    }
  else
    {
      fail (self, error, refused);
    }

  g_clear_error (&error);
}

static gboolean
on_stopped (GCancellable *cancellable,
            gpointer      data)
{
  KmUplinkLink *self = data;

  self->over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
take_tag (KmUplinkLink *self,
          KmUplinkTag  *tag)
{
  if (self->talk == NULL && tag->kind == KM_UPLINK_TAG_HEADER)
    g_queue_push_tail (&self->early, tag);
  else if (self->talk == NULL)
    km_uplink_tag_free (tag);
  else if (km_uplink_talk_send (self->talk, tag))
    g_atomic_int_set (&self->wants_key, TRUE);
}

static void
on_incoming (KmMessage *chain,
             gpointer   data)
{
  while (chain != NULL)
    {
      KmUplinkTag *tag = (KmUplinkTag *) chain;

      chain = chain->next;
      take_tag (data, tag);
    }
}

static gpointer
run (gpointer data)
{
  KmUplinkLink *self = data;
  GMainContext *context = self->context;
  g_autoptr (GSource) stopped = g_cancellable_source_new (self->cancellable);
  g_autoptr (GSource) incoming = km_queue_source_new (self->incoming,
                                                      on_incoming, self);

  g_main_context_push_thread_default (context);
  g_source_set_callback (stopped, G_SOURCE_FUNC (on_stopped), self, NULL);
  g_source_attach (stopped, context);
  g_source_attach (incoming, context);

  set_stage (self, KM_UPLINK_STAGE_CONNECTING);
  self->connecting = TRUE;
  km_uplink_connect_async (self->target, self->pin, self->cancellable,
                           on_connected, self);
  while (!self->over || self->connecting)
    g_main_context_iteration (context, TRUE);

  g_clear_pointer (&self->talk, km_uplink_talk_free);
  g_queue_clear_full (&self->early, (GDestroyNotify) km_uplink_tag_free);
  drop_deadline (self);
  g_source_destroy (stopped);
  g_source_destroy (incoming);
  g_main_context_pop_thread_default (context);
  km_uplink_link_unref (self);
  return NULL;
}

/**
 * km_uplink_link_start:
 * @plan: where to, and what; a valid address
 * @func: told what happens, until km_uplink_link_stop()
 * @data: for @func
 *
 * Returns: (transfer full): a connection in the making
 */
KmUplinkLink *
km_uplink_link_start (const KmUplinkPlan *plan,
                      KmUplinkLinkFunc    func,
                      gpointer            data)
{
  KmRtmpTarget *target = km_rtmp_target_parse (plan->address);
  KmUplinkLink *self;

  g_return_val_if_fail (target != NULL, NULL);

  self = g_atomic_rc_box_new0 (KmUplinkLink);
  self->target = target;
  self->pin = g_strdup (plan->pin);
  self->metadata = plan->metadata;
  self->home = g_main_context_ref_thread_default ();
  self->func = func;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_new ();
  /* The thread never waits for the network: what it has no use for is gone
   * at once, and KmUplinkQueue bounds the rest. */
  self->incoming = km_queue_new (0);
  g_thread_unref (g_thread_new ("km-uplink", run, km_uplink_link_ref (self)));

  return self;
}

/**
 * km_uplink_link_send:
 * @self: a connection
 * @tag: (transfer full): what was encoded last
 *
 * Thread: any, each kind of media on one
 */
void
km_uplink_link_send (KmUplinkLink *self,
                     KmUplinkTag  *tag)
{
  km_queue_push_all (self->incoming, &tag->message);
}

/**
 * km_uplink_link_wants_key:
 * @self: a connection
 *
 * Thread: the one that sends pictures
 *
 * Returns: whether the encoder is to be asked for a key frame; once each time
 */
gboolean
km_uplink_link_wants_key (KmUplinkLink *self)
{
  return g_atomic_int_compare_and_exchange (&self->wants_key, TRUE, FALSE);
}

/**
 * km_uplink_link_get_counts:
 * @self: a connection
 * @counts: (out caller-allocates): since it was started
 *
 * Thread: any
 */
void
km_uplink_link_get_counts (KmUplinkLink   *self,
                           KmUplinkCounts *counts)
{
  *counts = (KmUplinkCounts) {
    .bytes = km_counter_read (&self->tally.bytes),
    .frames = km_counter_read (&self->tally.frames),
    .dropped = km_counter_read (&self->tally.dropped),
    .round_trip_us = km_counter_read (&self->tally.round_trip_us),
  };
}

/**
 * km_uplink_link_finish:
 * @self: a connection that is live
 *
 * Says goodbye to the server behind what waits: %KM_UPLINK_NEWS_LEFT.
 */
void
km_uplink_link_finish (KmUplinkLink *self)
{
  KmUplinkTag *tag = km_uplink_tag_new (KM_UPLINK_TAG_END,
                                        KM_FLV_TYPE_SCRIPT, 0);

  km_queue_push_all (self->incoming, &tag->message);
}

/**
 * km_uplink_link_stop:
 * @self: (transfer full): a connection
 *
 * Cuts it. Its function isn't called any more.
 */
void
km_uplink_link_stop (KmUplinkLink *self)
{
  self->stopped = TRUE;
  g_cancellable_cancel (self->cancellable);
  km_uplink_link_unref (self);
}
