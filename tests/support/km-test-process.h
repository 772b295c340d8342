#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _KmTestProcess KmTestProcess;

KmTestProcess *km_test_process_start       (const char * const *argv,
                                            const char * const *environment,
                                            const char         *log_path);
GPid           km_test_process_get_pid     (KmTestProcess      *self);
gboolean       km_test_process_is_running  (KmTestProcess      *self);
char          *km_test_process_read_line   (KmTestProcess      *self,
                                            guint               seconds);
void           km_test_process_signal      (KmTestProcess      *self,
                                            int                 signal_number);
int            km_test_process_wait        (KmTestProcess      *self,
                                            guint               seconds);
void           km_test_process_close_input (KmTestProcess      *self);
void           km_test_process_stop        (KmTestProcess      *self);

typedef gboolean (*KmTestCondition) (gpointer data);

gboolean       km_test_wait_until          (KmTestCondition     condition,
                                            gpointer            data,
                                            guint               seconds);

char          *km_test_directory_new       (const char         *name);
void           km_test_directory_remove    (const char         *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestProcess, km_test_process_stop)

G_END_DECLS
