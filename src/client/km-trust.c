/* km-trust.c: which servers are believed to be who they say they are
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls and sockets go through libsoup, pictures and what is published through
 * GIO; each of them asks the process's default database about a server's certificate. This is that database, so one
 * function decides for all of them: judge(). A server is believed when the
 * system believes it, or when an authority of the person's own vouches for it.
 *
 * Thread: install on main, before anything connects; the rest on any.
 */

#include "km-trust.h"

struct _KmTrust
{
  GTlsDatabase parent_instance;

  GTlsDatabase *system;
  GTlsDatabase *own; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (KmTrust, km_trust, G_TYPE_TLS_DATABASE)

/* What is wrong with the certificate @chain of the server @identity, a host
 * with its port; nothing: it is accepted. */
static GTlsCertificateFlags
judge (KmTrust                  *self,
       GTlsCertificate          *chain,
       const char               *purpose,
       GSocketConnectable       *identity,
       GTlsInteraction          *interaction,
       GTlsDatabaseVerifyFlags   flags,
       GCancellable             *cancellable,
       GError                  **error)
{
  g_autoptr (GError) cause = NULL;
  GTlsCertificateFlags faults = g_tls_database_verify_chain (
    self->system, chain, purpose, identity, interaction, flags, cancellable,
    &cause);

  if (cause == NULL && faults != 0 && self->own != NULL)
    faults = g_tls_database_verify_chain (self->own, chain, purpose, identity,
                                          interaction, flags, cancellable,
                                          &cause);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));

  return faults;
}

static GTlsCertificateFlags
km_trust_verify_chain (GTlsDatabase             *database,
                       GTlsCertificate          *chain,
                       const char               *purpose,
                       GSocketConnectable       *identity,
                       GTlsInteraction          *interaction,
                       GTlsDatabaseVerifyFlags   flags,
                       GCancellable             *cancellable,
                       GError                  **error)
{
  return judge (KM_TRUST (database), chain, purpose, identity, interaction,
                flags, cancellable, error);
}

static void
km_trust_finalize (GObject *object)
{
  KmTrust *self = KM_TRUST (object);

  g_clear_object (&self->system);
  g_clear_object (&self->own);

  G_OBJECT_CLASS (km_trust_parent_class)->finalize (object);
}

static void
km_trust_class_init (KmTrustClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = km_trust_finalize;
  G_TLS_DATABASE_CLASS (klass)->verify_chain = km_trust_verify_chain;
}

static void
km_trust_init (KmTrust *self)
{
}

/**
 * km_trust_install:
 * @authorities: a PEM file with certificates of authorities that the person
 *   trusts besides those of the system; needn't be there
 *
 * From now on servers are judged as this file says.
 */
void
km_trust_install (const char *authorities)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (KmTrust) self = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_tls_backend_supports_tls (backend))
    return;

  self = g_object_new (KM_TYPE_TRUST, NULL);
  self->system = g_tls_backend_get_default_database (backend);
  if (g_file_test (authorities, G_FILE_TEST_EXISTS))
    {
      self->own = g_tls_file_database_new (authorities, &error);
      if (self->own == NULL)
        g_message ("the authorities in %s can't be used: %s", authorities,
                   error->message);
    }
  g_tls_backend_set_default_database (backend, G_TLS_DATABASE (self));
}
