#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmPulseAction:
 * @KM_PULSE_NONE: nothing is due
 * @KM_PULSE_PING: it was silent for 20 s: ask whether it is there
 * @KM_PULSE_DEAD: it was silent for 45 s: drop it
 * @KM_PULSE_CLOSED: it had 2 s to say goodbye: drop it
 */
typedef enum
{
  KM_PULSE_NONE,
  KM_PULSE_PING,
  KM_PULSE_DEAD,
  KM_PULSE_CLOSED,
} KmPulseAction;

/**
 * KmPulseEntry:
 *
 * One connection, embedded in its owner, zeroed at first.
 */
typedef struct
{
  /*< private >*/
  GList link;
  GQueue *list;
  gint64 since_us;
} KmPulseEntry;

/**
 * KmPulse:
 *
 * Which connections are still there.
 */
typedef struct
{
  /*< private >*/
  GQueue heard;
  GQueue pinged;
  GQueue closing;
} KmPulse;

void          km_hub_pulse_heard   (KmPulse       *self,
                                    KmPulseEntry  *entry,
                                    gint64         now_us);
void          km_hub_pulse_closing (KmPulse       *self,
                                    KmPulseEntry  *entry,
                                    gint64         now_us);
void          km_hub_pulse_remove  (KmPulse       *self,
                                    KmPulseEntry  *entry);
gint64        km_hub_pulse_due_us  (const KmPulse *self);
KmPulseAction km_hub_pulse_take    (KmPulse       *self,
                                    gint64         now_us,
                                    KmPulseEntry **entry);

G_END_DECLS
