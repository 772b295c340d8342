#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Limits that both sides know. README.md of this folder has the words. */
#define KM_API_PREFIX "/api/v1"
#define KM_SOCKET_PATH KM_API_PREFIX "/socket"
#define KM_SUBPROTOCOL "kaimu.v1"
#define KM_INBOX_STREAM "inbox"
#define KM_ROOM_STREAM "room:"
#define KM_STAFF_STREAM "staff:"

#define KM_FRAME_BYTES_MAX (16 * 1024)
#define KM_BODY_BYTES_MAX (16 * 1024)
#define KM_JSON_DEPTH_MAX 16

#define KM_NAME_LENGTH_MIN 3
#define KM_NAME_LENGTH_MAX 20
#define KM_PASSWORD_LENGTH_MIN 8
#define KM_PASSWORD_LENGTH_MAX 128
#define KM_PASSWORD_BYTES_MAX (4 * KM_PASSWORD_LENGTH_MAX)
#define KM_SHOWN_NAME_CLUSTERS_MAX 24
#define KM_SHOWN_NAME_BYTES_MAX 200
#define KM_DEVICE_CLUSTERS_MAX 60
#define KM_DEVICE_BYTES_MAX 240
#define KM_SESSION_ID_BYTES_MAX 128
#define KM_SESSIONS_LISTED_MAX 100
#define KM_TITLE_CLUSTERS_MAX 100
#define KM_TITLE_BYTES_MAX 500
#define KM_CHAT_CLUSTERS_MAX 200
#define KM_CHAT_BYTES_MAX 2000
#define KM_CHAT_MARKS_MAX 4
#define KM_CHAT_COLOR_DEFAULT 0xffffffu

#define KM_GIFT_ID_MAX 64
#define KM_GIFT_COUNT_MAX 9999
#define KM_GIFT_PRICE_MAX 1000000
#define KM_GIFT_TIER_MAX 5
#define KM_LIKES_MAX 20
#define KM_POLL_ID_MAX 19
#define KM_POLL_OPTIONS_MIN 2
#define KM_POLL_OPTIONS_MAX 10
#define KM_POLL_QUESTION_CLUSTERS_MAX 120
#define KM_POLL_QUESTION_BYTES_MAX 1200
#define KM_POLL_OPTION_CLUSTERS_MAX 60
#define KM_POLL_OPTION_BYTES_MAX 600
#define KM_POLL_DURATION_MS_MIN 10000
#define KM_POLL_DURATION_MS_MAX (24 * 3600 * 1000)
#define KM_PEOPLE_MAX 200
#define KM_SLOW_MODE_S_MAX 300
#define KM_REPORT_NOTE_CLUSTERS_MAX 500
#define KM_REPORT_NOTE_BYTES_MAX 4000

#define KM_TICKET_LIFE_MS 60000
#define KM_PING_AFTER_MS 20000
#define KM_DEAD_AFTER_MS 45000
#define KM_RECENT_EVENTS 50
#define KM_RECENT_WITHIN 1000
#define KM_TICK_SPACING_MS 250
#define KM_INBOX_RECENT 50
#define KM_STAFF_RECENT 100
#define KM_STAFF_OF_MESSAGE 5

/**
 * KmCloseCode:
 *
 * Why a socket was closed. Those below 4000 are RFC 6455's (section 7.4.1).
 */
typedef enum
{
  KM_CLOSE_NORMAL = 1000,
  KM_CLOSE_GOING_AWAY = 1001,
  KM_CLOSE_PROTOCOL_ERROR = 1002,
  KM_CLOSE_UNSUPPORTED = 1003,
  KM_CLOSE_BAD_TEXT = 1007,
  KM_CLOSE_FLOOD = 1008,
  KM_CLOSE_TOO_BIG = 1009,
  KM_CLOSE_TICKET_REFUSED = 4001,
  KM_CLOSE_SIGNED_OUT = 4002,
  KM_CLOSE_TOO_SLOW = 4008,
} KmCloseCode;

/**
 * KmProtocolError:
 * @KM_PROTOCOL_ERROR_UNKNOWN: a code that this version doesn't know; show the
 *   message
 *
 * Every error that the other side can be told, by HTTP and by socket. What a
 * person can do about each is its default message.
 */
