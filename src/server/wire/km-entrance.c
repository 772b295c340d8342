/* km-entrance.c: where connections come in and say what they want
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All ports of the server are accepted here, a bounded number a turn, so that
 * a flood never keeps the thread from the rest. Streams and TLS go on at once;
 * km-visitor.c has those of HTTP, who first say what they want.
 *
 * Nobody waits here for long: who says nothing, or half of it, is closed when
 * the time is over, and where there are too many, the one that has waited
 * longest goes, which had the most time to say something: so silent ones can't
 * shut out others. Out of descriptors a door looks away for a moment, since
 * the connection that can't be accepted would wake it again and again.
 *
 * The descriptor of its own epoll stands for all of them in the owner's.
 *
 * Thread: one at a time.
 */

#include "km-entrance-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define ACCEPTS_A_TURN 64
#define EVENTS_A_TURN 256
#define LOOK_AWAY_US (200 * 1000)
#define LEAVE_WITHIN_US (2 * G_USEC_PER_SEC)

typedef struct
{
  KmEntranceThing is;
  KmDoorKind kind;
  KmListener *listener;
  gint64 back_us;     /* looks away until then; 0: it doesn't */
  gboolean exhausted; /* said so, and nothing was accepted since */
} Door;

static guint
count_visitors (const KmEntrance *self)
{
  guint n = 0;

  for (guint i = 0; i < KM_VISITOR_STATES; i++)
    n += self->visitors[i].length;

  return n;
}

/* The oldest of those who have heard everything, then of those who have said
 * nothing, then of the others. */
static void
make_room (KmEntrance *self)
{
  static const KmVisitorState order[] = {
    KM_VISITOR_LEAVING, KM_VISITOR_SILENT, KM_VISITOR_BEGUN,
  };

  if (self->crowd.limits.waiting == 0
      || count_visitors (self) <= self->crowd.limits.waiting)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      KmVisitor *visitor = g_queue_peek_head (&self->visitors[order[i]]);

      if (visitor == NULL)
        continue;
      km_entrance_count_refusal (self, KM_ENTRANCE_CROWDED);
      km_visitor_drop (self, visitor);
      return;
    }
}

/* @fd: (transfer full). */
void
km_entrance_pass (KmEntrance *self,
                  KmDoorKind  kind,
                  int         fd)
{
  if (self->host.pass (self->host.data, kind, fd))
    return;

  km_entrance_count_refusal (self, KM_ENTRANCE_BUSY);
  close (fd);
}

static void
admit (KmEntrance *self,
       Door       *door,
       int         fd,
       gint64      address)
{
  static const KmEntranceRefusal refusals[] = {
    [KM_CROWD_TOO_FAST] = KM_ENTRANCE_TOO_FAST,
    [KM_CROWD_ADDRESS_TOO_FAST] = KM_ENTRANCE_ADDRESS_TOO_FAST,
    [KM_CROWD_ADDRESS_WAITS] = KM_ENTRANCE_ADDRESS_WAITS,
  };
  KmCrowdVerdict verdict = km_crowd_come (&self->crowd, address,
                                          self->now_us);

  km_counter_add (&self->figures->came[door->kind], 1);
  if (verdict == KM_CROWD_WELCOME && door->kind == KM_DOOR_HTTP)
    verdict = km_crowd_wait (&self->crowd, address);
  if (verdict != KM_CROWD_WELCOME)
    {
      km_entrance_count_refusal (self, refusals[verdict]);
      close (fd);
    }
  else if (door->kind == KM_DOOR_HTTP)
    {
      km_visitor_receive (self, fd, address);
      make_room (self);
    }
  else
    km_entrance_pass (self, door->kind, fd);
}

