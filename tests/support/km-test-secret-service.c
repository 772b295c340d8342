/* km-test-secret-service.c: a keyring for the session bus, to be tried on
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * km-test-secret-service FILE open|dismissed|unlocks [METHOD]: one collection,
 * the default one, whose items are in FILE, so that the next start has them.
 * It starts unlocked ("open"), or locked with a prompt that is dismissed, or
 * locked with one that unlocks. With METHOD the program dies in the middle of
 * the first call of that name, before anything of it is done. Prints "ready"
 * once it owns its name.
 *
 * It follows the Secret Service API as far as libsecret asks: secrets travel
 * plain, the session that would hide them is refused with NotSupported.
 */

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROOT "/org/freedesktop/secrets"
#define COLLECTION ROOT "/collection/login"
#define ALIAS ROOT "/aliases/default"
#define SESSION ROOT "/session/plain"
#define PROMPT ROOT "/prompt/unlock"
#define NO_PROMPT "/"
#define DOMAIN "org.freedesktop.Secret."
#define USAGE "usage: %s FILE open|dismissed|unlocks [METHOD]\n"

typedef struct
{
  GMainLoop *loop;
  GDBusConnection *bus;
  GDBusNodeInfo *node;
  const GDBusInterfaceVTable *vtable;
  GPtrArray *items;
  GVariant *asked; /* what the prompt is about */
  const char *file;
  const char *die_at;
  guint n_items; /* ever made: paths are not used again */
  gboolean locked;
  gboolean unlocks;
} Keyring;

typedef struct
{
  char *path;
  char *label;
  char *secret;
  GVariant *attributes;
  GDBusConnection *bus;
  guint object;
} Item;

typedef void (*Handler) (Keyring               *self,
                         const char            *path,
                         GVariant              *arguments,
                         GDBusMethodInvocation *call);

static const char description[] =
  "<node>"
  "<interface name='" DOMAIN "Service'>"
  "<method name='OpenSession'><arg type='s' direction='in'/>"
  "<arg type='v' direction='in'/><arg type='v' direction='out'/>"
  "<arg type='o' direction='out'/></method>"
  "<method name='CreateCollection'><arg type='a{sv}' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='o' direction='out'/>"
  "<arg type='o' direction='out'/></method>"
  "<method name='SearchItems'><arg type='a{ss}' direction='in'/>"
  "<arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>"
  "<method name='Unlock'><arg type='ao' direction='in'/>"
  "<arg type='ao' direction='out'/><arg type='o' direction='out'/></method>"
  "<method name='Lock'><arg type='ao' direction='in'/>"
  "<arg type='ao' direction='out'/><arg type='o' direction='out'/></method>"
  "<method name='GetSecrets'><arg type='ao' direction='in'/>"
  "<arg type='o' direction='in'/>"
  "<arg type='a{o(oayays)}' direction='out'/></method>"
  "<method name='ReadAlias'><arg type='s' direction='in'/>"
  "<arg type='o' direction='out'/></method>"
  "<property name='Collections' type='ao' access='read'/></interface>"
  "<interface name='" DOMAIN "Collection'>"
  "<method name='CreateItem'><arg type='a{sv}' direction='in'/>"
  "<arg type='(oayays)' direction='in'/><arg type='b' direction='in'/>"
  "<arg type='o' direction='out'/><arg type='o' direction='out'/></method>"
  "<property name='Items' type='ao' access='read'/>"
  "<property name='Label' type='s' access='read'/>"
  "<property name='Locked' type='b' access='read'/>"
  "<property name='Created' type='t' access='read'/>"
  "<property name='Modified' type='t' access='read'/></interface>"
  "<interface name='" DOMAIN "Item'>"
  "<method name='Delete'><arg type='o' direction='out'/></method>"
  "<method name='GetSecret'><arg type='o' direction='in'/>"
  "<arg type='(oayays)' direction='out'/></method>"
  "<property name='Attributes' type='a{ss}' access='read'/>"
  "<property name='Label' type='s' access='read'/>"
  "<property name='Locked' type='b' access='read'/>"
  "<property name='Created' type='t' access='read'/>"
  "<property name='Modified' type='t' access='read'/></interface>"
  "<interface name='" DOMAIN "Session'><method name='Close'/></interface>"
  "<interface name='" DOMAIN "Prompt'>"
  "<method name='Prompt'><arg type='s' direction='in'/></method>"
  "<method name='Dismiss'/>"
  "<signal name='Completed'><arg type='b'/><arg type='v'/></signal>"
  "</interface>"
  "</node>";

static void
item_free (gpointer data)
{
  Item *self = data;

  g_dbus_connection_unregister_object (self->bus, self->object);
  g_variant_unref (self->attributes);
  g_free (self->path);
  g_free (self->label);
  g_free (self->secret);
  g_free (self);
}

