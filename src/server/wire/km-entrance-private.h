#pragma once

#include "km-entrance.h"

G_BEGIN_DECLS

/* What the files of the entrance share. */

#define KM_ENTRANCE_INPUT_BYTES 65536

/* First member of all that epoll knows. */
typedef enum
{
  KM_AT_DOOR,
  KM_AT_VISITOR,
} KmEntranceThing;

typedef enum
{
  KM_VISITOR_SILENT,  /* has said nothing */
  KM_VISITOR_BEGUN,   /* has said something */
  KM_VISITOR_LEAVING, /* has heard our last words */
  KM_VISITOR_GONE,
} KmVisitorState;

#define KM_VISITOR_STATES 3

/* A connection that hasn't got where it belongs. */
typedef struct
{
  KmEntranceThing is;
  KmVisitorState state;
  int fd;
  gint64 address;
  gsize seen; /* bytes that were looked at */
  gint64 due_us;
  gboolean watched;
  GList link; /* in the queue of its state, in the order of due_us */
} KmVisitor;

struct _KmEntrance
{
  KmEntranceHost host;
  gint64 within_us[KM_VISITOR_STATES];
  KmCrowd crowd;
  int epoll_fd;
  gint64 now_us;
  GPtrArray *doors;
  GQueue visitors[KM_VISITOR_STATES];
  GPtrArray *gone; /* KmVisitor; the turn may hold events of theirs */
  char *input;
  KmEntranceFigures *figures;
};

/* km-entrance.c */
void km_entrance_pass   (KmEntrance        *self,
                         KmDoorKind         kind,
                         int                fd);

/* km-visitor.c */
void km_visitor_receive (KmEntrance        *entrance,
                         int                fd,
                         gint64             address);
void km_visitor_ready   (KmEntrance        *entrance,
                         KmVisitor         *self,
                         guint32            events);
void km_visitor_refuse  (KmEntrance        *entrance,
                         KmVisitor         *self,
                         KmEntranceRefusal  why,
                         guint              status);
void km_visitor_drop    (KmEntrance        *entrance,
                         KmVisitor         *self);

static inline void
km_entrance_count_refusal (KmEntrance        *self,
                           KmEntranceRefusal  why)
{
  km_counter_add (&self->figures->refused[why], 1);
}

G_END_DECLS
