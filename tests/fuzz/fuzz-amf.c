/* fuzz-amf.c: any bytes as AMF0, gone over in every way
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-amf.h"

#define LONGEST 1000

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

static void
visit (KmAmfReader *reader,
       guint        depth)
{
  KmAmfReader skipper = *reader;
  double number;
  gboolean boolean;
  gsize left;

  switch (km_amf_reader_peek (reader))
    {
    case KM_AMF_NUMBER:
      km_amf_reader_read_number (reader, &number);
      break;
    case KM_AMF_BOOLEAN:
      km_amf_reader_read_boolean (reader, &boolean);
      break;
    case KM_AMF_STRING:
      {
        g_autofree char *text = km_amf_reader_read_string (reader, LONGEST);

        g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
        break;
      }
    case KM_AMF_OBJECT:
      if (depth < KM_AMF_DEPTH_MAX && km_amf_reader_enter (reader))
        {
          char *name;

          while (km_amf_reader_next_member (reader, &name))
            {
              g_free (name);
              visit (reader, depth + 1);
            }
        }
      break;
    case KM_AMF_NULL:
    case KM_AMF_OTHER:
    case KM_AMF_END:
    default:
      break;
    }

  /* Whatever could be read can be skipped, and either goes on or ends. */
  km_amf_reader_get_rest (&skipper, &left);
  if (km_amf_reader_skip (&skipper))
    {
      gsize after;

      km_amf_reader_get_rest (&skipper, &after);
      g_assert_cmpuint (after, <, left);
    }
  km_amf_reader_skip (reader);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  KmAmfReader reader;

  km_amf_reader_init (&reader, data, length);
  for (guint i = 0; i < 100; i++)
    visit (&reader, 0);

  return 0;
}
