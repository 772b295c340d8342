#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KM_AMF_DEPTH_MAX:
 *
 * How deep objects may stand in each other.
 */
#define KM_AMF_DEPTH_MAX 16

/**
 * KmAmfKind:
 *
 * What stands next in AMF0 data (AMF 0 specification, 2.1); what can't be
 * read on its own is %KM_AMF_OTHER and can be skipped, and what can't be
 * skipped is %KM_AMF_END.
 */
typedef enum
{
  KM_AMF_END,
  KM_AMF_NUMBER,
  KM_AMF_BOOLEAN,
  KM_AMF_STRING,
  KM_AMF_OBJECT,
  KM_AMF_NULL,
  KM_AMF_OTHER,
} KmAmfKind;

/**
 * KmAmfReader:
 *
 * Looks at AMF0 values one after the other, in bytes that belong to someone
 * else. Made by km_amf_reader_init(); copying it keeps a place.
 */
typedef struct
{
  /*< private >*/
  const guint8 *data;
  gsize length;
  gsize position;
} KmAmfReader;

void         km_amf_reader_init         (KmAmfReader  *self,
                                         const guint8 *data,
                                         gsize         length);
KmAmfKind    km_amf_reader_peek         (KmAmfReader  *self);
gboolean     km_amf_reader_read_number  (KmAmfReader  *self,
                                         double       *number);
gboolean     km_amf_reader_read_boolean (KmAmfReader  *self,
                                         gboolean     *boolean);
char        *km_amf_reader_read_string  (KmAmfReader  *self,
                                         gsize         max_bytes);
gboolean     km_amf_reader_skip         (KmAmfReader  *self);
gboolean     km_amf_reader_enter        (KmAmfReader  *self);
gboolean     km_amf_reader_next_member  (KmAmfReader  *self,
                                         char        **name);
const guint8 *km_amf_reader_get_rest    (KmAmfReader  *self,
                                         gsize        *length);

void         km_amf_write_number        (GByteArray   *output,
                                         double        number);
void         km_amf_write_boolean       (GByteArray   *output,
                                         gboolean      boolean);
void         km_amf_write_string        (GByteArray   *output,
                                         const char   *text);
void         km_amf_write_null          (GByteArray   *output);
void         km_amf_write_begin_object  (GByteArray   *output);
void         km_amf_write_begin_array   (GByteArray   *output,
                                         guint32       count);
void         km_amf_write_name          (GByteArray   *output,
                                         const char   *name);
void         km_amf_write_end_object    (GByteArray   *output);

G_END_DECLS
