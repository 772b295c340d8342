#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KM_TYPE_QR_CODE (km_qr_code_get_type ())
G_DECLARE_FINAL_TYPE (KmQrCode, km_qr_code, KM, QR_CODE, GtkWidget)

void       km_qr_code_set_text     (KmQrCode   *self,
                                    const char *text);
GdkTexture *km_qr_code_new_texture (const char *text);

G_END_DECLS
