#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmTextKind:
 * @KM_TEXT_LINE: something said: joiners and direction marks may stand in it,
 *   since scripts and emoji need them
 * @KM_TEXT_NAME: something that others must be able to tell apart by sight:
 *   nothing invisible
 */
typedef enum
{
  KM_TEXT_LINE,
  KM_TEXT_NAME,
} KmTextKind;

/**
 * KmTextVerdict:
 * @KM_TEXT_FINE: may be shown as it is
 * @KM_TEXT_EMPTY: nothing to be seen in it
 * @KM_TEXT_TOO_LONG: more bytes than allowed
 * @KM_TEXT_BAD: not UTF-8, or with characters that have no place in it
 */
typedef enum
{
  KM_TEXT_FINE,
  KM_TEXT_EMPTY,
  KM_TEXT_TOO_LONG,
  KM_TEXT_BAD,
} KmTextVerdict;

char *km_text_clean (const char    *text,
                     KmTextKind     kind,
                     gsize          bytes_max,
                     KmTextVerdict *verdict);

G_END_DECLS
