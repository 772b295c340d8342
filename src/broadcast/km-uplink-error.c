/* km-uplink-error.c: what went wrong with a connection, for a person
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One cause means different things at different times: a connection that is
 * closed is lost when it was live, a refusal when a key was just given, and
 * something that isn't RTMP when hands were shaken. What is said here tells a
 * person where to look: at the address, the network, the key or the
 * certificate.
 *
 * Thread: any (no state).
 */

#include "km-uplink-error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "km-broadcast.h"
#include "km-rtmp.h"

static GError *
say (KmBroadcastError  code,
     const char       *words)
{
  return g_error_new_literal (KM_BROADCAST_ERROR, (int) code, words);
}

static GError *
say_denied (void)
{
  return say (KM_BROADCAST_ERROR_DENIED,
              _("The server doesn’t accept the stream key. It may have been "
                "renewed; go live again to use the new one."));
}

static GError *
say_taken_over (void)
{
  return say (KM_BROADCAST_ERROR_TAKEN_OVER,
              _("Another program went live with your stream key and took "
                "over. If that wasn’t you, make a new key."));
}

/* @message: the server's words, which may be none. */
static GError *
say_rejected (const char *message)
{
  if (message == NULL || *message == '\0')
    return say (KM_BROADCAST_ERROR_FAILED,
                _("The server refused the stream."));

  return g_error_new (KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_FAILED,
                      _("The server refused the stream: %s"), message);
}

/* What the server itself said. */
static GError *
explain_refusal (const GError *cause)
{
  switch ((KmRtmpError) cause->code)
    {
    case KM_RTMP_ERROR_DENIED:
      return say_denied ();
    case KM_RTMP_ERROR_TAKEN_OVER:
      return say_taken_over ();
    case KM_RTMP_ERROR_IN_USE:
      return say (KM_BROADCAST_ERROR_REFUSED,
                  _("The server says that somebody sends with this stream key "
                    "already, or it doesn’t know it."));
    case KM_RTMP_ERROR_NO_APP:
      return say (KM_BROADCAST_ERROR_FAILED,
                  _("The server takes no streams at this address. Is the part "
                    "behind its name right?"));
    case KM_RTMP_ERROR_REJECTED:
      return say_rejected (cause->message);
    case KM_RTMP_ERROR_ENDED:
      return say (KM_BROADCAST_ERROR_LOST, _("The server ended the stream."));
    case KM_RTMP_ERROR_PROTOCOL:
    case KM_RTMP_ERROR_LIMIT:
    default:
      return say (KM_BROADCAST_ERROR_UNREACHABLE,
                  _("What answers at the server’s address takes no streams. "
                    "Is the address right?"));
    }
}

/* A connection that there was. */
static GError *
explain_loss (const GError *cause)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return say (KM_BROADCAST_ERROR_STALLED,
                _("The server takes nothing any more. The network may be "
                  "down."));

  return say (KM_BROADCAST_ERROR_LOST,
              _("The connection to the server was lost."));
}

static GError *
explain_connecting (const GError *cause)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return say (KM_BROADCAST_ERROR_UNREACHABLE,
                _("Nobody takes streams at the server’s address. Is it "
                  "running?"));
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND) ||
      cause->domain == G_RESOLVER_ERROR)
    return say (KM_BROADCAST_ERROR_UNREACHABLE,
                _("There is no server of that name. Is its address right, and "
                  "is this computer on a network?"));
  if (cause->domain == G_TLS_ERROR)
    return say (KM_BROADCAST_ERROR_UNREACHABLE,
                _("The server can’t be spoken to in private: it doesn’t use "
                  "TLS as it should."));

  return say (KM_BROADCAST_ERROR_UNREACHABLE,
              _("The server can’t be reached, or it refused the "
                "connection."));
}

/**
 * km_uplink_error_new:
 * @stage: how far the connection was
 * @cause: of GIO, or a #KmRtmpError
 *
 * A deadline that passed is %G_IO_ERROR_TIMED_OUT, the server's end of the
 * connection %G_IO_ERROR_CONNECTION_CLOSED. What is in #KmBroadcastError is
 * passed on.
 *
 * Returns: (transfer full): a #KmBroadcastError
 */
GError *
km_uplink_error_new (KmUplinkStage  stage,
                     const GError  *cause)
{
  if (cause->domain == KM_BROADCAST_ERROR)
    return g_error_copy (cause);
  if (cause->domain == KM_RTMP_ERROR)
    return explain_refusal (cause);
  if (stage >= KM_UPLINK_STAGE_LIVE)
    return explain_loss (cause);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return say (KM_BROADCAST_ERROR_NO_ANSWER,
                _("The server doesn’t answer. Is its address right, and is it "
                  "running?"));
  if (stage == KM_UPLINK_STAGE_ASKING)
    return say (KM_BROADCAST_ERROR_REFUSED,
                _("The server closed the connection instead of taking the "
                  "stream. Is the stream key right?"));

  return explain_connecting (cause);
}

/**
 * km_uplink_error_new_refused:
 * @code: `denied`, `taken_over` or `unsupported`, as `stream.refused` has it
 * @message: (nullable): the server's words
 *
 * Returns: (transfer full): what the room's socket said about the stream
 */
GError *
km_uplink_error_new_refused (const char *code,
                             const char *message)
{
  if (g_strcmp0 (code, "taken_over") == 0)
    return say_taken_over ();
  if (g_strcmp0 (code, "denied") == 0)
    return say_denied ();
  if (g_strcmp0 (code, "unsupported") == 0)
    return g_error_new (KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_UNSUPPORTED,
                        _("The server can’t use this stream: %s"),
                        message != NULL ? message : "");

  return say_rejected (message);
}

/**
 * km_uplink_error_new_untrusted:
 * @pinned: whether a certificate of its own was expected of the server
 *
 * Returns: (transfer full): why the one that it showed isn't accepted
 */
GError *
km_uplink_error_new_untrusted (gboolean pinned)
{
  return say (KM_BROADCAST_ERROR_UNTRUSTED,
              pinned
                ? _("The server shows another certificate than it should. "
                    "Somebody else may answer in its place.")
                : _("The server made its certificate itself. Look at it "
                    "before you trust it."));
}

/**
 * km_uplink_error_is_final:
 * @error: a #KmBroadcastError
 *
 * Returns: whether another try would end in the same way
 */
gboolean
km_uplink_error_is_final (const GError *error)
{
  switch ((KmBroadcastError) error->code)
    {
    case KM_BROADCAST_ERROR_NO_ENCODER:
    case KM_BROADCAST_ERROR_BAD_ADDRESS:
    case KM_BROADCAST_ERROR_UNTRUSTED:
    case KM_BROADCAST_ERROR_DENIED:
    case KM_BROADCAST_ERROR_TAKEN_OVER:
    case KM_BROADCAST_ERROR_UNSUPPORTED:
    case KM_BROADCAST_ERROR_FAILED:
      return TRUE;
    case KM_BROADCAST_ERROR_NO_CAMERA:
    case KM_BROADCAST_ERROR_NO_MICROPHONE:
    case KM_BROADCAST_ERROR_UNREACHABLE:
    case KM_BROADCAST_ERROR_NO_ANSWER:
    case KM_BROADCAST_ERROR_REFUSED:
    case KM_BROADCAST_ERROR_LOST:
    case KM_BROADCAST_ERROR_STALLED:
    default:
      return FALSE;
    }
}
