#pragma once

#include "km-test-app.h"
#include "km-test-pipewire.h"

G_BEGIN_DECLS

/**
 * KmBenchShow:
 * @directory: for logs; removed at the end
 * @desktop: where all of it runs
 * @pipewire: with the test camera and microphone
 * @streamer: live in its Studio
 * @viewer: (nullable): watching
 *
 * A live room, as the benches of the app need it.
 */
typedef struct
{
  char *directory;
  KmTestDesktop *desktop;
  KmTestPipewire *pipewire;
  KmTestApp *streamer;
  KmTestApp *viewer;
} KmBenchShow;

void km_bench_show_open  (KmBenchShow *show);
void km_bench_show_watch (KmBenchShow *show);
void km_bench_show_close (KmBenchShow *show);

G_END_DECLS
