#pragma once

#include <pango/pango.h>

G_BEGIN_DECLS

#define KM_DANMAKU_TEXT_CLUSTERS 60

char          *km_danmaku_text_clean    (const char *text);
PangoLanguage *km_danmaku_text_language (const char *text);

G_END_DECLS
