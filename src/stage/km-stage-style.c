/* km-stage-style.c: interfaces, pictures and styles of this folder
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * They are packed into the library. It is opened by hand, by whoever needs
 * something of it: a static library would lose the constructor that does it
 * by itself.
 *
 * Thread: main.
 */

#include "km-stage-style.h"

#include "km-stage-resources.h"

/**
 * km_stage_pack_open:
 *
 * Makes what is packed readable, by its path as a resource.
 */
void
km_stage_pack_open (void)
{
  static gboolean open = FALSE;

  if (!open)
    km_stage_register_resource ();
  open = TRUE;
}

/**
 * km_stage_style_use:
 *
 * Opens the pack, and gives the default display this folder's styles.
 */
void
km_stage_style_use (void)
{
  static gboolean used = FALSE;
  g_autoptr (GtkCssProvider) provider = NULL;

  km_stage_pack_open ();
  if (used)
    return;

  used = TRUE;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (
    provider, "/io/github/kaimu_live/Kaimu/stage/stage.css");
  gtk_style_context_add_provider_for_display (
    gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
    GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}