static Item *
find_item (Keyring    *self,
           const char *path)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (g_str_equal (item->path, path))
        return item;
    }

  return NULL;
}

static gboolean
item_matches (Item     *item,
              GVariant *wanted)
{
  GVariantIter iter;
  const char *name, *value, *own;

  g_variant_iter_init (&iter, wanted);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
    if (!g_variant_lookup (item->attributes, name, "&s", &own) ||
        !g_str_equal (own, value))
      return FALSE;

  return TRUE;
}

/* (transfer floating): the paths of the items with @wanted attributes */
static GVariant *
list_items (Keyring  *self,
            GVariant *wanted)
{
  GVariantBuilder paths = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ao"));

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (wanted == NULL || item_matches (item, wanted))
        g_variant_builder_add (&paths, "o", item->path);
    }

  return g_variant_builder_end (&paths);
}

static GVariant *
item_secret (Item *item)
{
  return g_variant_new ("(o@ay@ays)", SESSION,
                        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, NULL,
                                                   0, 1),
                        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                   item->secret,
                                                   strlen (item->secret), 1),
                        "text/plain");
}

static void
save (Keyring *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      g_autofree char *attributes = g_variant_print (item->attributes, TRUE);

      g_key_file_set_string (file, item->path, "label", item->label);
      g_key_file_set_string (file, item->path, "attributes", attributes);
      g_key_file_set_string (file, item->path, "secret", item->secret);
    }
  if (!g_key_file_save_to_file (file, self->file, &error))
    g_error ("%s", error->message);
}

static void
refuse_locked (GDBusMethodInvocation *call)
{
  g_dbus_method_invocation_return_dbus_error (
    call, DOMAIN "Error.IsLocked", "The collection is locked.");
}

static void
refuse_unknown (GDBusMethodInvocation *call)
{
  g_dbus_method_invocation_return_dbus_error (
    call, DOMAIN "Error.NoSuchObject", "There is no such object.");
}

static void
open_session (Keyring               *self,
              const char            *path,
              GVariant              *arguments,
              GDBusMethodInvocation *call)
{
  const char *algorithm;

  g_variant_get (arguments, "(&sv)", &algorithm, NULL);
  if (g_str_equal (algorithm, "plain"))
    g_dbus_method_invocation_return_value (
      call, g_variant_new ("(vo)", g_variant_new_string (""), SESSION));
  else
    g_dbus_method_invocation_return_error (
      call, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED,
      "Secrets travel plain here, not by %s.", algorithm);
}

static void
close_session (Keyring               *self,
               const char            *path,
               GVariant              *arguments,
               GDBusMethodInvocation *call)
{
  g_dbus_method_invocation_return_value (call, NULL);
}

static void
create_collection (Keyring               *self,
                   const char            *path,
                   GVariant              *arguments,
                   GDBusMethodInvocation *call)
{
  g_dbus_method_invocation_return_value (
    call, g_variant_new ("(oo)", COLLECTION, NO_PROMPT));
}

static void
read_alias (Keyring               *self,
            const char            *path,
            GVariant              *arguments,
            GDBusMethodInvocation *call)
{
  const char *alias;

  g_variant_get (arguments, "(&s)", &alias);
  g_dbus_method_invocation_return_value (
    call, g_variant_new ("(o)", g_str_equal (alias, "default") ? COLLECTION
                                                               : "/"));
}

static void
search_items (Keyring               *self,
              const char            *path,
              GVariant              *arguments,
              GDBusMethodInvocation *call)
{
  g_autoptr (GVariant) wanted = g_variant_get_child_value (arguments, 0);
  GVariant *found = list_items (self, wanted);
  GVariant *none = g_variant_new ("ao", NULL);

  g_dbus_method_invocation_return_value (
    call, g_variant_new ("(@ao@ao)", self->locked ? none : found,
                         self->locked ? found : none));
}

static void
unlock (Keyring               *self,
        const char            *path,
        GVariant              *arguments,
        GDBusMethodInvocation *call)
{
  gboolean ask;

  g_clear_pointer (&self->asked, g_variant_unref);
  self->asked = g_variant_get_child_value (arguments, 0);
  ask = self->locked && g_variant_n_children (self->asked) > 0;
  g_dbus_method_invocation_return_value (
    call, g_variant_new ("(@aoo)",
                         ask ? g_variant_new ("ao", NULL) : self->asked,
                         ask ? PROMPT : NO_PROMPT));
}

static void
lock (Keyring               *self,
      const char            *path,
      GVariant              *arguments,
      GDBusMethodInvocation *call)
{
  g_autoptr (GVariant) paths = g_variant_get_child_value (arguments, 0);

  self->locked = TRUE;
  g_dbus_method_invocation_return_value (
    call, g_variant_new ("(@aoo)", paths, NO_PROMPT));
}

