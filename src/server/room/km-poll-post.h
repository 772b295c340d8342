#pragma once

#include "km-command.h"
#include "km-post.h"

G_BEGIN_DECLS

KmRoomEvent *km_poll_check_open  (const KmCommand  *command,
                                  KmRole            role,
                                  gint64            now_ms,
                                  GError          **error);
KmRoomEvent *km_poll_close_event (const char       *poll,
                                  KmPollEnd         reason);

/* What the posts of these events do besides: KmPost.write, KmPost.again. */
gboolean     km_poll_write_open  (KmPost           *post,
                                  KmTransaction    *transaction,
                                  GError          **error);
gboolean     km_poll_read_again  (KmPost           *post,
                                  KmTransaction    *transaction,
                                  GError          **error);
gboolean     km_poll_write_close (KmPost           *post,
                                  KmTransaction    *transaction,
                                  GError          **error);

G_END_DECLS
