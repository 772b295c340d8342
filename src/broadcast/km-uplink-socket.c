/* km-uplink-socket.c: a socket that sends without hoarding
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Left to itself the kernel takes up to 4 MB that the network has no room for,
 * and whoever counts only what waits in the program sees nothing of seconds of
 * delay. So its buffer is small, and what it has but couldn't send is kept
 * smaller still; what waits is then in a queue that knows what may be dropped.
 *
 * Thread: any (no state).
 */

#include "km-uplink-socket.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* 2.5 Mb/s into a link cut to 1.2: 1.9 s of delay at most with these, 5.4 s
 * without. */
#define SEND_BUFFER_BYTES (64 * 1024)
#define NOT_SENT_BYTES (16 * 1024)
/* Longer than the uplink itself waits: for what is left of a connection that
 * nobody looks after any more. */
#define USER_TIMEOUT_MS 10000

/**
 * km_uplink_socket_tune:
 * @socket: of a connection that something live is sent on
 */
void
km_uplink_socket_tune (GSocket *socket)
{
  static const struct
  {
    int level, option, value;
  } options[] = {
    { IPPROTO_TCP, TCP_NODELAY, 1 },
    { SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES },
    { IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOT_SENT_BYTES },
    { IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS },
  };

  /* Without them it sends as well, only later. */
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    g_socket_set_option (socket, options[i].level, options[i].option,
                         options[i].value, NULL);
}

/**
 * km_uplink_socket_measure:
 * @socket: a connected socket
 * @progress: (out caller-allocates): how far it is
 */
void
km_uplink_socket_measure (GSocket          *socket,
                          KmUplinkProgress *progress)
{
  struct tcp_info info = { 0 };
  socklen_t size = sizeof info;
  int fd = g_socket_get_fd (socket);
  int waiting = 0;

  *progress = (KmUplinkProgress) { 0 };
  if (ioctl (fd, SIOCOUTQ, &waiting) == 0 && waiting > 0)
    progress->waiting_bytes = (guint64) waiting;
  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
    {
      progress->taken_bytes = info.tcpi_bytes_acked;
      progress->round_trip_us = info.tcpi_rtt;
    }
}
