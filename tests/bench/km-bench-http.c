/* km-bench-http.c: one connection that asks and waits
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As little of HTTP/1.1 as a bench needs to ask thousands of times without
 * taking the processor from what it measures: one call after the other on a
 * connection that is kept, answers with a Content-Length.
 *
 * Thread: one at a time.
 */

#include "km-bench-http.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_S 20

struct _KmBenchHttp
{
  int fd;
  guint port;
};

/**
 * km_bench_http_new:
 * @port: on loopback
 *
 * Returns: (nullable) (transfer full): a connection; %NULL: nobody listens
 */
KmBenchHttp *
km_bench_http_new (guint port)
{
  const struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons ((guint16) port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  const struct timeval patience = { .tv_sec = PATIENCE_S };
  const int one = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  KmBenchHttp *self;

  if (fd < 0)
    return NULL;
  if (connect (fd, (const struct sockaddr *) &address, sizeof address) < 0)
    {
      close (fd);
      return NULL;
    }

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  self = g_new0 (KmBenchHttp, 1);
  self->fd = fd;
  self->port = port;

  return self;
}

void
km_bench_http_free (KmBenchHttp *self)
{
  close (self->fd);
  g_free (self);
}

/* Returns the whole answer, or NULL. @head: where its body begins. */
static GString *
read_answer (KmBenchHttp *self,
             gsize       *head)
{
  static const char name[] = "\r\ncontent-length:";
  g_autoptr (GString) text = g_string_new (NULL);
  gsize wanted = G_MAXSIZE;

  while (text->len < wanted)
    {
      char buffer[16384];
      gssize length = recv (self->fd, buffer, sizeof buffer, 0);
      g_autofree char *folded = NULL;
      const char *end;
      const char *size;

      if (length <= 0)
        return NULL;
      g_string_append_len (text, buffer, length);
      end = strstr (text->str, "\r\n\r\n");
      if (end == NULL)
        continue;

      *head = (gsize) (end + 4 - text->str);
      folded = g_ascii_strdown (text->str, (gssize) *head);
      size = strstr (folded, name);
      wanted = *head
               + (size != NULL ? g_ascii_strtoull (size + strlen (name), NULL,
                                                   10)
                               : 0);
    }

  return g_steal_pointer (&text);
}

/**
 * km_bench_http_call:
 * @self: a connection
 * @method: an HTTP method
 * @path: the whole path
 * @token: (nullable): a session's
 * @body: (nullable): JSON
 * @answer: (out) (optional) (nullable) (transfer full): the body that came
 *
 * Returns: the HTTP status; 0: there was no answer
 */
guint
km_bench_http_call (KmBenchHttp *self,
                    const char  *method,
                    const char  *path,
                    const char  *token,
                    const char  *body,
                    char       **answer)
{
  g_autoptr (GString) request = g_string_new (NULL);
  g_autoptr (GString) text = NULL;
  gsize head = 0;

  g_string_append_printf (request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n",
                          method, path, self->port);
  if (token != NULL)
    g_string_append_printf (request, "Authorization: Bearer %s\r\n", token);
  if (body != NULL)
    g_string_append (request, "Content-Type: application/json\r\n");
  if (!g_str_equal (method, "GET"))
    g_string_append_printf (request, "Content-Length: %zu\r\n",
                            body != NULL ? strlen (body) : 0);
  g_string_append_printf (request, "\r\n%s", body != NULL ? body : "");

  if (send (self->fd, request->str, request->len, MSG_NOSIGNAL)
      == (gssize) request->len)
    text = read_answer (self, &head);
  if (answer != NULL)
    *answer = text != NULL ? g_strdup (text->str + head) : NULL;

  /* "HTTP/1.1 200 …" */
  return text != NULL ? (guint) g_ascii_strtoull (text->str + 9, NULL, 10)
                      : 0;
}
