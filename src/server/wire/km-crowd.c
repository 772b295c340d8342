/* km-crowd.c: how many may come at once, and how many from one place
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One address can't take all the room there is, nor can all together ask for
 * more than the machine can accept. An address of IPv6 stands for the /64 that
 * it is in: whoever has one has all of it.
 *
 * Connections of this machine are counted with all, but not as one address: a
 * proxy that does TLS brings everybody from there, and so do the apps that use
 * the server of "This computer".
 *
 * Thread: one (a plain struct); the clock is the caller's.
 */

#include "km-crowd.h"

#include <netinet/in.h>
#include <string.h>

#define BURST_SECONDS 4

/* No address of IPv6 that anybody has begins like this. */
static gint64
number_ipv4 (guint32 address)
{
  return (gint64) (G_GUINT64_CONSTANT (0xffff) << 32 | address);
}

static gint64
number_ipv6 (const struct in6_addr *address)
{
  guint64 network = 0;

  if (IN6_IS_ADDR_LOOPBACK (address))
    return KM_CROWD_LOCAL;

  for (guint i = 0; i < 8; i++)
    network = network << 8 | address->s6_addr[i];

  return network != KM_CROWD_LOCAL ? (gint64) network : -1;
}

/**
 * km_crowd_read_address:
 * @address: where a connection comes from
 *
 * Returns: a number for it, %KM_CROWD_LOCAL for this machine; IPv4 is the same
 *   whether it came as such or in the clothes of IPv6
 */
gint64
km_crowd_read_address (const struct sockaddr *address)
{
  struct sockaddr_in6 six;
  struct sockaddr_in four;
  guint32 host;

  if (address->sa_family == AF_INET)
    {
      memcpy (&four, address, sizeof four);
      host = ntohl (four.sin_addr.s_addr);
    }
  else if (address->sa_family == AF_INET6)
    {
      memcpy (&six, address, sizeof six);
      if (!IN6_IS_ADDR_V4MAPPED (&six.sin6_addr))
        return number_ipv6 (&six.sin6_addr);
      memcpy (&host, six.sin6_addr.s6_addr + 12, sizeof host);
      host = ntohl (host);
    }
  else
    return KM_CROWD_LOCAL;

  return host >> 24 == IN_LOOPBACKNET ? KM_CROWD_LOCAL : number_ipv4 (host);
}

void
km_crowd_clear (KmCrowd *self)
{
  km_buckets_clear (&self->addresses);
  g_clear_pointer (&self->waiting, g_hash_table_unref);
}

static gboolean
take (KmBucket *bucket,
      guint     a_second,
      gint64    now_us)
{
  return a_second == 0
         || km_bucket_take (bucket, now_us, G_USEC_PER_SEC / a_second,
                            BURST_SECONDS * a_second) == 0;
}

/**
 * km_crowd_come:
 * @self: a crowd
 * @address: where somebody comes from
 * @now_us: now, on a clock that doesn't go back
 *
 * The address is asked first: what one has too much isn't the others' cost.
 *
 * Returns: whether they may come in
 */
KmCrowdVerdict
km_crowd_come (KmCrowd *self,
               gint64   address,
               gint64   now_us)
{
  if (address != KM_CROWD_LOCAL
      && !take (km_buckets_find (&self->addresses, address, now_us),
                self->limits.a_second_of_address, now_us))
    return KM_CROWD_ADDRESS_TOO_FAST;

  return take (&self->all, self->limits.a_second, now_us)
           ? KM_CROWD_WELCOME : KM_CROWD_TOO_FAST;
}

/**
 * km_crowd_wait:
 * @self: a crowd
 * @address: of somebody who has come and has to say what they want
 *
 * Returns: whether they may wait until they do; then km_crowd_leave() must
 *   follow
 */
KmCrowdVerdict
km_crowd_wait (KmCrowd *self,
               gint64   address)
{
  guint n;

  if (address == KM_CROWD_LOCAL || self->limits.waiting_of_address == 0)
    return KM_CROWD_WELCOME;

  if (self->waiting == NULL)
    self->waiting = g_hash_table_new_full (g_int64_hash, g_int64_equal,
                                           g_free, NULL);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->waiting, &address));
  if (n >= self->limits.waiting_of_address)
    return KM_CROWD_ADDRESS_WAITS;

  g_hash_table_insert (self->waiting, g_memdup2 (&address, sizeof address),
                       GUINT_TO_POINTER (n + 1));

  return KM_CROWD_WELCOME;
}

/**
 * km_crowd_leave:
 * @self: a crowd
 * @address: of somebody who waited and doesn't any more
 */
void
km_crowd_leave (KmCrowd *self,
                gint64   address)
{
  guint n;

  if (address == KM_CROWD_LOCAL || self->waiting == NULL)
    return;

  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->waiting, &address));
  if (n > 1)
    g_hash_table_insert (self->waiting, g_memdup2 (&address, sizeof address),
                         GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (self->waiting, &address);
}
