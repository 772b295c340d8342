#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KM_RTMP_CHUNK_DEFAULT:
 *
 * Chunk size of both directions before anybody sets another (RTMP 1.0, 5.4.1).
 */
#define KM_RTMP_CHUNK_DEFAULT 128

/**
 * KM_RTMP_CHUNK_MAX:
 *
 * No message is longer than its 24-bit length, so no chunk is either
 * (RTMP 1.0, 5.4.1).
 */
#define KM_RTMP_CHUNK_MAX 0xffffff

/**
 * KM_RTMP_TIME_EXTENDED:
 *
 * What stands in a 24-bit timestamp field when the timestamp follows in 32
 * bits (RTMP 1.0, 5.3.1.3).
 */
#define KM_RTMP_TIME_EXTENDED 0xffffff

/**
 * KmRtmpType:
 *
 * Message types (RTMP 1.0, 5.4, 6.2 and 7.1).
 */
typedef enum
{
  KM_RTMP_TYPE_SET_CHUNK_SIZE = 1,
  KM_RTMP_TYPE_ABORT = 2,
  KM_RTMP_TYPE_ACKNOWLEDGEMENT = 3,
  KM_RTMP_TYPE_USER_CONTROL = 4,
  KM_RTMP_TYPE_WINDOW_SIZE = 5,
  KM_RTMP_TYPE_PEER_BANDWIDTH = 6,
  KM_RTMP_TYPE_AUDIO = 8,
  KM_RTMP_TYPE_VIDEO = 9,
  KM_RTMP_TYPE_DATA_AMF3 = 15,
  KM_RTMP_TYPE_COMMAND_AMF3 = 17,
  KM_RTMP_TYPE_DATA = 18,
  KM_RTMP_TYPE_COMMAND = 20,
  KM_RTMP_TYPE_AGGREGATE = 22,
} KmRtmpType;

/**
 * KmRtmpMessage:
 * @chunk_stream: the chunk stream that carries it, 2 to 65599
 * @type: a #KmRtmpType, or what else a peer sent
 * @stream: message stream id; 0 for the connection itself
 * @time_ms: 32-bit serial time: it wraps after 49.7 days
 * @data: its bytes; not owned
 * @length: how many, at most 0xffffff
 *
 * One whole message (RTMP 1.0, 6.1).
 */
typedef struct
{
  guint32 chunk_stream;
  guint8 type;
  guint32 stream;
  guint32 time_ms;
  const guint8 *data;
  gsize length;
} KmRtmpMessage;

/**
 * KmRtmpError:
 * @KM_RTMP_ERROR_PROTOCOL: the peer doesn't speak RTMP as the specification
 *   has it; close the connection
 * @KM_RTMP_ERROR_LIMIT: the peer asks for more memory or work than it may;
 *   close the connection
 *
 * @KM_RTMP_ERROR_NO_APP: the server has no such application: the address is
 *   wrong
 * @KM_RTMP_ERROR_DENIED: the server doesn't accept the stream key
 * @KM_RTMP_ERROR_IN_USE: somebody publishes with this key, or it is none: try
 *   again later
 * @KM_RTMP_ERROR_TAKEN_OVER: somebody else publishes with this key from now on
 * @KM_RTMP_ERROR_REJECTED: the server doesn't take the stream for another
 *   reason, which the message has in its words, if it said any
 * @KM_RTMP_ERROR_ENDED: the server ended the stream
 *
 * Nothing more can be read from a peer after any of them. The first two are
 * about what it sends, the others what a server tells a publisher.
 */
typedef enum
{
  KM_RTMP_ERROR_PROTOCOL,
  KM_RTMP_ERROR_LIMIT,
  KM_RTMP_ERROR_NO_APP,
  KM_RTMP_ERROR_DENIED,
  KM_RTMP_ERROR_IN_USE,
  KM_RTMP_ERROR_TAKEN_OVER,
  KM_RTMP_ERROR_REJECTED,
  KM_RTMP_ERROR_ENDED,
} KmRtmpError;

#define KM_RTMP_ERROR (km_rtmp_error_quark ())
GQuark km_rtmp_error_quark (void);

G_END_DECLS
