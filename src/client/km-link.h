#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmLink:
 * @address: the server's: "http://host[:port]" or "https://host[:port]"
 * @room: (nullable): a room's id
 * @fingerprint: (nullable): of the certificate that the server will show, as
 *   km_fingerprint_parse() has it
 *
 * What somebody typed, pasted or opened, taken apart. Plain data.
 */
typedef struct
{
  char *address;
  char *room;
  char *fingerprint;
} KmLink;

KmLink *km_link_parse      (const char    *typed,
                            GError       **error);
KmLink *km_link_parse_room (const char    *typed,
                            GError       **error);
void    km_link_free       (KmLink        *self);
char   *km_link_format     (const char    *address,
                            const char    *room,
                            const char    *fingerprint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmLink, km_link_free)

G_END_DECLS
