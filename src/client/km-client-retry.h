/* km-client-retry.h: how soon a server is asked again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Full jitter, so that a thousand apps that lost the same server don't all
 * come back in the same moment.
 */
#pragma once

#include "km-retry.h"

#define KM_CLIENT_RETRY_MAX_MS 30000

#define KM_CLIENT_RETRY_RULE \
  (KmRetryRule) { \
    .first_us = 500 * G_TIME_SPAN_MILLISECOND, \
    .ceiling_us = KM_CLIENT_RETRY_MAX_MS * G_TIME_SPAN_MILLISECOND, \
    .factor = 2, \
    .jitter = 1, \
    .stable_us = 5 * G_TIME_SPAN_SECOND, \
  }
