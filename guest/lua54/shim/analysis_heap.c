#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "lapi.h"
#include "lgc.h"
#include "ltable.h"
#include "ltm.h"

/* ---- objects by address and by number ---- */

static object **numbered;
static uint32_t count = 1, room;
static object **table; /* of those in the image, open addressing */
static uint32_t buckets, used;
static uint32_t round_now = 1;

static const char meta_key;
const TString *const META_KEY = (const TString *)&meta_key;

void heap_new_round(void) { round_now++; }

object *heap_object(uint32_t number) { return numbered[number]; }

static uint32_t hash(const void *at) { return (uint32_t)((uintptr_t)at * 0x9E3779B97F4A7C15u >> 32); }

static object *new_object(object_kind kind, const void *at) {
  if (count >= room) {
    uint32_t larger = room ? room * 2 : 1024;
    object **moved = arena_take(&heap_arena, larger * sizeof *moved);
    if (room) memcpy(moved, numbered, room * sizeof *moved);
    numbered = moved;
    room = larger;
  }
  object *o = arena_take(&heap_arena, sizeof *o);
  o->kind = kind;
  o->at = at;
  o->number = count++;
  set_add(&heap_arena, &o->self, o->number);
  return numbered[o->number] = o;
}

static void enlarge(void) {
  uint32_t larger = buckets ? buckets * 2 : 4096;
  object **fresh = arena_take(&heap_arena, larger * sizeof *fresh);
  for (uint32_t i = 0; i < buckets; i++) {
    if (table[i] == NULL) continue;
    uint32_t at = hash(table[i]->at) & (larger - 1);
    while (fresh[at] != NULL) at = (at + 1) & (larger - 1);
    fresh[at] = table[i];
  }
  table = fresh;
  buckets = larger;
}

static object *sealed_object(object_kind kind, const void *at, object *owner, TString *key) {
  if (used * 2 >= buckets) enlarge();
  uint32_t b = hash(at) & (buckets - 1);
  for (; table[b] != NULL; b = (b + 1) & (buckets - 1))
    if (table[b]->at == at) return table[b];
  object *o = table[b] = new_object(kind, at);
  used++;
  o->sealed = 1;
  o->owner = owner;
  o->key = key;
  return o;
}

object *heap_gc(GCObject *o, object_kind kind, object *owner, TString *key) { return sealed_object(kind, o, owner, key); }

object *heap_made(object_kind kind, const void *at) { return new_object(kind, at); }

/* The numbers of functions are lower than all addresses of the heap. */
static object *c_function(lua_CFunction f, object *owner, TString *key) {
  return sealed_object(OBJECT_C_FUNCTION, (const void *)(uintptr_t)f, owner, key);
}

static object *c_closure(CClosure *c, object *owner, TString *key) {
  if (library_knows(c->f)) return c_function(c->f, owner, key); /* random, randomseed: see change_generator */
  object_kind kind = operation_is_bound(c->f)     ? OBJECT_BOUND
                     : coroutine_is_wrapped(c->f) ? OBJECT_WRAPPED
                     : entry_is_index(c->f)       ? OBJECT_INDEX
                                                  : OBJECT_ITERATOR;
  return sealed_object(kind, c, owner, key);
}

object *heap_value(const TValue *v, object *owner, TString *key) {
  switch (ttypetag(v)) {
    case LUA_VTABLE:
      return sealed_object(OBJECT_TABLE, hvalue(v), owner, key);
    case LUA_VLCL:
      return sealed_object(OBJECT_CLOSURE, clLvalue(v), owner, key);
    case LUA_VCCL:
      return c_closure(clCvalue(v), owner, key);
    case LUA_VLCF:
      return c_function(fvalue(v), owner, key);
    case LUA_VTHREAD:
      return sealed_object(OBJECT_THREAD, thvalue(v), owner, key);
    case LUA_VUSERDATA:
      return sealed_object(OBJECT_OTHER, uvalue(v), owner, key);
    default:
      return NULL;
  }
}

/* ---- what is in a table of the image ---- */

static void add_content(object *o, const TValue *v, TString *key) {
  object *content = heap_value(v, o, key);
  if (content != NULL) set_add(&heap_arena, &o->contents, content->number);
}

