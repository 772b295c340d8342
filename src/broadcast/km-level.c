/* km-level.c: how loud a microphone is, from GStreamer's `level`
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `level` measures each channel by itself, in dBFS. A meter shows one: the
 * mean power of the channels as RMS, and the loudest sample as peak.
 */

#include "km-level.h"

#include <math.h>

#define MAX_CHANNELS 8

static double
clamp_db (double db)
{
  /* Also turns a NaN into silence. */
  return db > KM_LEVEL_SILENCE_DB ? MIN (db, 0) : KM_LEVEL_SILENCE_DB;
}

/**
 * km_level_add_power:
 * @channels_db: the RMS of each channel, in dBFS; −∞ is silence
 * @n_channels: how many
 *
 * Returns: the mean power of all, in dBFS
 */
double
km_level_add_power (const double *channels_db,
                    guint         n_channels)
{
  double power = 0;

  for (guint i = 0; i < n_channels; i++)
    power += pow (10, clamp_db (channels_db[i]) / 10);

  return n_channels == 0 ? KM_LEVEL_SILENCE_DB
                         : clamp_db (10 * log10 (power / n_channels));
}

/**
 * km_level_maximum:
 * @channels_db: the peak of each channel, in dBFS
 * @n_channels: how many
 *
 * Returns: the highest, in dBFS
 */
double
km_level_maximum (const double *channels_db,
                  guint         n_channels)
{
  double maximum = KM_LEVEL_SILENCE_DB;

  for (guint i = 0; i < n_channels; i++)
    maximum = MAX (maximum, clamp_db (channels_db[i]));

  return maximum;
}

/* `level` still speaks in GValueArray. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS
static guint
get_channels (const GstStructure *structure,
              const char         *field,
              double             *channels_db)
{
  const GValue *value = gst_structure_get_value (structure, field);
  const GValueArray *array;
  guint n;

  if (value == NULL || !G_VALUE_HOLDS (value, g_value_array_get_type ()))
    return 0;

  array = g_value_get_boxed (value);
  n = MIN (array->n_values, MAX_CHANNELS);
  for (guint i = 0; i < n; i++)
    channels_db[i] = g_value_get_double (&array->values[i]);

  return n;
}
G_GNUC_END_IGNORE_DEPRECATIONS

/**
 * km_level_parse:
 * @message: from a pipeline's bus
 * @rms_db: (out): the mean power, in dBFS
 * @peak_db: (out): the loudest sample, in dBFS
 *
 * Returns: whether @message came from a `level` element
 */
gboolean
km_level_parse (GstMessage *message,
                double     *rms_db,
                double     *peak_db)
{
  const GstStructure *structure = gst_message_get_structure (message);
  double channels_db[MAX_CHANNELS];
  guint n;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT ||
      structure == NULL || !gst_structure_has_name (structure, "level"))
    return FALSE;

  n = get_channels (structure, "rms", channels_db);
  *rms_db = km_level_add_power (channels_db, n);
  n = get_channels (structure, "peak", channels_db);
  *peak_db = km_level_maximum (channels_db, n);
  return TRUE;
}
