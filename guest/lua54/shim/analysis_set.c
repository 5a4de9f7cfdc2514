#include <stdlib.h>
#include <string.h>

#include "analysis.h"

struct arena_chunk {
  arena_chunk *next;
};

arena heap_arena, group_arena;

enum { ALIGNMENT = 16, CHUNK = 64 * 1024 };

void *arena_take(arena *a, size_t size) {
  size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
  if (size > a->left) {
    size_t room = size > CHUNK ? size : CHUNK;
    arena_chunk *c = malloc(ALIGNMENT + room);
    if (c == NULL) __builtin_trap();
    c->next = a->chunks;
    a->chunks = c;
    a->free = (char *)c + ALIGNMENT;
    a->left = room;
  }
  void *block = a->free;
  a->free += size;
  a->left -= size;
  return memset(block, 0, size);
}

void arena_empty(arena *a) {
  for (arena_chunk *c = a->chunks; c != NULL;) {
    arena_chunk *next = c->next;
    free(c);
    c = next;
  }
  *a = (arena){0};
}

/* Returns the block of index, which is made where it is missing. */
static set_block *block_of(arena *a, set *s, uint32_t index) {
  set_block **at = &s->first;
  if (s->last != NULL && s->last->index <= index) { /* objects are numbered as they are met: most come last */
    if (s->last->index == index) return s->last;
    at = &s->last->next;
  }
  while (*at != NULL && (*at)->index < index) at = &(*at)->next;
  if (*at != NULL && (*at)->index == index) return *at;
  set_block *b = arena_take(a, sizeof *b);
  b->index = index;
  b->next = *at;
  *at = b;
  if (b->next == NULL) s->last = b;
  return b;
}

int set_add(arena *a, set *s, uint32_t member) {
  set_block *b = block_of(a, s, member / 64);
  uint64_t bit = (uint64_t)1 << member % 64;
  int is_new = !(b->bits & bit);
  b->bits |= bit;
  return is_new;
}

int set_join(arena *a, set *s, const set *more) {
  int is_new = 0;
  set_block **at = &s->first;
  for (const set_block *m = more->first; m != NULL; m = m->next) {
    while (*at != NULL && (*at)->index < m->index) at = &(*at)->next;
    if (*at == NULL || (*at)->index != m->index) {
      set_block *b = arena_take(a, sizeof *b);
      b->index = m->index;
      b->next = *at;
      *at = b;
      if (b->next == NULL) s->last = b;
    }
    if (m->bits & ~(*at)->bits) {
      (*at)->bits |= m->bits;
      is_new = 1;
    }
  }
  return is_new;
}

uint32_t set_next(set_walk *w) {
  while (w->bits == 0) {
    if (w->block == NULL) return 0;
    w->block = w->block->next;
    if (w->block == NULL) return 0;
    w->bits = w->block->bits;
  }
  uint32_t member = w->block->index * 64 + (uint32_t)__builtin_ctzll(w->bits);
  w->bits &= w->bits - 1;
  return member;
}
