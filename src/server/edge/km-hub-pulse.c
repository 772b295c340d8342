/* km-hub-pulse.c: who is silent for too long
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three lists: heard from, pinged, closing. All connections wait equally long
 * in each, so each list is in the order in which they become due, and
 * nothing has to be sorted or searched: hearing from one moves it to an end.
 *
 * Thread: hub (a plain struct; the clock is the caller's).
 */

#include "km-hub-pulse.h"

#include "km-protocol.h"

#define PING_AFTER_US (KM_PING_AFTER_MS * (gint64) 1000)
#define DEAD_AFTER_US (KM_DEAD_AFTER_MS * (gint64) 1000)
#define CLOSE_WITHIN_US (2 * G_USEC_PER_SEC)

static void
move (KmPulseEntry *entry,
      GQueue       *list)
{
  if (entry->list != NULL)
    g_queue_unlink (entry->list, &entry->link);
  entry->list = list;
  entry->link.data = entry;
  g_queue_push_tail_link (list, &entry->link);
}

/**
 * km_hub_pulse_heard:
 * @self: a pulse
 * @entry: who sent something, or is new
 * @now_us: now, monotonic
 */
void
km_hub_pulse_heard (KmPulse      *self,
                    KmPulseEntry *entry,
                    gint64        now_us)
{
  if (entry->list == &self->closing)
    return;

  entry->since_us = now_us;
  move (entry, &self->heard);
}

/**
 * km_hub_pulse_closing:
 * @self: a pulse
 * @entry: who was sent a close frame
 * @now_us: now
 */
void
km_hub_pulse_closing (KmPulse      *self,
                      KmPulseEntry *entry,
                      gint64        now_us)
{
  entry->since_us = now_us;
  move (entry, &self->closing);
}

/**
 * km_hub_pulse_remove:
 * @self: a pulse
 * @entry: who is gone
 */
void
km_hub_pulse_remove (KmPulse      *self,
                     KmPulseEntry *entry)
{
  if (entry->list != NULL)
    g_queue_unlink (entry->list, &entry->link);
  entry->list = NULL;
}

static gint64
due_of (const GQueue *list,
        gint64        wait_us)
{
  const KmPulseEntry *entry = list->head != NULL ? list->head->data : NULL;

  return entry != NULL ? entry->since_us + wait_us : G_MAXINT64;
}

/**
 * km_hub_pulse_due_us:
 * @self: a pulse
 *
 * Returns: when km_hub_pulse_take() has something; %G_MAXINT64: not before
 *   something else happens
 */
gint64
km_hub_pulse_due_us (const KmPulse *self)
{
  gint64 due_us = due_of (&self->heard, PING_AFTER_US);

  due_us = MIN (due_us, due_of (&self->pinged, DEAD_AFTER_US));

  return MIN (due_us, due_of (&self->closing, CLOSE_WITHIN_US));
}

/**
 * km_hub_pulse_take:
 * @self: a pulse
 * @now_us: now
 * @entry: (out): whom it is about; one that is dead or closed is removed
 *
 * Returns: what to do with @entry; call again until it is %KM_PULSE_NONE
 */
KmPulseAction
km_hub_pulse_take (KmPulse       *self,
                   gint64         now_us,
                   KmPulseEntry **entry)
{
  if (due_of (&self->closing, CLOSE_WITHIN_US) <= now_us)
    {
      *entry = self->closing.head->data;
      km_hub_pulse_remove (self, *entry);
      return KM_PULSE_CLOSED;
    }

  if (due_of (&self->pinged, DEAD_AFTER_US) <= now_us)
    {
      *entry = self->pinged.head->data;
      km_hub_pulse_remove (self, *entry);
      return KM_PULSE_DEAD;
    }

  if (due_of (&self->heard, PING_AFTER_US) <= now_us)
    {
      *entry = self->heard.head->data;
      move (*entry, &self->pinged);
      return KM_PULSE_PING;
    }

  return KM_PULSE_NONE;
}
