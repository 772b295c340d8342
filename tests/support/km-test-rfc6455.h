#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_TEST_FRAMES_MAX 5

/**
 * KmTestFrame:
 * @first: final bit, reserved bits and opcode
 * @form: in how many bytes the length is written: 2, 8, or 0 for the shortest
 *   way
 * @unmasked: whether it isn't masked
 * @text: (nullable): the payload
 * @length: bytes of it: @text is cut, or goes on with spaces; 0: as long as
 *   @text is
 * @claims: not 0: the length that is written, and nothing follows
 *
 * A frame as a client may send it, or may not.
 */
typedef struct
{
  guint8 first;
  guint8 form;
  gboolean unmasked;
  const char *text;
  gsize length;
  guint64 claims;
} KmTestFrame;

/**
 * KmTestTalk:
 * @name: what is right or wrong about it
 * @frames: what the client says
 * @texts: how many of its messages are heard
 * @pong: (nullable): what the answer to its ping carries
 * @close_code: what the server closes with; 0: it doesn't, before the client
 *
 * A case of RFC 6455. Without a code the client closes at the end and hears
 * its own code, 1000.
 */
typedef struct
{
  const char *name;
  KmTestFrame frames[KM_TEST_FRAMES_MAX];
  guint texts;
  const char *pong;
  guint close_code;
} KmTestTalk;

const KmTestTalk *km_test_talk_get          (guint             i);
GByteArray       *km_test_talk_write        (const KmTestTalk *self);
void              km_test_talk_check        (const KmTestTalk *self,
                                             GIOStream        *stream,
                                             gsize             piece);
void              km_test_talk_shake_hands  (GIOStream        *stream,
                                             const char       *host,
                                             const char       *ticket);

G_END_DECLS
