/* km-uplink-connect.c: a connection to a server that takes streams
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name is looked up, one of its addresses connected to, and a certificate
 * judged, as the viewers' side of this program does it: what this computer
 * trusts is trusted, and so is the one certificate that was agreed to. One
 * that isn't accepted is told, so that a person can decide.
 *
 * Thread: any, with a main context of its own; one at a time.
 */

#include "km-uplink-connect.h"

#include "km-host.h"
#include "km-pin.h"
#include "km-uplink-socket.h"

typedef struct
{
  char *host;
  guint16 port;
  gboolean secure;
  char *pin;
  char *refused; /* a fingerprint */
  GSocketConnection *connection;
} Try;

static void
try_free (gpointer data)
{
  Try *self = data;

  g_clear_object (&self->connection);
  g_free (self->host);
  g_free (self->pin);
  g_free (self->refused);
  g_free (self);
}

static void
take_wire (GTask     *task,
           GIOStream *stream)
{
  Try *try = g_task_get_task_data (task);
  KmUplinkWire *wire = g_new0 (KmUplinkWire, 1);

  wire->stream = stream;
  wire->socket =
    g_object_ref (g_socket_connection_get_socket (try->connection));
  g_task_return_pointer (task, wire, (GDestroyNotify) km_uplink_wire_close);
}

static gboolean
on_certificate (GTlsConnection       *connection,
                GTlsCertificate      *certificate,
                GTlsCertificateFlags  errors,
                Try                  *try)
{
  g_autofree char *fingerprint = km_fingerprint_new (certificate);

  if (km_verdict_accepts (km_pin_judge (errors, fingerprint, try->pin)))
    return TRUE;

  g_set_str (&try->refused, fingerprint);
  return FALSE;
}

static void
on_shaken_hands (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  g_signal_handlers_disconnect_by_data (source, g_task_get_task_data (task));
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result,
                                         &error))
    take_wire (task, G_IO_STREAM (g_object_ref (source)));
  else
    g_task_return_error (task, error);
}

static void
shake_hands (GTask *task)
{
  Try *try = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) identity =
    g_network_address_new (try->host, try->port);
  g_autoptr (GIOStream) connection = NULL;
  GError *error = NULL;

  connection = g_tls_client_connection_new (G_IO_STREAM (try->connection),
                                            identity, &error);
  if (connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_signal_connect (connection, "accept-certificate",
                    G_CALLBACK (on_certificate), try);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (connection),
                                    G_PRIORITY_DEFAULT,
                                    g_task_get_cancellable (task),
                                    on_shaken_hands, g_object_ref (task));
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Try *try = g_task_get_task_data (task);
  GError *error = NULL;

  try->connection = g_socket_client_connect_finish (
    G_SOCKET_CLIENT (source), result, &error);
  if (try->connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  km_uplink_socket_tune (g_socket_connection_get_socket (try->connection));
  if (try->secure)
    shake_hands (task);
  else
    take_wire (task, G_IO_STREAM (g_object_ref (try->connection)));
}

/**
 * km_uplink_connect_async:
 * @target: where to
 * @pin: (nullable): the fingerprint of a certificate that is accepted beside
 *   those that this computer trusts
 * @cancellable: to give up
 * @callback: called in the thread's main context
 * @user_data: for @callback
 */
void
km_uplink_connect_async (const KmRtmpTarget  *target,
                         const char          *pin,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback,
                                       user_data);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address =
    g_network_address_new (target->host, target->port);
  Try *try = g_new0 (Try, 1);

  try->host = g_strdup (target->host);
  try->port = target->port;
  try->secure = target->secure;
  try->pin = g_strdup (pin);
  g_task_set_source_tag (task, km_uplink_connect_async);
  g_task_set_task_data (task, try, try_free);

  g_socket_client_set_enable_proxy (client, !km_host_is_here (target->host));
  g_socket_client_connect_async (client, address, cancellable, on_connected,
                                 g_object_ref (task));
}

/**
 * km_uplink_connect_finish:
 * @result: what the callback got
 * @refused: (out) (transfer full) (nullable): the fingerprint of a certificate
 *   that wasn't accepted
 * @error: of GIO, as it came
 *
 * Returns: (transfer full) (nullable): the connection
 */
KmUplinkWire *
km_uplink_connect_finish (GAsyncResult  *result,
                          char         **refused,
                          GError       **error)
{
  Try *try = g_task_get_task_data (G_TASK (result));

  *refused = g_steal_pointer (&try->refused);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * km_uplink_wire_close:
 * @self: (transfer full): a connection
 *
 * At once: what the other side hasn't taken may not reach it.
 */
void
km_uplink_wire_close (KmUplinkWire *self)
{
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_object_unref (self->stream);
  g_free (self);
}
