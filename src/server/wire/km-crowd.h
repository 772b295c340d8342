#pragma once

#include <glib.h>
#include <sys/socket.h>

#include "km-bucket.h"

G_BEGIN_DECLS

/**
 * KmCrowdLimits:
 * @a_second: connections that may come each second in the long run, from all
 *   addresses; 0: any number
 * @a_second_of_address: the same, from one address
 * @waiting: connections that may be open without having said what they want,
 *   of all addresses; 0: any number
 * @waiting_of_address: the same, of one address
 *
 * How many may come. Four seconds' worth may come at once.
 */
typedef struct
{
  guint a_second;
  guint a_second_of_address;
  guint waiting;
  guint waiting_of_address;
} KmCrowdLimits;

/**
 * KmCrowdVerdict:
 * @KM_CROWD_WELCOME: it may stay
 * @KM_CROWD_TOO_FAST: too many have come lately
 * @KM_CROWD_ADDRESS_TOO_FAST: too many have come lately from its address
 * @KM_CROWD_ADDRESS_WAITS: too many of its address have said nothing yet
 */
typedef enum
{
  KM_CROWD_WELCOME,
  KM_CROWD_TOO_FAST,
  KM_CROWD_ADDRESS_TOO_FAST,
  KM_CROWD_ADDRESS_WAITS,
} KmCrowdVerdict;

/**
 * KmCrowd:
 *
 * Who came lately and who waits. Zeroes but for @limits are nobody.
 */
typedef struct
{
  KmCrowdLimits limits;

  /*< private >*/
  KmBucket all;
  KmBuckets addresses;
  GHashTable *waiting; /* gint64 address -> guint */
} KmCrowd;

#define KM_CROWD_LOCAL 0

gint64         km_crowd_read_address (const struct sockaddr *address);
void           km_crowd_clear        (KmCrowd               *self);
KmCrowdVerdict km_crowd_come         (KmCrowd               *self,
                                      gint64                 address,
                                      gint64                 now_us);
KmCrowdVerdict km_crowd_wait         (KmCrowd               *self,
                                      gint64                 address);
void           km_crowd_leave        (KmCrowd               *self,
                                      gint64                 address);

G_END_DECLS
