/* km-room-message.c: one row of a room's chat: words, a gift, a poll's end
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A message of one's own is a row from the moment it is sent: without a seq
 * while only this computer has it, then the same object takes over what the
 * server made of it. Whoever shows it binds to its properties. The row of a
 * gift grows with its combo.
 *
 * Thread: main.
 */

#include "km-room-message-private.h"

struct _KmRoomMessage
{
  GObject parent_instance;
  char *id;
  char *from_id;
  char *from_name;
  char *text;
  gint64 seq;
  gint64 at_ms;
  gint64 time_ms;
  KmRole role;
  KmChatMode mode;
  guint32 color;
  gboolean own;
  KmDeletion deletion;
  gboolean reported; /* by who is signed in, in this run */
  KmRoomMessageState state;
  GError *error;
  KmRoomGift *gift; /* NULL: something else */
  KmRoomPoll *poll; /* NULL: something else */
};

G_DEFINE_ENUM_TYPE (KmRoomMessageKind, km_room_message_kind,
                    G_DEFINE_ENUM_VALUE (KM_ROOM_MESSAGE_CHAT, "chat"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_MESSAGE_GIFT, "gift"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_MESSAGE_POLL, "poll"))
G_DEFINE_ENUM_TYPE (KmRoomMessageState, km_room_message_state,
                    G_DEFINE_ENUM_VALUE (KM_ROOM_MESSAGE_SENDING, "sending"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_MESSAGE_SENT, "sent"),
                    G_DEFINE_ENUM_VALUE (KM_ROOM_MESSAGE_FAILED, "failed"))
G_DEFINE_FINAL_TYPE (KmRoomMessage, km_room_message, G_TYPE_OBJECT)

enum
{
  PROP_TEXT = 1,
  PROP_FROM_NAME,
  PROP_AT,
  PROP_SEQ,
  PROP_STATE,
  PROP_ERROR,
  PROP_GIFT,
  PROP_POLL,
  PROP_DELETED,
  PROP_REPORTED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
km_room_message_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  KmRoomMessage *self = KM_ROOM_MESSAGE (object);

