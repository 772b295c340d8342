/* km-hub.c: the thread of rooms and their members' sockets
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-hub.h"

#include <unistd.h>

struct _KmHub
{
  KmStore *store;
  KmPostOffice *post_office;
};

KmHub *
km_hub_new (KmStore      *store,
            KmPostOffice *post_office,
            GError      **error)
{
  KmHub *self = g_new0 (KmHub, 1);

  self->store = store;
  self->post_office = post_office;

  return self;
}

void
km_hub_free (KmHub *self)
{
  g_free (self);
}

void
km_hub_adopt (KmHub            *self,
              int               fd,
              const KmIdentity *identity,
              GBytes           *leftover)
{
  close (fd);
}

void
km_hub_drop_session (KmHub      *self,
                     const char *session)
{
}

void
km_hub_drop_account (KmHub      *self,
                     const char *account)
{
}

void
km_hub_rename_account (KmHub      *self,
                       const char *account,
                       const char *shown_name)
{
}

void
km_hub_close (KmHub *self,
              guint  spread_ms)
{
}
