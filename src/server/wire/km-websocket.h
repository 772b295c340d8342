#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmWebsocketOpcode:
 *
 * RFC 6455, section 5.2.
 */
typedef enum
{
  KM_WEBSOCKET_CONTINUATION = 0x0,
  KM_WEBSOCKET_TEXT = 0x1,
  KM_WEBSOCKET_BINARY = 0x2,
  KM_WEBSOCKET_CLOSE = 0x8,
  KM_WEBSOCKET_PING = 0x9,
  KM_WEBSOCKET_PONG = 0xa,
} KmWebsocketOpcode;

/**
 * KmWebsocketResult:
 * @KM_WEBSOCKET_NEED_MORE: all bytes are used up and no message is whole
 * @KM_WEBSOCKET_MESSAGE: here is one; call again for the next
 * @KM_WEBSOCKET_FAILED: the peer broke the rules: close with the code given
 */
typedef enum
{
  KM_WEBSOCKET_NEED_MORE,
  KM_WEBSOCKET_MESSAGE,
  KM_WEBSOCKET_FAILED,
} KmWebsocketResult;

/**
 * KmWebsocketMessage:
 * @opcode: text, binary, close, ping or pong
 * @data: (array length=length): what it carries, unmasked; of a close frame
 *   the reason. Not zero-terminated; text is valid UTF-8. Holds until the
 *   next call
 * @length: bytes of @data
 * @close_code: of a close frame, 1005 when it has none; of a failure, the
 *   code to close with
 */
typedef struct
{
  KmWebsocketOpcode opcode;
  const char *data;
  gsize length;
  guint close_code;
} KmWebsocketMessage;

/**
 * KmWebsocket:
 *
 * The reading side of one connection, embedded in its owner. Zeroes are a
 * fresh one; km_websocket_clear() frees what it gathered.
 */
typedef struct
{
  /*< private >*/
  guint8 head[14];
  guint8 head_length;
  guint8 opcode;         /* of the frame at hand */
  guint8 message_opcode; /* of the fragmented message; 0: none */
  gboolean fin;
  gboolean in_payload;
  gboolean ended;
  guint8 mask[4];
  guint32 payload_length;
  guint32 payload_read;
  GByteArray *message;   /* fragments, or a data frame that came in parts */
  GByteArray *control;   /* a control frame that came in parts */
  GByteArray *delivered; /* what the last message points into */
} KmWebsocket;

#define KM_WEBSOCKET_HEAD_MAX 10

void              km_websocket_clear        (KmWebsocket         *self);
KmWebsocketResult km_websocket_next         (KmWebsocket         *self,
                                             guint8             **data,
                                             gsize               *length,
                                             gsize                limit,
                                             KmWebsocketMessage  *message);

gsize             km_websocket_measure      (const guint8        *frame);
gsize             km_websocket_write_head   (guint8              *head,
                                             KmWebsocketOpcode    opcode,
                                             gsize                length);
void              km_websocket_append_frame (GByteArray          *out,
                                             KmWebsocketOpcode    opcode,
                                             const void          *data,
                                             gsize                length);
void              km_websocket_append_close (GByteArray          *out,
                                             guint                code,
                                             const char          *reason);

G_END_DECLS
