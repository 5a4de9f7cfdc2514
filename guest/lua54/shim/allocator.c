#include <stdlib.h>
#include <string.h>

#include "guest.h"

/* Small blocks come from free lists by size class, carved from slabs: most of Lua's objects are small, and malloc's
 * headers and searches cost more than the objects' use. Slabs are never returned; a wasm memory cannot shrink. */

enum { GRAIN = 16, CLASSES = 16, SMALL = GRAIN * CLASSES, SLAB = 16 * 1024 };

typedef struct free_block {
  struct free_block *next;
} free_block;

static free_block *free_lists[CLASSES];
static char *slab;
static size_t slab_left;

static int class_of(size_t size) { return (int)((size - 1) / GRAIN); }

static void *carve(int class) {
  size_t size = (size_t)(class + 1) * GRAIN;
  if (slab_left < size) {
    char *fresh = malloc(SLAB);
    if (fresh == NULL) return NULL;
    while (slab_left >= GRAIN) { /* what is left of the old slab serves smaller blocks */
      int rest = (int)(slab_left / GRAIN) - 1;
      if (rest >= CLASSES) rest = CLASSES - 1;
      free_block *b = (free_block *)slab;
      b->next = free_lists[rest];
      free_lists[rest] = b;
      slab += (size_t)(rest + 1) * GRAIN;
      slab_left -= (size_t)(rest + 1) * GRAIN;
    }
    slab = fresh;
    slab_left = SLAB;
  }
  void *block = slab;
  slab += size;
  slab_left -= size;
  return block;
}

static void *take(size_t size) {
  if (size > SMALL) return malloc(size);
  int class = class_of(size);
  free_block *b = free_lists[class];
  if (b == NULL) return carve(class);
  free_lists[class] = b->next;
  return b;
}

static void give(void *block, size_t size) {
  if (size > SMALL) {
    free(block);
    return;
  }
  free_block *b = block;
  b->next = free_lists[class_of(size)];
  free_lists[class_of(size)] = b;
}

void *allocator(void *data, void *block, size_t old_size, size_t new_size) {
  (void)data;
  if (block == NULL) return new_size == 0 ? NULL : take(new_size);
  if (new_size == 0) {
    if (old_size != 0) give(block, old_size);
    return NULL;
  }
  if (old_size > SMALL && new_size > SMALL) return realloc(block, new_size);
  if (old_size <= SMALL && new_size <= SMALL && class_of(old_size) == class_of(new_size)) return block;
  void *moved = take(new_size);
  if (moved == NULL) return new_size < old_size ? block : NULL; /* Lua relies on shrinking; a block may be larger than asked */
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  give(block, old_size);
  return moved;
}