  switch (id)
    {
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_FROM_NAME:
      g_value_set_string (value, self->from_name);
      break;
    case PROP_AT:
      g_value_set_int64 (value, self->at_ms);
      break;
    case PROP_SEQ:
      g_value_set_int64 (value, self->seq);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_GIFT:
      g_value_set_boxed (value, self->gift);
      break;
    case PROP_POLL:
      g_value_set_object (value, self->poll);
      break;
    case PROP_DELETED:
      g_value_set_boolean (value, self->deletion != KM_DELETION_NONE);
      break;
    case PROP_REPORTED:
      g_value_set_boolean (value, self->reported);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_room_message_finalize (GObject *object)
{
  KmRoomMessage *self = KM_ROOM_MESSAGE (object);

  g_free (self->id);
  g_free (self->from_id);
  g_free (self->from_name);
  g_free (self->text);
  g_clear_error (&self->error);
  g_clear_pointer (&self->gift, km_room_gift_unref);
  g_clear_object (&self->poll);

  G_OBJECT_CLASS (km_room_message_parent_class)->finalize (object);
}

static void
km_room_message_class_init (KmRoomMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                      G_PARAM_STATIC_STRINGS;

  object_class->get_property = km_room_message_get_property;
  object_class->finalize = km_room_message_finalize;

  properties[PROP_TEXT] =
    g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_FROM_NAME] =
    g_param_spec_string ("from-name", NULL, NULL, NULL, flags);
  properties[PROP_AT] =
    g_param_spec_int64 ("at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_SEQ] =
    g_param_spec_int64 ("seq", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, KM_TYPE_ROOM_MESSAGE_STATE,
                       KM_ROOM_MESSAGE_SENT, flags);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_GIFT] =
    g_param_spec_boxed ("gift", NULL, NULL, KM_TYPE_ROOM_GIFT, flags);
  properties[PROP_POLL] =
    g_param_spec_object ("poll", NULL, NULL, KM_TYPE_ROOM_POLL, flags);
  properties[PROP_DELETED] =
    g_param_spec_boolean ("deleted", NULL, NULL, FALSE, flags);
  properties[PROP_REPORTED] =
    g_param_spec_boolean ("reported", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
km_room_message_init (KmRoomMessage *self)
{
  self->seq = -1;
  self->time_ms = -1;
  self->state = KM_ROOM_MESSAGE_SENT;
}

/* What a newer server leaves out becomes an empty text, never a NULL that
 * every reader would have to expect. */
static char *
dup_text (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

/* Thread: main. */
KmRoomMessage *
km_room_message_new_event (const KmRoomEvent *event,
                           gboolean           own)
{
  KmRoomMessage *self = g_object_new (KM_TYPE_ROOM_MESSAGE, NULL);

  self->id = dup_text (event->id);
  self->own = own;
  km_room_message_set_event (self, event);

  return self;
}

KmRoomMessage *
km_room_message_new_own (const char *id,
                         const char *from_id,
                         const char *from_name,
                         KmRole      role,
                         const char *text,
                         KmChatMode  mode,
                         guint32     color,
                         gint64      time_ms,
                         gint64      at_ms)
{
  KmRoomMessage *self = g_object_new (KM_TYPE_ROOM_MESSAGE, NULL);

  self->id = g_strdup (id);
  self->from_id = dup_text (from_id);
  self->from_name = dup_text (from_name);
  self->text = dup_text (text);
  self->role = role;
  self->mode = mode;
  self->color = color;
  self->time_ms = time_ms;
  self->at_ms = at_ms;
  self->own = TRUE;
  self->state = KM_ROOM_MESSAGE_SENDING;

  return self;
}

/* Thread: main. A gift of one's own that the server doesn't have yet. */
KmRoomMessage *
km_room_message_new_own_gift (KmRoomGift *gift)
{
  KmRoomMessage *self;

  self = km_room_message_new_own (gift->id, gift->from_id, gift->from_name,
                                  gift->role, NULL, KM_CHAT_MODE_PANEL,
                                  KM_CHAT_COLOR_DEFAULT, gift->time_ms,
                                  gift->at_ms);
  km_room_message_set_gift (self, gift);

  return self;
}

/* Thread: main. @event is a `poll.closed`. */
KmRoomMessage *
km_room_message_new_poll (const KmRoomEvent *event,
                          KmRoomPoll        *poll)
{
  KmRoomMessage *self = g_object_new (KM_TYPE_ROOM_MESSAGE, NULL);

  self->id = g_strdup (km_room_poll_get_id (poll));
  self->from_id = g_strdup ("");
  self->from_name = g_strdup ("");
  self->text = g_strdup (km_room_poll_get_question (poll));
  self->seq = event->seq;
  self->at_ms = MAX (event->at_ms, 0);
  self->mode = KM_CHAT_MODE_PANEL;
  self->poll = g_object_ref (poll);

  return self;
}

/**
 * km_room_message_set_gift:
 * @self: a row of a gift
 * @gift: what its combo has become
 */
void
km_room_message_set_gift (KmRoomMessage *self,
                          KmRoomGift    *gift)
{
  g_autoptr (KmRoomGift) old = self->gift;

  self->gift = km_room_gift_ref (gift);
  g_free (self->text);
  self->text = g_strdup_printf ("%s × %" G_GINT64_FORMAT, gift->name,
                                gift->combo_count);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GIFT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

/**
 * km_room_message_delete:
 * @self: a message
 * @by: who deleted it
 *
 * Its words go.
 */
void
km_room_message_delete (KmRoomMessage *self,
                        KmDeletion     by)
{
  if (self->deletion == by)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  self->deletion = by;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DELETED]);
  if (g_set_str (&self->text, ""))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* The room's staff knows of it. */
void
km_room_message_set_reported (KmRoomMessage *self)
{
  if (self->reported)
    return;

  self->reported = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REPORTED]);
}

/**
 * km_room_message_set_event:
 * @self: a message
 * @event: what the server made of it
 *
 * The server may have normalised the text; what everybody sees counts.
 */
void
km_room_message_set_event (KmRoomMessage     *self,
                           const KmRoomEvent *event)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  g_set_str (&self->from_id, event->from.id != NULL ? event->from.id : "");
  if (g_set_str (&self->from_name, event->from.shown_name != NULL
                                     ? event->from.shown_name : ""))
    g_object_notify_by_pspec (object, properties[PROP_FROM_NAME]);
  if (event->gift != NULL)
    {
      g_autoptr (KmRoomGift) gift = km_room_gift_new_event (event, self->own);

      km_room_message_set_gift (self, gift);
    }
  else if (g_set_str (&self->text, event->text != NULL ? event->text : ""))
    {
      g_object_notify_by_pspec (object, properties[PROP_TEXT]);
    }
  if (event->deletion != KM_DELETION_NONE)
    km_room_message_delete (self, event->deletion);
  self->role = event->role;
  self->mode = event->mode;
  self->color = event->color;
  self->time_ms = event->time_ms;
  if (self->at_ms != event->at_ms)
    {
      self->at_ms = MAX (event->at_ms, 0);
      g_object_notify_by_pspec (object, properties[PROP_AT]);
    }
  if (self->seq != event->seq)
    {
      self->seq = event->seq;
      g_object_notify_by_pspec (object, properties[PROP_SEQ]);
    }
  km_room_message_set_state (self, KM_ROOM_MESSAGE_SENT, NULL);
  g_object_thaw_notify (object);
}

void
km_room_message_set_state (KmRoomMessage      *self,
                           KmRoomMessageState  state,
                           const GError       *error)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->error != NULL || error != NULL)
    {
      g_clear_error (&self->error);
      self->error = error != NULL ? g_error_copy (error) : NULL;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
    }
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

