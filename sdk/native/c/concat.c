/*
 * The module concat, in C: strings that grow without being copied each time.
 *
 *   local concat = require("concat")
 *   concat.join({"a", "b", "c"})         "abc", in the order of the list
 *   concat.add(piece)                    appends to a text that the module keeps, and returns its length
 *   concat.dump()                        returns that text, and forgets it
 */
#include "tidelock.h"

static void join(tl_arguments *in, tl_results *out) {
  tl_arguments list = tl_take_table(in), entries = list;
  int64_t count = 0;
  size_t length = 0;
  while (tl_next(&entries) != TL_END) {
    tl_skip(&entries);
    length += tl_take_string(&entries).length;
    count++;
  }
  char *text = tl_put_space(out, length);
  tl_string *pieces = calloc((size_t)count + 1, sizeof *pieces);
  if (text == NULL || pieces == NULL) {
    tl_fail(out, "not enough memory");
    free(pieces);
    return;
  }
  while (!out->failed && tl_next(&list) != TL_END) { /* a table has no order: its keys say it */
    int64_t at = tl_take_integer(&list);
    tl_string piece = tl_take_string(&list);
    if (at < 1 || at > count) tl_fail(out, "list expected");
    else pieces[at] = piece;
  }
  for (int64_t i = 1; !out->failed && i <= count; i++) {
    memcpy(text, pieces[i].data, pieces[i].length);
    text += pieces[i].length;
  }
  free(pieces);
}

/* The text that add makes. It belongs to the script's instance: between add and dump nothing may wait. */
static struct {
  char *data;
  size_t length, size;
} kept;

static void add(tl_arguments *in, tl_results *out) {
  tl_string piece = tl_take_string(in);
  if (piece.length > kept.size - kept.length) {
    size_t larger = kept.size * 2 + piece.length;
    char *moved = larger > TL_MOST ? NULL : realloc(kept.data, larger);
    if (moved == NULL) {
      tl_fail(out, "not enough memory");
      return;
    }
    kept.data = moved;
    kept.size = larger;
  }
  memcpy(kept.data + kept.length, piece.data, piece.length);
  kept.length += piece.length;
  tl_put_integer(out, (int64_t)kept.length);
}

static void dump(tl_arguments *in, tl_results *out) {
  (void)in;
  tl_put_string(out, kept.data, kept.length);
  kept.length = 0;
}

TL_MODULE({"join", join}, {"add", add}, {"dump", dump})
