#pragma once

#include "km-relay-stream.h"
#include "km-transport.h"

G_BEGIN_DECLS

/**
 * KmRelayWritten:
 * @KM_RELAY_WRITTEN_ALL: there is nothing left to write now
 * @KM_RELAY_WRITTEN_SOME: the socket takes no more now
 * @KM_RELAY_WRITTEN_ERROR: the socket is broken
 */
typedef enum
{
  KM_RELAY_WRITTEN_ALL,
  KM_RELAY_WRITTEN_SOME,
  KM_RELAY_WRITTEN_ERROR,
} KmRelayWritten;

/**
 * KmRelayViewer:
 *
 * What is to be written to one connection: bytes of its own and the tags of a
 * stream. Made by km_relay_viewer_init().
 */
typedef struct
{
  /*< private >*/
  KmRelayForm form;
  KmRelayStream *stream;
  KmRelayCursor cursor;
  GByteArray *own;
  KmRelayTag *headers[KM_RELAY_HEADERS];
  guint n_headers;
  guint next_header;
  KmRelayTag *partial;
  gsize partial_offset;
} KmRelayViewer;

void           km_relay_viewer_init   (KmRelayViewer *self,
                                       KmRelayForm    form,
                                       GByteArray    *own);
void           km_relay_viewer_clear  (KmRelayViewer *self);
void           km_relay_viewer_watch  (KmRelayViewer *self,
                                       KmRelayStream *stream,
                                       void         (*wake) (gpointer data),
                                       gpointer       data);
void           km_relay_viewer_leave  (KmRelayViewer *self);
void           km_relay_viewer_place  (KmRelayViewer *self);
KmRelayWritten km_relay_viewer_write  (KmRelayViewer *self,
                                       KmTransport   *transport);

G_END_DECLS
