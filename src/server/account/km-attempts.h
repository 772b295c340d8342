#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KmAttempts KmAttempts;

#define KM_ATTEMPTS_PER_ACCOUNT 5
#define KM_ATTEMPTS_PER_ADDRESS 30
#define KM_ATTEMPTS_WINDOW_MS 60000

KmAttempts *km_attempts_new     (void);
void        km_attempts_free    (KmAttempts *self);

gint64      km_attempts_begin   (KmAttempts *self,
                                 const char *name,
                                 const char *address,
                                 gint64      now_ms);
void        km_attempts_forgive (KmAttempts *self,
                                 const char *name,
                                 const char *address,
                                 gint64      now_ms);
guint       km_attempts_count   (KmAttempts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmAttempts, km_attempts_free)

G_END_DECLS