static void
watch_door (KmEntrance *self,
            Door       *door,
            int         operation,
            guint32     events)
{
  struct epoll_event event = { .events = events, .data.ptr = door };

  if (epoll_ctl (self->epoll_fd, operation,
                 km_listener_get_fd (door->listener), &event) < 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

static void
look_away (KmEntrance *self,
           Door       *door)
{
  if (!door->exhausted)
    g_message ("no connection is taken for a moment: %s",
               g_strerror (errno));
  door->exhausted = TRUE;
  door->back_us = self->now_us + LOOK_AWAY_US;
  watch_door (self, door, EPOLL_CTL_MOD, 0);
}

static void
door_ready (KmEntrance *self,
            Door       *door)
{
  for (guint i = 0; i < ACCEPTS_A_TURN; i++)
    {
      gint64 address;
      int fd;

      switch (km_listener_accept (door->listener, &fd, &address))
        {
        case KM_LISTENER_TAKEN:
          door->exhausted = FALSE;
          admit (self, door, fd, address);
          break;
        case KM_LISTENER_EXHAUSTED:
          look_away (self, door);
          return;
        case KM_LISTENER_NOBODY:
          return;
        case KM_LISTENER_GONE:
        default:
          break;
        }
    }
}

static void
look_back (KmEntrance *self)
{
  for (guint i = 0; i < self->doors->len; i++)
    {
      Door *door = g_ptr_array_index (self->doors, i);

      if (door->back_us == 0 || door->back_us > self->now_us)
        continue;
      door->back_us = 0;
      watch_door (self, door, EPOLL_CTL_MOD, EPOLLIN);
    }
}

static KmVisitor *
find_overdue (KmEntrance     *self,
              KmVisitorState  state)
{
  KmVisitor *oldest = g_queue_peek_head (&self->visitors[state]);

  return oldest != NULL && oldest->due_us <= self->now_us ? oldest : NULL;
}

static void
end_overdue (KmEntrance *self)
{
  KmVisitor *visitor;

  while ((visitor = find_overdue (self, KM_VISITOR_LEAVING)) != NULL)
    km_visitor_drop (self, visitor);
  while ((visitor = find_overdue (self, KM_VISITOR_SILENT)) != NULL)
    {
      km_entrance_count_refusal (self, KM_ENTRANCE_SILENT);
      km_visitor_drop (self, visitor);
    }
  while ((visitor = find_overdue (self, KM_VISITOR_BEGUN)) != NULL)
    km_visitor_refuse (self, visitor, KM_ENTRANCE_LATE, 408);
}

static void
end_turn (KmEntrance *self)
{
  g_ptr_array_set_size (self->gone, 0);
  km_counter_set (&self->figures->waiting,
                  self->visitors[KM_VISITOR_SILENT].length
                    + self->visitors[KM_VISITOR_BEGUN].length);
}

/**
 * km_entrance_turn:
 * @self: an entrance
 * @now_us: now, on the monotonic clock
 *
 * Does what there is to do, without waiting: when its descriptor is readable
 * or its time has come.
 */
void
km_entrance_turn (KmEntrance *self,
                  gint64      now_us)
{
  struct epoll_event events[EVENTS_A_TURN];
  int n_events;

  self->now_us = now_us;
  look_back (self);
  n_events = epoll_wait (self->epoll_fd, events, EVENTS_A_TURN, 0);
  for (int i = 0; i < n_events; i++)
    {
      KmEntranceThing *is = events[i].data.ptr;

      if (*is == KM_AT_DOOR)
        door_ready (self, (Door *) is);
      else
        km_visitor_ready (self, (KmVisitor *) is, events[i].events);
    }

  end_overdue (self);
  end_turn (self);
}

/**
 * km_entrance_get_due_us:
 * @self: an entrance
 *
 * Returns: when km_entrance_turn() is to be called even if nothing comes;
 *   %G_MAXINT64: never
 */
gint64
km_entrance_get_due_us (KmEntrance *self)
{
  gint64 due_us = G_MAXINT64;

  for (guint i = 0; i < KM_VISITOR_STATES; i++)
    {
      const KmVisitor *oldest = g_queue_peek_head (&self->visitors[i]);

      if (oldest != NULL)
        due_us = MIN (due_us, oldest->due_us);
    }
  for (guint i = 0; i < self->doors->len; i++)
    {
      const Door *door = g_ptr_array_index (self->doors, i);

      if (door->back_us > 0)
        due_us = MIN (due_us, door->back_us);
    }

  return due_us;
}

static void
door_free (gpointer data)
{
  Door *self = data;

  km_listener_free (self->listener);
  g_free (self);
}

/**
 * km_entrance_new:
 * @host: who decides; copied, its words must last
 * @rules: what holds; copied
 * @figures: where to count; must outlive the entrance
 *
 * Returns: (transfer full): an entrance without doors
 */
KmEntrance *
km_entrance_new (const KmEntranceHost  *host,
                 const KmEntranceRules *rules,
                 KmEntranceFigures     *figures)
{
  KmEntrance *self = g_new0 (KmEntrance, 1);

  self->host = *host;
  self->crowd.limits = rules->limits;
  self->within_us[KM_VISITOR_SILENT] = (gint64) rules->first_byte_ms * 1000;
  self->within_us[KM_VISITOR_BEGUN] = (gint64) rules->head_ms * 1000;
  self->within_us[KM_VISITOR_LEAVING] = LEAVE_WITHIN_US;
  self->doors = g_ptr_array_new_with_free_func (door_free);
  self->gone = g_ptr_array_new_with_free_func (g_free);
  self->input = g_malloc (KM_ENTRANCE_INPUT_BYTES);
  self->figures = figures;
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("epoll_create1: %s", g_strerror (errno));

  return self;
}

/**
 * km_entrance_add:
 * @self: an entrance
 * @kind: what the port is for
 * @listener: (transfer full): the port
 *
 * Opens a door.
 */
void
km_entrance_add (KmEntrance *self,
                 KmDoorKind  kind,
                 KmListener *listener)
{
  Door *door = g_new0 (Door, 1);

  door->is = KM_AT_DOOR;
  door->kind = kind;
  door->listener = listener;
  g_ptr_array_add (self->doors, door);
  watch_door (self, door, EPOLL_CTL_ADD, EPOLLIN);
}

/**
 * km_entrance_close:
 * @self: an entrance
 * @kinds: bits `1 << kind` of the doors to close
 *
 * Nobody comes in there any more; who waits behind one is sent home.
 */
void
km_entrance_close (KmEntrance *self,
                   guint       kinds)
{
  for (guint i = self->doors->len; i > 0; i--)
    {
      const Door *door = g_ptr_array_index (self->doors, i - 1);

      if ((kinds & 1u << door->kind) != 0)
        g_ptr_array_remove_index_fast (self->doors, i - 1);
    }

  if ((kinds & 1u << KM_DOOR_HTTP) == 0)
    return;

  for (guint i = 0; i < KM_VISITOR_STATES; i++)
    {
      while (self->visitors[i].length > 0)
        km_visitor_drop (self, g_queue_peek_head (&self->visitors[i]));
    }
  end_turn (self);
}

void
km_entrance_free (KmEntrance *self)
{
  km_entrance_close (self, (1u << KM_DOOR_KINDS) - 1);
  close (self->epoll_fd);
  km_crowd_clear (&self->crowd);
  g_ptr_array_unref (self->doors);
  g_ptr_array_unref (self->gone);
  g_free (self->input);
  g_free (self);
}

/**
 * km_entrance_get_fd:
 * @self: an entrance
 *
 * Returns: what is readable when km_entrance_turn() has something to do
 */
int
km_entrance_get_fd (KmEntrance *self)
{
  return self->epoll_fd;
}
