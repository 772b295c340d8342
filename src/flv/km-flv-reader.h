#pragma once

#include "km-flv.h"

G_BEGIN_DECLS

/**
 * KmFlvRead:
 * @KM_FLV_READ_TAG: a whole tag was read
 * @KM_FLV_READ_MORE: more bytes are needed
 * @KM_FLV_READ_ERROR: it can't be read any further
 */
typedef enum
{
  KM_FLV_READ_TAG,
  KM_FLV_READ_MORE,
  KM_FLV_READ_ERROR,
} KmFlvRead;

typedef struct _KmFlvReader KmFlvReader;

KmFlvReader *km_flv_reader_new  (gsize          max_bytes);
void         km_flv_reader_free (KmFlvReader   *self);

void         km_flv_reader_push (KmFlvReader   *self,
                                 const guint8  *data,
                                 gsize          length);
KmFlvRead    km_flv_reader_next (KmFlvReader   *self,
                                 KmFlvTag      *tag,
                                 GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmFlvReader, km_flv_reader_free)

G_END_DECLS
