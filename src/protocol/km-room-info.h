#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmAccountInfo:
 * @id: digits
 * @name: the unique name; %NULL: a guest
 * @shown_name: what others see
 *
 * ACCOUNT of the protocol. Plain data; the holder owns the strings.
 */
typedef struct
{
  char *id;
  char *name;
  char *shown_name;
} KmAccountInfo;

KmAccountInfo *km_account_info_new   (const char          *id,
                                      const char          *name,
                                      const char          *shown_name);
KmAccountInfo *km_account_info_copy  (const KmAccountInfo *self);
void           km_account_info_clear (KmAccountInfo       *self);
void           km_account_info_free  (KmAccountInfo       *self);

/**
 * KmRoomInfo:
 * @id: digits
 * @title: what it is about
 * @category: one of km_room_categories(), or a word of a newer server
 * @host: whose room it is
 * @live: whether a stream runs
 * @stream: (nullable): the id of the running stream
 * @since_ms: when it started, ms since 1970; -1: not live
 * @online: how many people are in the room
 * @slow_s: how many seconds lie between two messages of anybody but the host;
 *   0: there is no slow mode
 *
 * ROOM of the protocol. Plain data; the holder owns what it points to.
 */
typedef struct
{
  char *id;
  char *title;
  char *category;
  KmAccountInfo host;
  gboolean live;
  char *stream;
  gint64 since_ms;
  guint online;
  guint slow_s;
} KmRoomInfo;

KmRoomInfo *km_room_info_new  (void);
KmRoomInfo *km_room_info_copy (const KmRoomInfo *self);
void        km_room_info_free (KmRoomInfo       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmAccountInfo, km_account_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRoomInfo, km_room_info_free)

/* On the wire; the readers are in km-json.h. */
void           km_account_info_append (const KmAccountInfo *self,
                                       GString             *out);
void           km_room_info_append    (const KmRoomInfo    *self,
                                       GString             *out);

G_END_DECLS