static void
complete_prompt (Keyring  *self,
                 gboolean  dismissed)
{
  if (!dismissed)
    self->locked = FALSE;
  g_dbus_connection_emit_signal (
    self->bus, NULL, PROMPT, DOMAIN "Prompt", "Completed",
    g_variant_new ("(bv)", dismissed,
                   dismissed || self->asked == NULL
                   ? g_variant_new ("ao", NULL) : self->asked),
    NULL);
}

static void
prompt (Keyring               *self,
        const char            *path,
        GVariant              *arguments,
        GDBusMethodInvocation *call)
{
  g_dbus_method_invocation_return_value (call, NULL);
  complete_prompt (self, !self->unlocks);
}

static void
dismiss (Keyring               *self,
         const char            *path,
         GVariant              *arguments,
         GDBusMethodInvocation *call)
{
  g_dbus_method_invocation_return_value (call, NULL);
  complete_prompt (self, TRUE);
}

static void
get_secrets (Keyring               *self,
             const char            *path,
             GVariant              *arguments,
             GDBusMethodInvocation *call)
{
  GVariantBuilder secrets =
    G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{o(oayays)}"));
  g_autoptr (GVariantIter) paths = NULL;
  const char *wanted;

  g_variant_get (arguments, "(aoo)", &paths, NULL);
  while (g_variant_iter_next (paths, "&o", &wanted))
    {
      Item *item = self->locked ? NULL : find_item (self, wanted);

      if (item != NULL)
        g_variant_builder_add (&secrets, "{o@(oayays)}", wanted,
                               item_secret (item));
    }
  g_dbus_method_invocation_return_value (
    call, g_variant_new ("(a{o(oayays)})", &secrets));
}

static void
get_secret (Keyring               *self,
            const char            *path,
            GVariant              *arguments,
            GDBusMethodInvocation *call)
{
  Item *item = find_item (self, path);

  if (item == NULL)
    refuse_unknown (call);
  else if (self->locked)
    refuse_locked (call);
  else
    g_dbus_method_invocation_return_value (
      call, g_variant_new ("(@(oayays))", item_secret (item)));
}

static void
delete_item (Keyring               *self,
             const char            *path,
             GVariant              *arguments,
             GDBusMethodInvocation *call)
{
  Item *item = find_item (self, path);

  if (item == NULL)
    {
      refuse_unknown (call);
      return;
    }
  if (self->locked)
    {
      refuse_locked (call);
      return;
    }

  g_ptr_array_remove (self->items, item);
  save (self);
  g_dbus_method_invocation_return_value (call,
                                         g_variant_new ("(o)", NO_PROMPT));
}

static guint
export (Keyring    *self,
        const char *path,
        const char *interface)
{
  g_autofree char *name = g_strconcat (DOMAIN, interface, NULL);
  g_autoptr (GError) error = NULL;
  guint object = g_dbus_connection_register_object (
    self->bus, path, g_dbus_node_info_lookup_interface (self->node, name),
    self->vtable, self, NULL, &error);

  if (object == 0)
    g_error ("%s: %s", path, error->message);

  return object;
}

static Item *
add_item (Keyring    *self,
          GVariant   *attributes,
          const char *label)
{
  Item *item = g_new0 (Item, 1);

  item->path = g_strdup_printf (COLLECTION "/%u", ++self->n_items);
  item->label = g_strdup (label);
  item->attributes = g_variant_ref (attributes);
  item->bus = self->bus;
  item->object = export (self, item->path, "Item");
  g_ptr_array_add (self->items, item);

  return item;
}

static Item *
find_same (Keyring  *self,
           GVariant *attributes)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (g_variant_equal (item->attributes, attributes))
        return item;
    }

  return NULL;
}

static void
create_item (Keyring               *self,
             const char            *path,
             GVariant              *arguments,
             GDBusMethodInvocation *call)
{
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) secret = NULL;
  g_autoptr (GVariant) attributes = NULL;
  g_autoptr (GVariant) value = NULL;
  const char *label = "";
  gboolean replace;
  Item *item = NULL;

  if (self->locked)
    {
      refuse_locked (call);
      return;
    }

  g_variant_get (arguments, "(@a{sv}@(oayays)b)", &properties, &secret,
                 &replace);
  g_variant_lookup (properties, DOMAIN "Item.Label", "&s", &label);
  attributes = g_variant_lookup_value (properties, DOMAIN "Item.Attributes",
                                       G_VARIANT_TYPE ("a{ss}"));
  if (attributes == NULL)
    attributes = g_variant_ref_sink (g_variant_new ("a{ss}", NULL));
  if (replace)
    item = find_same (self, attributes);
  if (item == NULL)
    item = add_item (self, attributes, label);

  value = g_variant_get_child_value (secret, 2);
  g_free (item->secret);
  item->secret = g_strndup (g_variant_get_data (value),
                            g_variant_get_size (value));
  save (self);
  g_dbus_method_invocation_return_value (
    call, g_variant_new ("(oo)", item->path, NO_PROMPT));
}

