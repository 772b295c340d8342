/* km-service.c: the server as a service of systemd
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Says when the server is ready and when it ends, what state it is in, and,
 * where the unit has a watchdog, that it is alive: not because a timer runs,
 * but because hub and store have just answered and the main loop has heard
 * it. A full disk is no reason to be killed: that is said in words.
 *
 * Without `$NOTIFY_SOCKET` all of this does nothing.
 *
 * Thread: main.
 */

#include "km-service.h"

#include <unistd.h>

#include "km-notify.h"

struct _KmService
{
  KmHealth *health;
  char *address; /* NULL: nobody wants to know */
  char *status;
  guint timer; /* 0: no watchdog */
  GCancellable *cancellable;
  KmHealthState told;
};

static void
tell (KmService  *self,
      const char *state)
{
  g_autoptr (GError) error = NULL;

  if (self->address != NULL
      && !km_notify_send (self->address, state, &error))
    g_message ("the service manager doesn't hear us: %s", error->message);
}

static void
tell_status (KmService     *self,
             KmHealthState  state)
{
  const char *trouble = km_health_get_trouble (state);
  g_autofree char *text = NULL;

  if (state == self->told)
    return;

  self->told = state;
  text = trouble != NULL ? g_strdup_printf ("STATUS=In trouble: %s", trouble)
                         : g_strdup_printf ("STATUS=%s", self->status);
  tell (self, text);
}

static void
answered (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  KmService *self = user_data;
  KmHealthState state;

  /* Cancelled: the service may be gone. */
  if (!km_health_check_finish (result, &state, NULL))
    return;

  if ((state & KM_HEALTH_ALIVE) == KM_HEALTH_ALIVE)
    tell (self, "WATCHDOG=1");
  tell_status (self, state);
}

static gboolean
ask (gpointer user_data)
{
  KmService *self = user_data;

  km_health_check_async (self->health, self->cancellable, answered, self);

  return G_SOURCE_CONTINUE;
}

/* sd_watchdog_enabled(3) recommends half of what the manager allows. Here it
 * is twice in that time, since a store whose queue is full at one moment
 * isn't dead. */
static guint
read_watch_ms (void)
{
  const char *pid = g_getenv ("WATCHDOG_PID");
  const char *usec = g_getenv ("WATCHDOG_USEC");
  guint64 number;

  if (usec == NULL
      || !g_ascii_string_to_unsigned (usec, 10, 4000, G_MAXUINT * 4000LL,
                                      &number, NULL))
    return 0;
  if (pid != NULL && g_ascii_strtoull (pid, NULL, 10) != (guint64) getpid ())
    return 0;

  return (guint) (number / 4000);
}

/**
 * km_service_new:
 * @health: tells whether the server is alive; must outlive the service
 * @status: what the server does when nothing is wrong, in words
 *
 * Says that the server is ready.
 *
 * Returns: (transfer full): the service
 */
KmService *
km_service_new (KmHealth   *health,
                const char *status)
{
  KmService *self = g_new0 (KmService, 1);
  guint watch_ms = read_watch_ms ();
  g_autofree char *state = g_strdup_printf ("READY=1\nSTATUS=%s", status);

  self->health = health;
  self->address = g_strdup (g_getenv ("NOTIFY_SOCKET"));
  self->status = g_strdup (status);
  self->cancellable = g_cancellable_new ();
  self->told = KM_HEALTH_FINE;
  tell (self, state);

  if (self->address != NULL && watch_ms > 0)
    {
      ask (self);
      self->timer = g_timeout_add (watch_ms, ask, self);
    }

  return self;
}

void
km_service_free (KmService *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_free (self->address);
  g_free (self->status);
  g_free (self);
}

/**
 * km_service_end:
 * @self: the service
 *
 * Says that the server is about to end.
 */
void
km_service_end (KmService *self)
{
  tell (self, "STOPPING=1\nSTATUS=Ending");
}
