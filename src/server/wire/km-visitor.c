/* km-visitor.c: a connection that hasn't said what it wants
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is looked at without reading (MSG_PEEK): as soon as its bytes differ from
 * a request for a socket it is passed on with nothing consumed; a request for
 * a socket is read, up to its end and no further, and opened. Bytes that were
 * looked at stay readable, so it is watched for new ones only (EPOLLET): half
 * a request doesn't wake anybody again and again.
 *
 * Last words reach the other side: closing with unread input would make the
 * kernel send a reset that overtakes them, so what is still sent is read and
 * dropped until the other side closes or its time is over.
 *
 * Thread: the entrance's.
 */

#include "km-entrance-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void
set_state (KmEntrance     *entrance,
           KmVisitor      *self,
           KmVisitorState  state)
{
  g_queue_unlink (&entrance->visitors[self->state], &self->link);
  self->state = state;
  if (state == KM_VISITOR_GONE)
    return;

  self->due_us = entrance->now_us + entrance->within_us[state];
  g_queue_push_tail_link (&entrance->visitors[state], &self->link);
}

/* FALSE: it can't be watched. */
static gboolean
watch (KmEntrance *entrance,
       KmVisitor  *self,
       guint32     events)
{
  struct epoll_event event = { .events = events, .data.ptr = self };
  int operation = self->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

  self->watched = epoll_ctl (entrance->epoll_fd, operation, self->fd,
                             &event) == 0;
  return self->watched;
}

static void
unwatch (KmEntrance *entrance,
         KmVisitor  *self)
{
  if (self->watched)
    epoll_ctl (entrance->epoll_fd, EPOLL_CTL_DEL, self->fd, NULL);
  self->watched = FALSE;
}

/* From now on the descriptor is somebody else's. */
static int
let_go (KmEntrance *entrance,
        KmVisitor  *self)
{
  unwatch (entrance, self);
  km_crowd_leave (&entrance->crowd, self->address);
  set_state (entrance, self, KM_VISITOR_GONE);
  g_ptr_array_add (entrance->gone, self);

  return self->fd;
}

void
km_visitor_drop (KmEntrance *entrance,
                 KmVisitor  *self)
{
  close (let_go (entrance, self));
}

static void
say_last_words (KmEntrance *entrance,
                KmVisitor  *self,
                GBytes     *words)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (words, &length);

  /* They are short, and the first that is sent: there is room for them. */
  if (send (self->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL)
        != (gssize) length
      || shutdown (self->fd, SHUT_WR) < 0
      || !watch (entrance, self, EPOLLIN))
    {
      km_visitor_drop (entrance, self);
      return;
    }

  set_state (entrance, self, KM_VISITOR_LEAVING);
}

void
km_visitor_refuse (KmEntrance        *entrance,
                   KmVisitor         *self,
                   KmEntranceRefusal  why,
                   guint              status)
{
  g_autoptr (GBytes) words = entrance->host.refuse (entrance->host.data,
                                                    status);

  km_entrance_count_refusal (entrance, why);
  say_last_words (entrance, self, words);
}

/* Nothing behind the head is read: frames may follow it at once. */
static gboolean
consume (KmEntrance *entrance,
         KmVisitor  *self,
         gsize       length)
{
  gssize taken;

  do
    taken = recv (self->fd, entrance->input, length, MSG_DONTWAIT);
  while (taken < 0 && errno == EINTR);

  return taken == (gssize) length;
}

static void
open_socket (KmEntrance      *entrance,
             KmVisitor       *self,
             const KmUpgrade *upgrade)
{
  const KmEntranceHost *host = &entrance->host;
  g_autoptr (GBytes) words = NULL;

  if (!consume (entrance, self, upgrade->length))
    {
      km_visitor_drop (entrance, self);
      return;
    }

  /* Its new owner may watch it elsewhere at once. */
  unwatch (entrance, self);
  words = host->open (host->data, self->fd, upgrade);
  if (words == NULL)
    {
      let_go (entrance, self);
      return;
    }

  km_entrance_count_refusal (entrance, KM_ENTRANCE_SENT_AWAY);
  say_last_words (entrance, self, words);
}

