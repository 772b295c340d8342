/* km-test-ingest.h: a server that takes a stream, or does what servers do
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "km-rtmp-session.h"

G_BEGIN_DECLS

/**
 * KmTestManner:
 * @KM_TEST_MANNER_TAKES: takes streams
 * @KM_TEST_MANNER_DENIES: refuses each key
 * @KM_TEST_MANNER_CLOSES: closes the connection when it is given a key
 * @KM_TEST_MANNER_BABBLES: isn't a server for streams at all
 */
typedef enum
{
  KM_TEST_MANNER_TAKES,
  KM_TEST_MANNER_DENIES,
  KM_TEST_MANNER_CLOSES,
  KM_TEST_MANNER_BABBLES,
} KmTestManner;

typedef struct _KmTestIngest KmTestIngest;

/**
 * KmTestMediaFunc:
 * @event: media or metadata
 * @data: what was given to km_test_ingest_new()
 */
typedef void (*KmTestMediaFunc) (const KmRtmpEvent *event,
                                 gpointer           data);

KmTestIngest *km_test_ingest_new         (KmTestManner     manner,
                                          KmTestMediaFunc  func,
                                          gpointer         data);
void          km_test_ingest_free        (KmTestIngest    *self);

const char   *km_test_ingest_get_address (KmTestIngest    *self);
void          km_test_ingest_pause       (KmTestIngest    *self);
void          km_test_ingest_go_on       (KmTestIngest    *self);
void          km_test_ingest_take_over   (KmTestIngest    *self);
guint         km_test_ingest_get_goodbyes (KmTestIngest   *self);

G_END_DECLS
