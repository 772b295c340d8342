#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *km_words (const GError *error);

G_END_DECLS