typedef enum
{
  KM_PROTOCOL_ERROR_UNKNOWN,
  KM_PROTOCOL_ERROR_BAD_REQUEST,
  KM_PROTOCOL_ERROR_UNKNOWN_COMMAND,
  KM_PROTOCOL_ERROR_NOT_FOUND,
  KM_PROTOCOL_ERROR_NOT_JOINED,
  KM_PROTOCOL_ERROR_NO_SUCH_ROOM,
  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED,
  KM_PROTOCOL_ERROR_FORBIDDEN,
  KM_PROTOCOL_ERROR_BAD_TEXT,
  KM_PROTOCOL_ERROR_TOO_LONG,
  KM_PROTOCOL_ERROR_EMPTY,
  KM_PROTOCOL_ERROR_TOO_FAST,
  KM_PROTOCOL_ERROR_ID_REUSED,
  KM_PROTOCOL_ERROR_BAD_NAME,
  KM_PROTOCOL_ERROR_WEAK_PASSWORD,
  KM_PROTOCOL_ERROR_NAME_TAKEN,
  KM_PROTOCOL_ERROR_WRONG_CREDENTIALS,
  KM_PROTOCOL_ERROR_TOO_MANY,
  KM_PROTOCOL_ERROR_REGISTRATION_CLOSED,
  KM_PROTOCOL_ERROR_DENIED,
  KM_PROTOCOL_ERROR_TAKEN_OVER,
  KM_PROTOCOL_ERROR_UNSUPPORTED,
  KM_PROTOCOL_ERROR_TOO_LARGE,
  KM_PROTOCOL_ERROR_METHOD_NOT_ALLOWED,
  KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS,
  KM_PROTOCOL_ERROR_DAILY_LIMIT,
  KM_PROTOCOL_ERROR_CONFIRM_REQUIRED,
  KM_PROTOCOL_ERROR_NO_SUCH_GIFT,
  KM_PROTOCOL_ERROR_BAD_COUNT,
  KM_PROTOCOL_ERROR_NOT_LIVE,
  KM_PROTOCOL_ERROR_OWN_ROOM,
  KM_PROTOCOL_ERROR_NO_SUCH_POLL,
  KM_PROTOCOL_ERROR_POLL_CLOSED,
  KM_PROTOCOL_ERROR_POLL_OPEN,
  KM_PROTOCOL_ERROR_NO_SUCH_OPTION,
  KM_PROTOCOL_ERROR_ALREADY_VOTED,
  KM_PROTOCOL_ERROR_NO_SUCH_ADDRESS,
  KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE,
  KM_PROTOCOL_ERROR_OWN_MESSAGE,
  KM_PROTOCOL_ERROR_ALREADY_REPORTED,
  KM_PROTOCOL_ERROR_NO_SUCH_REPORT,
  KM_PROTOCOL_ERROR_BUSY,
  KM_PROTOCOL_ERROR_INTERNAL,
} KmProtocolError;

#define KM_PROTOCOL_ERROR (km_protocol_error_quark ())
GQuark          km_protocol_error_quark        (void);

GError         *km_protocol_error_new          (KmProtocolError  code,
                                                gint64           retry_ms,
                                                const char      *message);
void            km_protocol_error_set          (GError         **error,
                                                KmProtocolError  code);
gint64          km_protocol_error_get_retry_ms (const GError    *error);

const char     *km_protocol_error_to_word      (KmProtocolError  code);
KmProtocolError km_protocol_error_from_word    (const char      *word);
const char     *km_protocol_error_to_message   (KmProtocolError  code);
guint           km_protocol_error_to_status    (KmProtocolError  code);

/**
 * KmCommandKind:
 *
 * What a client may ask on the socket.
 */
typedef enum
{
  KM_COMMAND_ROOM_JOIN,
  KM_COMMAND_ROOM_LEAVE,
  KM_COMMAND_CHAT_SEND,
  KM_COMMAND_STREAM_PREPARE,
  KM_COMMAND_GIFT_SEND,
  KM_COMMAND_LIKE_SEND,
  KM_COMMAND_POLL_OPEN,
  KM_COMMAND_POLL_VOTE,
  KM_COMMAND_POLL_CLOSE,
  KM_COMMAND_PEOPLE_LIST,
  KM_COMMAND_CHAT_DELETE,
  KM_COMMAND_INBOX_OPEN,
  KM_COMMAND_CHAT_REPORT,
  KM_COMMAND_REPORT_DISMISS,
  KM_COMMAND_STAFF_OPEN,
  KM_N_COMMANDS,
} KmCommandKind;

/**
 * KmRoomEventKind:
 * @KM_ROOM_EVENT_UNKNOWN: something of a newer server; if it has a seq, that
 *   counts as had
 *
 * What a server tells on the socket.
 */