static void scan_table(object *o) {
  Table *t = (Table *)o->at;
  unsigned int size = luaH_realasize(t);
  for (unsigned int i = 0; i < size; i++) add_content(o, &t->array[i], NULL);
  for (int i = 0; i < sizenode(t); i++) {
    Node *n = gnode(t, i);
    if (isempty(gval(n))) continue;
    TValue key;
    getnodekey(main_state, &key, n);
    add_content(o, gval(n), ttisstring(&key) ? tsvalue(&key) : NULL);
    add_content(o, &key, NULL);
  }
}

static const set *contents(object *o) {
  if (o->scanned) return &o->contents;
  o->scanned = 1;
  if (o->kind == OBJECT_TABLE) scan_table(o);
  if (o->kind == OBJECT_OTHER) {
    Udata *u = (Udata *)o->at;
    for (int i = 0; i < u->nuvalue; i++) add_content(o, &u->uv[i].uv, NULL);
  }
  return &o->contents;
}

/* ---- what the group knows of an object ---- */

static void add_metatable(object *o, Table *metatable) {
  if (metatable == NULL) return;
  object *m = sealed_object(OBJECT_TABLE, metatable, o, NULL);
  set_add(&group_arena, &o->metatables, m->number);
}

static void renew(object *o) {
  if (o->round == round_now) return;
  o->round = round_now;
  o->fields = NULL;
  o->function = NULL;
  o->accessed = NULL;
  o->has_all = 0;
  o->unnamed = o->all = o->metatables = (set){0};
  if (!o->sealed) return;
  switch (o->kind) {
    case OBJECT_TABLE:
      add_metatable(o, ((Table *)o->at)->metatable);
      break;
    case OBJECT_OTHER:
      add_metatable(o, ((Udata *)o->at)->metatable);
      break;
    case OBJECT_THREAD:
      add_metatable(o, G(main_state)->mt[LUA_TTHREAD]);
      break;
    default:
      add_metatable(o, G(main_state)->mt[LUA_TFUNCTION]);
  }
}

static field *field_of(object *o, TString *key) {
  for (field *f = o->fields; f != NULL; f = f->next)
    if (f->key == key) return f;
  field *f = arena_take(&group_arena, sizeof *f);
  f->key = key;
  f->next = o->fields;
  o->fields = f;
  set_join(&group_arena, &f->values, &o->unnamed);
  if (o->sealed && o->kind == OBJECT_TABLE) {
    object *value = heap_value(luaH_getshortstr((Table *)o->at, key), o, key);
    if (value != NULL) set_add(&group_arena, &f->values, value->number);
  }
  return f;
}

static void gather_all(object *o) {
  o->has_all = 1;
  if (o->sealed) set_join(&group_arena, &o->all, contents(o));
  set_join(&group_arena, &o->all, &o->unnamed);
  for (field *f = o->fields; f != NULL; f = f->next) set_join(&group_arena, &o->all, &f->values);
}

set *heap_field(object *o, TString *key) {
  renew(o);
  heap_access(o, key, ACCESS_READ);
  if (key != NULL) return &field_of(o, key)->values;
  if (!o->has_all) gather_all(o);
  return &o->all;
}

void heap_store(object *o, TString *key, const set *values) {
  renew(o);
  heap_access(o, key, ACCESS_WRITE);
  if (values->first == NULL) return;
  int is_new = 0;
  if (key != NULL) {
    is_new = set_join(&group_arena, &field_of(o, key)->values, values);
  } else {
    is_new = set_join(&group_arena, &o->unnamed, values);
    for (field *f = o->fields; f != NULL; f = f->next) is_new |= set_join(&group_arena, &f->values, values);
  }
  if (o->has_all) is_new |= set_join(&group_arena, &o->all, values);
  group.changed |= is_new;
}

const set *heap_metatables(object *o) {
  renew(o);
  if (o->kind == OBJECT_TABLE) heap_access(o, META_KEY, ACCESS_READ);
  return &o->metatables;
}

