#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _KmTestWire KmTestWire;

/**
 * KmTestCommand:
 * @wire: the server
 * @kind: what is asked, e.g. "chat.send"
 * @command: the whole command
 * @data: what was set with it
 *
 * Returns: (nullable) (transfer full): the JSON of the reply's `d`, or of
 *   `{"error":…}`; %NULL: no reply for now
 */
typedef char *(*KmTestCommand) (KmTestWire *wire,
                                const char *kind,
                                JsonObject *command,
                                gpointer    data);

KmTestWire *km_test_wire_new          (void);
void        km_test_wire_free         (KmTestWire    *self);

const char *km_test_wire_get_address  (KmTestWire    *self);
void        km_test_wire_answer       (KmTestWire    *self,
                                       const char    *call,
                                       guint          status,
                                       const char    *body);
guint       km_test_wire_count        (KmTestWire    *self,
                                       const char    *call);
const char *km_test_wire_get_header   (KmTestWire    *self,
                                       const char    *call);
const char *km_test_wire_get_query    (KmTestWire    *self,
                                       const char    *call);
const char *km_test_wire_get_body     (KmTestWire    *self,
                                       const char    *call);
void        km_test_wire_set_command  (KmTestWire    *self,
                                       KmTestCommand  command,
                                       gpointer       data);

void        km_test_wire_show         (KmTestWire    *self,
                                       GTlsCertificate *certificate);
void        km_test_wire_listen       (KmTestWire    *self,
                                       gboolean       listen);
gboolean    km_test_wire_is_open      (KmTestWire    *self);
void        km_test_wire_send         (KmTestWire    *self,
                                       const char    *format,
                                       ...) G_GNUC_PRINTF (2, 3);
void        km_test_wire_drop         (KmTestWire    *self);
void        km_test_wire_close        (KmTestWire    *self,
                                       guint          code,
                                       const char    *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestWire, km_test_wire_free)

G_END_DECLS