/* @ended: it will say nothing more. */
static void
judge (KmEntrance      *entrance,
       KmVisitor       *self,
       KmUpgradeResult  result,
       const KmUpgrade *upgrade,
       gboolean         ended)
{
  switch (result)
    {
    case KM_UPGRADE_OTHER:
      km_entrance_pass (entrance, KM_DOOR_HTTP, let_go (entrance, self));
      break;
    case KM_UPGRADE_WHOLE:
      open_socket (entrance, self, upgrade);
      break;
    case KM_UPGRADE_OTHER_VERSION:
      km_visitor_refuse (entrance, self, KM_ENTRANCE_BAD, 426);
      break;
    case KM_UPGRADE_TOO_LONG:
      km_visitor_refuse (entrance, self, KM_ENTRANCE_BAD, 431);
      break;
    case KM_UPGRADE_BAD:
      km_visitor_refuse (entrance, self, KM_ENTRANCE_BAD, 400);
      break;
    case KM_UPGRADE_NEED_MORE:
    default:
      if (ended)
        km_visitor_drop (entrance, self);
      break;
    }
}

static void
look (KmEntrance *entrance,
      KmVisitor  *self,
      gboolean    ended)
{
  g_auto (KmUpgrade) upgrade = { 0 };
  KmUpgradeResult result;
  gssize length;

  do
    length = recv (self->fd, entrance->input, KM_UPGRADE_HEAD_MAX,
                   MSG_PEEK | MSG_DONTWAIT);
  while (length < 0 && errno == EINTR);

  if (length <= (gssize) self->seen)
    {
      if (ended || length == 0 || (length < 0 && errno != EAGAIN))
        km_visitor_drop (entrance, self);
      return;
    }

  result = km_upgrade_parse (entrance->input, (gsize) length, self->seen,
                             entrance->host.path, entrance->host.protocol,
                             &upgrade);
  if (self->seen == 0)
    set_state (entrance, self, KM_VISITOR_BEGUN);
  self->seen = (gsize) length;
  judge (entrance, self, result, &upgrade, ended);
}

/* What it says after our last words. */
static void
hear_out (KmEntrance *entrance,
          KmVisitor  *self)
{
  gssize length;

  do
    length = recv (self->fd, entrance->input, KM_ENTRANCE_INPUT_BYTES,
                   MSG_DONTWAIT);
  while (length < 0 && errno == EINTR);

  if (length == 0 || (length < 0 && errno != EAGAIN))
    km_visitor_drop (entrance, self);
}

/* @events: what epoll says. */
void
km_visitor_ready (KmEntrance *entrance,
                  KmVisitor  *self,
                  guint32     events)
{
  if (self->state == KM_VISITOR_LEAVING)
    hear_out (entrance, self);
  else if (self->state != KM_VISITOR_GONE)
    look (entrance, self,
          (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
}

/* Whoever connects mostly has something to say, so it is looked at before it
 * is watched: that spares most of them both calls of epoll. */
void
km_visitor_receive (KmEntrance *entrance,
                    int         fd,
                    gint64      address)
{
  KmVisitor *self = g_new0 (KmVisitor, 1);

  self->is = KM_AT_VISITOR;
  self->state = KM_VISITOR_SILENT;
  self->fd = fd;
  self->address = address;
  self->due_us = entrance->now_us + entrance->within_us[KM_VISITOR_SILENT];
  self->link.data = self;
  g_queue_push_tail_link (&entrance->visitors[KM_VISITOR_SILENT],
                          &self->link);

  look (entrance, self, FALSE);
  if ((self->state == KM_VISITOR_SILENT || self->state == KM_VISITOR_BEGUN)
      && !watch (entrance, self, EPOLLIN | EPOLLRDHUP | EPOLLET))
    km_visitor_drop (entrance, self);
}