typedef enum
{
  KM_ROOM_EVENT_CHAT_MESSAGE,
  KM_ROOM_EVENT_STREAM_STARTED,
  KM_ROOM_EVENT_STREAM_ENDED,
  KM_ROOM_EVENT_ROOM_CHANGED,
  KM_ROOM_EVENT_GIFT_SENT,
  KM_ROOM_EVENT_POLL_OPENED,
  KM_ROOM_EVENT_POLL_CLOSED,
  KM_ROOM_EVENT_CHAT_DELETED,
  KM_ROOM_EVENT_TICK,
  KM_ROOM_EVENT_STREAM_REFUSED,
  KM_ROOM_EVENT_WALLET_ENTRY,
  KM_ROOM_EVENT_WALLET_LIMIT,
  KM_ROOM_EVENT_REPORT_FILED,
  KM_ROOM_EVENT_REPORT_SETTLED,
  KM_ROOM_EVENT_MESSAGE_DELETED,
  KM_ROOM_EVENT_UNKNOWN,
  KM_N_ROOM_EVENTS,
} KmRoomEventKind;

typedef enum
{
  KM_ROLE_GUEST,
  KM_ROLE_MEMBER,
  KM_ROLE_HOST,
  KM_N_ROLES,
} KmRole;

typedef enum
{
  KM_CHAT_MODE_SCROLL,
  KM_CHAT_MODE_TOP,
  KM_CHAT_MODE_BOTTOM,
  KM_CHAT_MODE_PANEL,
  KM_N_CHAT_MODES,
} KmChatMode;

typedef enum
{
  KM_STREAM_END_ENDED,
  KM_STREAM_END_LOST,
  KM_STREAM_END_SHUTDOWN,
  KM_N_STREAM_ENDS,
} KmStreamEnd;

/**
 * KmPollEnd:
 * @KM_POLL_END_TIME: its time was over
 * @KM_POLL_END_HOST: the host closed it
 * @KM_POLL_END_ENDED: it had no time, and the stream ended
 *
 * Why a poll was closed.
 */
typedef enum
{
  KM_POLL_END_TIME,
  KM_POLL_END_HOST,
  KM_POLL_END_ENDED,
  KM_N_POLL_ENDS,
} KmPollEnd;

/**
 * KmDeletion:
 * @KM_DELETION_NONE: it is there; has no word
 * @KM_DELETION_AUTHOR: by whom it was said
 * @KM_DELETION_HOST: by the room's host
 *
 * Who deleted a message.
 */
typedef enum
{
  KM_DELETION_NONE,
  KM_DELETION_AUTHOR,
  KM_DELETION_HOST,
  KM_N_DELETIONS,
} KmDeletion;

/**
 * KmReportReason:
 *
 * What is wrong with a message, as whoever reports it says.
 */
typedef enum
{
  KM_REPORT_SPAM,
  KM_REPORT_HARASSMENT,
  KM_REPORT_HATE,
  KM_REPORT_SEXUAL,
  KM_REPORT_VIOLENCE,
  KM_REPORT_OTHER,
  KM_N_REPORT_REASONS,
} KmReportReason;

/**
 * KmReportEnd:
 * @KM_REPORT_END_DELETED: its message was deleted, by whomever
 * @KM_REPORT_END_DISMISSED: the staff found nothing wrong with the message
 *
 * How a report was settled.
 */
typedef enum
{
  KM_REPORT_END_DELETED,
  KM_REPORT_END_DISMISSED,
  KM_N_REPORT_ENDS,
} KmReportEnd;

/* Each enumeration as its word on the wire; _from_word() returns -1 for a
 * word that isn't one, and for NULL. */
const char *km_command_kind_to_word      (KmCommandKind    kind);
int         km_command_kind_from_word    (const char      *word);
gboolean    km_command_kind_is_act       (KmCommandKind    kind);
const char *km_room_event_kind_to_word   (KmRoomEventKind  kind);
int         km_room_event_kind_from_word (const char      *word);
gboolean    km_room_event_kind_is_inbox  (KmRoomEventKind  kind);
gboolean    km_room_event_kind_is_staff  (KmRoomEventKind  kind);
const char *km_role_to_word              (KmRole           role);
int         km_role_from_word            (const char      *word);
const char *km_chat_mode_to_word         (KmChatMode       mode);
int         km_chat_mode_from_word       (const char      *word);
const char *km_stream_end_to_word        (KmStreamEnd      reason);
int         km_stream_end_from_word      (const char      *word);
const char *km_poll_end_to_word          (KmPollEnd        reason);
int         km_poll_end_from_word        (const char      *word);
const char *km_deletion_to_word          (KmDeletion       by);
int         km_deletion_from_word        (const char      *word);
const char *km_report_reason_to_word     (KmReportReason   reason);
int         km_report_reason_from_word   (const char      *word);
const char *km_report_end_to_word        (KmReportEnd      how);
int         km_report_end_from_word      (const char      *word);

const char *const *km_room_categories         (void);
gboolean           km_room_category_is_known  (const char *category);

G_END_DECLS