KmRoomMessageKind
km_room_message_get_kind (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), KM_ROOM_MESSAGE_CHAT);

  if (self->gift != NULL)
    return KM_ROOM_MESSAGE_GIFT;

  return self->poll != NULL ? KM_ROOM_MESSAGE_POLL : KM_ROOM_MESSAGE_CHAT;
}

const char *
km_room_message_get_id (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), NULL);

  return self->id;
}

/**
 * km_room_message_get_seq:
 * @self: a message
 *
 * Returns: its place in the room's log; -1 while only this computer has it
 */
gint64
km_room_message_get_seq (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), -1);

  return self->seq;
}

/**
 * km_room_message_get_at:
 * @self: a message
 *
 * Returns: when it was said, ms since 1970, by the server's clock; by this
 *   computer's as long as it isn't sent
 */
gint64
km_room_message_get_at (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), 0);

  return self->at_ms;
}

const char *
km_room_message_get_from_id (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), NULL);

  return self->from_id;
}

/**
 * km_room_message_get_from_name:
 * @self: a message
 *
 * Returns: the name to show for its sender
 */
const char *
km_room_message_get_from_name (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), NULL);

  return self->from_name;
}

KmRole
km_room_message_get_role (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), KM_ROLE_GUEST);

  return self->role;
}

/**
 * km_room_message_get_text:
 * @self: a message
 *
 * Returns: what was said; of a gift its name and number, of a poll the
 *   question
 */
const char *
km_room_message_get_text (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), NULL);

  return self->text;
}

KmChatMode
km_room_message_get_mode (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), KM_CHAT_MODE_PANEL);

  return self->mode;
}

/**
 * km_room_message_get_color:
 * @self: a message
 *
 * Returns: 0xrrggbb
 */
guint32
km_room_message_get_color (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), KM_CHAT_COLOR_DEFAULT);

  return self->color;
}

/**
 * km_room_message_get_time_ms:
 * @self: a message
 *
 * Returns: the stream time that its sender saw, in ms; -1: none
 */
gint64
km_room_message_get_time_ms (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), -1);

  return self->time_ms;
}

/**
 * km_room_message_get_own:
 * @self: a message
 *
 * Returns: whether the account that is signed in here sent it
 */
gboolean
km_room_message_get_own (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), FALSE);

  return self->own;
}

/* Returns: whether who is signed in has reported it, as far as is known. */
gboolean
km_room_message_get_reported (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), FALSE);

  return self->reported;
}

/**
 * km_room_message_get_deletion:
 * @self: a message
 *
 * Returns: who deleted it; its text is empty then
 */
KmDeletion
km_room_message_get_deletion (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), KM_DELETION_NONE);

  return self->deletion;
}

KmRoomMessageState
km_room_message_get_state (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), KM_ROOM_MESSAGE_SENT);

  return self->state;
}

/**
 * km_room_message_get_error:
 * @self: a message
 *
 * Returns: (nullable): why it failed
 */
const GError *
km_room_message_get_error (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), NULL);

  return self->error;
}

/**
 * km_room_message_get_gift:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the newest gift of the row's combo, so
 *   that `combo_count` is what the row shows; %NULL: it is no gift's row
 */
KmRoomGift *
km_room_message_get_gift (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), NULL);

  return self->gift;
}

/**
 * km_room_message_get_poll:
 * @self: a message
 *
 * Returns: (transfer none) (nullable): the poll that ended; %NULL: it is no
 *   poll's row
 */
KmRoomPoll *
km_room_message_get_poll (KmRoomMessage *self)
{
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (self), NULL);

  return self->poll;
}