static void
on_call (GDBusConnection       *bus,
         const char            *sender,
         const char            *path,
         const char            *interface,
         const char            *method,
         GVariant              *arguments,
         GDBusMethodInvocation *call,
         gpointer               data)
{
  static const struct
  {
    const char *method;
    Handler handle;
  } handlers[] = {
    { "OpenSession", open_session },
    { "Close", close_session },
    { "CreateCollection", create_collection },
    { "ReadAlias", read_alias },
    { "SearchItems", search_items },
    { "Unlock", unlock },
    { "Lock", lock },
    { "Prompt", prompt },
    { "Dismiss", dismiss },
    { "CreateItem", create_item },
    { "GetSecrets", get_secrets },
    { "GetSecret", get_secret },
    { "Delete", delete_item },
  };
  Keyring *self = data;

  if (g_strcmp0 (self->die_at, method) == 0)
    _exit (1);

  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (g_str_equal (handlers[i].method, method))
      handlers[i].handle (self, path, arguments, call);
}

static GVariant *
on_get_property (GDBusConnection  *bus,
                 const char       *sender,
                 const char       *path,
                 const char       *interface,
                 const char       *name,
                 GError          **error,
                 gpointer          data)
{
  Keyring *self = data;
  Item *item = find_item (self, path);
  static const char *const collections[] = { COLLECTION, NULL };

  if (g_str_equal (name, "Collections"))
    return g_variant_new_objv (collections, -1);
  if (g_str_equal (name, "Items"))
    return list_items (self, NULL);
  if (g_str_equal (name, "Locked"))
    return g_variant_new_boolean (self->locked);
  if (g_str_equal (name, "Label"))
    return g_variant_new_string (item != NULL ? item->label : "Login");
  if (g_str_equal (name, "Attributes") && item != NULL)
    return g_variant_ref (item->attributes);

  return g_variant_new_uint64 (0);
}

static void
load (Keyring *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  g_key_file_load_from_file (file, self->file, G_KEY_FILE_NONE, NULL);
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    {
      g_autofree char *label = g_key_file_get_string (file, *group, "label",
                                                      NULL);
      g_autofree char *text = g_key_file_get_string (file, *group,
                                                     "attributes", NULL);
      g_autoptr (GVariant) attributes =
        g_variant_parse (G_VARIANT_TYPE ("a{ss}"), text, NULL, NULL, NULL);
      Item *item = add_item (self, attributes, label);

      item->secret = g_key_file_get_string (file, *group, "secret", NULL);
    }
}

static void
on_bus (GDBusConnection *bus,
        const char      *name,
        gpointer         data)
{
  Keyring *self = data;

  self->bus = bus;
  export (self, ROOT, "Service");
  export (self, COLLECTION, "Collection");
  export (self, ALIAS, "Collection");
  export (self, SESSION, "Session");
  export (self, PROMPT, "Prompt");
  load (self);
}

static void
on_name (GDBusConnection *bus,
         const char      *name,
         gpointer         data)
{
  puts ("ready");
  fflush (stdout);
}

static void
on_name_lost (GDBusConnection *bus,
              const char      *name,
              gpointer         data)
{
  Keyring *self = data;

  g_main_loop_quit (self->loop);
}

int
main (int   argc,
      char *argv[])
{
  static const GDBusInterfaceVTable vtable = { on_call, on_get_property,
                                               NULL, { 0 } };
  Keyring self = { .vtable = &vtable };
  guint name;

  if (argc < 3)
    {
      fprintf (stderr, USAGE, argv[0]);
      return 2;
    }

  self.file = argv[1];
  self.locked = !g_str_equal (argv[2], "open");
  self.unlocks = g_str_equal (argv[2], "unlocks");
  self.die_at = argc > 3 ? argv[3] : NULL;
  self.items = g_ptr_array_new_with_free_func (item_free);
  self.node = g_dbus_node_info_new_for_xml (description, NULL);
  self.loop = g_main_loop_new (NULL, FALSE);
  name = g_bus_own_name (G_BUS_TYPE_SESSION, "org.freedesktop.secrets",
                         G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, on_name,
                         on_name_lost, &self, NULL);
  g_main_loop_run (self.loop);

  g_bus_unown_name (name);
  g_ptr_array_unref (self.items);
  g_clear_pointer (&self.asked, g_variant_unref);
  g_dbus_node_info_unref (self.node);
  g_main_loop_unref (self.loop);
  return 0;
}