void heap_set_metatable(object *o, const set *metatables) {
  renew(o);
  heap_access(o, META_KEY, ACCESS_WRITE);
  group.changed |= set_join(&group_arena, &o->metatables, metatables);
}

set *heap_upvalue(object *o) {
  int is_new = o->round != round_now;
  renew(o);
  if (is_new) {
    object *value = heap_value(((UpVal *)o->at)->v, o, NULL);
    if (value != NULL) set_add(&group_arena, &o->all, value->number);
  }
  return &o->all;
}

/* ---- cells ---- */

static cell *listed;
static uint32_t listed_round;

cell *heap_cells(void) { return listed_round == round_now ? listed : NULL; }

/* An object has few: one for each of its keys that stands in the source. */
static cell *cell_of(object *o, const TString *key) {
  renew(o);
  for (cell *c = o->accessed; c != NULL; c = c->next)
    if (c->key == key) return c;
  cell *c = arena_take(&heap_arena, sizeof *c); /* compared with other groups' */
  *c = (cell){.object = o, .key = key, .next = o->accessed, .listed = heap_cells()};
  listed_round = round_now;
  return o->accessed = listed = c;
}

/* What the prelude keeps in its quiet tables is no state of scripts. */
void heap_access(object *o, const TString *key, access a) {
  if (!o->sealed) return;
  const function *f = group.running;
  if (a == ACCESS_WRITE && o->quiet && f != NULL && is_prelude(f->proto)) return;
  cell *c = cell_of(o, key);
  if (a == ACCESS_WRITE && !(c->access & ACCESS_WRITE)) {
    c->writer = f ? f->proto : NULL;
    c->pc = group.pc;
    group.changed = 1; /* heap_certain may have said otherwise before */
  }
  c->access |= a;
}

int heap_certain(object *o, TString *key) {
  if (!o->sealed || o->kind != OBJECT_TABLE || key == NULL || isempty(luaH_getshortstr((Table *)o->at, key))) return 0;
  renew(o);
  for (const cell *c = o->accessed; c != NULL; c = c->next)
    if ((c->access & ACCESS_WRITE) && (c->key == key || c->key == NULL)) return 0;
  return 1;
}

/* ---- names ---- */

static void append(char *text, size_t size, const char *more) {
  size_t n = strlen(text);
  snprintf(text + n, size - n, "%s", more);
}

static int is_globals(const object *o) {
  const Table *registry = hvalue(&G(main_state)->l_registry);
  return o->at == hvalue(&registry->array[LUA_RIDX_GLOBALS - 1]);
}

static const char *type_with_metatable(const object *o) {
  for (int type = 0; type < LUA_NUMTYPES; type++)
    if (o->at == G(main_state)->mt[type]) return lua_typename(main_state, type);
  return NULL;
}

/* The way by which the object was met first, as a script would write it. */
static void name_object(const object *o, char *text, size_t size, int nesting) {
  if (nesting > 6) {
    append(text, size, "...");
  } else if (o->kind == OBJECT_UPVALUE) {
    append(text, size, o->key ? getstr(o->key) : "?");
  } else if (is_globals(o)) {
    append(text, size, "_G");
  } else if (o->owner == NULL) {
    const char *type = type_with_metatable(o);
    append(text, size, type ? "the metatable of type " : "?");
    append(text, size, type ? type : "");
  } else if (o->owner->kind == OBJECT_UPVALUE) {
    name_object(o->owner, text, size, nesting + 1);
  } else if (o->key != NULL && is_globals(o->owner)) {
    append(text, size, getstr(o->key));
  } else {
    name_object(o->owner, text, size, nesting + 1);
    append(text, size, o->key ? "." : "[...]");
    if (o->key) append(text, size, getstr(o->key));
  }
}

void heap_name(const cell *c, char *text, size_t size) {
  text[0] = '\0';
  if (c->key == META_KEY) {
    append(text, size, "the metatable of ");
    name_object(c->object, text, size, 0);
  } else if (c->key != NULL && is_globals(c->object)) {
    append(text, size, getstr((TString *)c->key));
  } else {
    name_object(c->object, text, size, 0);
    if (c->key == NULL) return;
    append(text, size, ".");
    append(text, size, getstr((TString *)c->key));
  }
}
