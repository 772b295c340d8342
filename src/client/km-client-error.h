#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KmClientError:
 * @KM_CLIENT_ERROR_UNREACHABLE: no answer from the server's address; try
 *   again later, or look at the address
 * @KM_CLIENT_ERROR_NOT_KAIMU: something answers there, but not a Kaimu server
 * @KM_CLIENT_ERROR_CERTIFICATE: its certificate can't be trusted
 * @KM_CLIENT_ERROR_BAD_ADDRESS: what was typed is no address
 * @KM_CLIENT_ERROR_PROTOCOL: the server broke the protocol
 * @KM_CLIENT_ERROR_LOCAL_SERVER: the server of this computer doesn't run;
 *   the message says why
 * @KM_CLIENT_ERROR_STORAGE: this computer couldn't keep something on disk
 * @KM_CLIENT_ERROR_INTERRUPTED: an unsent message of an earlier run, too old
 *   to send without being asked; retry or discard it
 * @KM_CLIENT_ERROR_SIGNED_OUT: the sign-in here was ended from elsewhere, or
 *   wasn't used for too long: sign in again
 *
 * What goes wrong on this side of the wire. What a server refuses comes in
 * the domain %KM_PROTOCOL_ERROR, with its own words and, where it says so,
 * km_protocol_error_get_retry_ms(). Every message is a sentence that can be
 * shown to a person.
 */
typedef enum
{
  KM_CLIENT_ERROR_UNREACHABLE,
  KM_CLIENT_ERROR_NOT_KAIMU,
  KM_CLIENT_ERROR_CERTIFICATE,
  KM_CLIENT_ERROR_BAD_ADDRESS,
  KM_CLIENT_ERROR_PROTOCOL,
  KM_CLIENT_ERROR_LOCAL_SERVER,
  KM_CLIENT_ERROR_STORAGE,
  KM_CLIENT_ERROR_INTERRUPTED,
  KM_CLIENT_ERROR_SIGNED_OUT,
} KmClientError;

#define KM_CLIENT_ERROR (km_client_error_quark ())
GQuark  km_client_error_quark   (void);

GError *km_client_error_from_io (const GError *error);

G_END_DECLS
