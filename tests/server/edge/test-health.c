/* test-health.c: what a check of the server finds
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-health.h"
#include "km-test-hub.h"

#define LONG_MS 60000
#define SHORT_MS 50

/* A change that takes until it is let go. */
typedef struct
{
  KmJob job;
  GMutex mutex;
  GCond changed;
  gboolean entered;
  gboolean let_go;
} Stone;

typedef struct
{
  KmTestHub hub;
  KmDesk *desk;
  KmHealth *health;
  guint answers;
  KmHealthState state;
} Fixture;

static void
start (Fixture *self,
       guint    bound_ms)
{
  km_test_hub_set_up (&self->hub, NULL);
  self->desk = km_desk_new (self->hub.store);
  self->health = km_health_new (self->desk, self->hub.hub, bound_ms);
}

static void
stop (Fixture *self)
{
  km_test_hub_tear_down (&self->hub, NULL);
  km_desk_free (self->desk);
  km_health_free (self->health);
}

static void
answered (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Fixture *self = user_data;

  g_assert_true (km_health_check_finish (result, &self->state, NULL));
  self->answers++;
}

static void
ask (Fixture *self,
     guint    n)
{
  for (guint i = 0; i < n; i++)
    km_health_check_async (self->health, NULL, answered, self);
}

static void
wait_for (Fixture *self,
          guint    answers)
{
  while (self->answers < answers)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_all_is_well (void)
{
  Fixture self = { 0 };

  start (&self, LONG_MS);
  ask (&self, 3);
  wait_for (&self, 3);
  g_assert_cmpuint (self.state, ==, KM_HEALTH_FINE);
  g_assert_null (km_health_get_trouble (self.state));
  stop (&self);
}

static gboolean
lie_there (KmJob          *job,
           KmTransaction  *transaction,
           GError        **error)
{
  Stone *self = (Stone *) job;

  g_mutex_lock (&self->mutex);
  self->entered = TRUE;
  g_cond_signal (&self->changed);
  while (!self->let_go)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

static void
nothing (KmJob        *job,
         const GError *error)
{
}

static void
test_a_store_that_hangs_is_silent (void)
{
  Fixture self = { 0 };
  Stone stone = { .job = { .apply = lie_there, .done = nothing } };

  start (&self, SHORT_MS);
  g_assert_true (km_store_submit (self.hub.store, &stone.job));
  g_mutex_lock (&stone.mutex);
  while (!stone.entered)
    g_cond_wait (&stone.changed, &stone.mutex);
  g_mutex_unlock (&stone.mutex);

  ask (&self, 2);
  wait_for (&self, 2);
  g_assert_cmpuint (self.state & KM_HEALTH_STORE_ANSWERS, ==, 0);
  g_assert_cmpuint (self.state & KM_HEALTH_STORE_WRITES, ==, 0);
  g_assert_nonnull (km_health_get_trouble (self.state));

  g_mutex_lock (&stone.mutex);
  stone.let_go = TRUE;
  g_cond_signal (&stone.changed);
  g_mutex_unlock (&stone.mutex);
  stop (&self);
}

static void
test_the_end_keeps_nobody_waiting (void)
{
  Fixture self = { 0 };

  start (&self, LONG_MS);
  ask (&self, 1);
  km_health_end (self.health);
  wait_for (&self, 1);
  g_assert_cmpstr (km_health_get_trouble (self.state), ==, "ending");
  ask (&self, 1);
  wait_for (&self, 2);
  g_assert_cmpstr (km_health_get_trouble (self.state), ==, "ending");
  stop (&self);
}

static void
test_each_trouble_has_a_word (void)
{
  const struct
  {
    KmHealthState state;
    const char *word;
  } cases[] = {
    { KM_HEALTH_FINE, NULL },
    { KM_HEALTH_FINE & ~KM_HEALTH_HUB_TURNS, "hub_silent" },
    { KM_HEALTH_HUB_TURNS, "store_silent" },
    { KM_HEALTH_ALIVE, "store_failed" },
    { KM_HEALTH_ENDING, "ending" },
    { 0, "hub_silent" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (km_health_get_trouble (cases[i].state), ==,
                     cases[i].word);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/health/all-is-well", test_all_is_well);
  g_test_add_func ("/edge/health/a-store-that-hangs-is-silent",
                   test_a_store_that_hangs_is_silent);
  g_test_add_func ("/edge/health/the-end-keeps-nobody-waiting",
                   test_the_end_keeps_nobody_waiting);
  g_test_add_func ("/edge/health/each-trouble-has-a-word",
                   test_each_trouble_has_a_word);
  return g_test_run ();
}
