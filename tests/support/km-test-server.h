#pragma once

#include <libsoup/soup.h>

#include "km-json.h"
#include "km-test-certificate.h"
#include "km-test-process.h"

G_BEGIN_DECLS

typedef struct _KmTestServer KmTestServer;

/**
 * KmTestAnswer:
 * @status: the HTTP status; 0: there was no answer
 * @body: (nullable): the JSON object in it
 * @code: (nullable): the code of its error; @body's own
 *
 * What a server answered.
 */
typedef struct
{
  guint status;
  JsonObject *body;
  const char *code;
} KmTestAnswer;

KmTestServer  *km_test_server_new           (const char *const *extra_arguments);
void           km_test_server_free          (KmTestServer      *self);
void           km_test_server_start         (KmTestServer      *self);
void           km_test_server_kill          (KmTestServer      *self);
int            km_test_server_end           (KmTestServer      *self);

KmTestProcess *km_test_server_get_process   (KmTestServer      *self);
const char    *km_test_server_get_directory (KmTestServer      *self);
const char    *km_test_server_get_http      (KmTestServer      *self);
const char    *km_test_server_get_rtmp      (KmTestServer      *self);
void           km_test_server_set_web       (KmTestServer      *self,
                                             const char        *web);
char          *km_test_server_get_web       (KmTestServer      *self);
char          *km_test_server_get_streams   (KmTestServer      *self);
SoupSession   *km_test_server_new_session   (KmTestServer      *self);
char          *km_test_server_get_program   (void);

KmTestAnswer  *km_test_server_call          (KmTestServer      *self,
                                             const char        *method,
                                             const char        *path,
                                             const char        *token,
                                             const char        *body);
char          *km_test_server_sign_up       (KmTestServer      *self,
                                             const char        *name);
char          *km_test_server_get_key       (KmTestServer      *self,
                                             const char        *token,
                                             char             **room);
char          *km_test_server_get_ticket    (KmTestServer      *self,
                                             const char        *token);

void           km_test_answer_free          (KmTestAnswer      *self);

#define KM_TEST_PASSWORD "correct horse battery"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestServer, km_test_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestAnswer, km_test_answer_free)

G_END_DECLS
