#include <string.h>

#include "analysis.h"
#include "ldebug.h"
#include "ltable.h"
#include "ltm.h"

/* Groups of registrations, joined until no group may write what another one may read. */

typedef struct {
  int parent;   /* another registration of its group, or itself: its group is named by the root */
  int stale;    /* of a root: to be analysed */
  int keeps;    /* of a root: something that it changes outlives a call */
  int everything;
  const char *reason;
  const Proto *culprit;
  int culprit_pc;
  cell *cells; /* of a root */
} member;

static member *members;
static const uint32_t *numbers; /* of the registrations, in the registry */
static int member_count;

static int root(int m) {
  while (members[m].parent != m) m = members[m].parent;
  return m;
}

/* ---- entries ---- */

static object *registered(uint32_t number) {
  const Table *registry = hvalue(&G(main_state)->l_registry);
  return heap_value(luaH_getint((Table *)registry, (lua_Integer)number), NULL, NULL);
}

/* An object that an execution gets has nothing that outlives it, but for its class. */
static void call_entry(const Udata *u) {
  int values = entry_values(getudatamem(u));
  const set *first = &group.received->self;
  object *self = NULL;
  if (values > 1) {
    self = heap_made(OBJECT_TABLE, NULL);
    for (int i = 1; i <= 2; i++) heap_set_metatable(self, &heap_value(&u->uv[i].uv, NULL, NULL)->self);
    first = &self->self;
  }
  argument arguments[MAX_ARGUMENTS] = {{first, NULL}};
  for (int i = 1; i < MAX_ARGUMENTS; i++) arguments[i] = (argument){&group.received->self, NULL};
  call_object(heap_value(&u->uv[0].uv, NULL, NULL), MAX_ARGUMENTS, arguments, &group.unused);
  if (self != NULL) call_object(heap_value(&u->uv[values - 1].uv, NULL, NULL), 1, arguments, &group.unused);
}

static void begin_registration(uint32_t number) {
  object *o = registered(number);
  if (o == NULL) return;
  if (o->kind == OBJECT_OTHER) {
    call_entry(o->at);
    return;
  }
  argument arguments[MAX_ARGUMENTS];
  for (int i = 0; i < MAX_ARGUMENTS; i++) arguments[i] = (argument){&group.received->self, NULL};
  call_object(o, MAX_ARGUMENTS, arguments, &group.unused);
}

/* An object of the image may lose its last reference in any instance: finalizers of scripts run anywhere. */
static void begin_finalizers(void) {
  for (GCObject *o = G(main_state)->finobj; o != NULL; o = o->next) {
    if (o->tt != LUA_VTABLE) continue;
    object *table = heap_gc(o, OBJECT_TABLE, NULL, NULL);
    Table *metatable = gco2t(o)->metatable;
    const TValue *finalizer = metatable ? luaH_getshortstr(metatable, G(main_state)->tmname[TM_GC]) : &G(main_state)->nilvalue;
    if (!ttisLclosure(finalizer) || is_prelude(clLvalue(finalizer)->p)) continue;
    argument self = {&table->self, NULL};
    call_object(heap_value(finalizer, NULL, NULL), 1, &self, &group.unused);
  }
}

/* ---- analysing a group ---- */

static void analyse(int m) {
  interpret_begin();
  for (int other = 0; other < member_count; other++)
    if (root(other) == m) begin_registration(numbers[other]);
  begin_finalizers();
  interpret_run();
  members[m].stale = 0;
  members[m].keeps = group.keeps;
  members[m].cells = heap_cells();
  members[m].everything = group.everything;
  members[m].reason = group.reason;
  members[m].culprit = group.culprit;
  members[m].culprit_pc = group.culprit_pc;
}

/* ---- comparing groups ---- */

/* What joined two groups: a variable that a may write and b may read. */
typedef struct join join;
struct join {
  join *next;
  int a, b; /* registrations of them */
  const cell *cell;
};

static join *joins, **last_join = &joins;
static int join_count;

enum { MOST_JOINS = 1000 }; /* that say more than is needed to explain the groups */

/* Makes one group of two. A join that explains nothing new is noted once for each variable. */
static int unite(int a, int b, const cell *c, int noted) {
  int x = root(a), y = root(b);
  if (x == y && (noted || join_count >= MOST_JOINS)) return 0;
  join *j = arena_take(&heap_arena, sizeof *j);
  *j = (join){NULL, a, b, c};
  *last_join = j;
  last_join = &j->next;
  join_count++;
  if (x == y) return 0;
  if (x > y) x = root(b), y = root(a);
  members[y].parent = x;
  members[x].stale = 1;
  return 1;
}

static int matches(const TString *a, const TString *b) {
  if (a == META_KEY || b == META_KEY) return a == b;
  return a == b || a == NULL || b == NULL;
}

/* Puts the cells of all groups into lists of those of one object. Returns an object for each list. */
static object **gather(int *count) {
  int n = 0;
  for (int m = 0; m < member_count; m++)
    if (root(m) == m)
      for (cell *c = members[m].cells; c != NULL; c = c->listed) {
        c->object->cells = NULL;
        n++;
      }
  object **objects = arena_take(&heap_arena, (size_t)n * sizeof *objects + 1);
  *count = 0;
  for (int m = 0; m < member_count; m++)
    if (root(m) == m)
      for (cell *c = members[m].cells; c != NULL; c = c->listed) {
        if (c->object->cells == NULL) objects[(*count)++] = c->object;
        c->beside = c->object->cells;
        c->user = m;
        c->object->cells = c;
      }
  return objects;
}

static int compare_cells(const object *o) {
  int united = 0;
  for (const cell *w = o->cells; w != NULL; w = w->beside) {
    int noted = 0;
    if (!(w->access & ACCESS_WRITE)) continue;
    for (const cell *r = o->cells; r != NULL; r = r->beside) {
      if (!(r->access & ACCESS_READ) || !matches(w->key, r->key)) continue;
      if (r->user == w->user) {
        members[w->user].keeps = 1;
        continue;
      }
      int again = w->user > r->user && (r->access & ACCESS_WRITE) && (w->access & ACCESS_READ); /* seen from there */
      united |= unite(w->user, r->user, w, noted || again);
      noted |= !again;
    }
  }
  return united;
}

static int compare(void) {
  int count, united = 0;
  object **objects = gather(&count);
  for (int i = 0; i < count; i++) united |= compare_cells(objects[i]);
  for (int m = 0; m < member_count; m++)
    for (int other = 0; members[m].parent == m && members[m].everything && other < member_count; other++)
      if (root(other) != root(m)) united |= unite(m, other, NULL, 0);
  return united;
}

/* ---- the result ---- */

static void put_text(const char *text) { exchange_put_string(main_state, text, strlen(text)); }

static void put_place(const Proto *p, int pc) {
  char source[LUA_IDSIZE] = "";
  int line = 0;
  if (p != NULL && !is_prelude(p) && p->source != NULL) { /* the prelude's lines tell a script's author nothing */
    luaO_chunkid(source, getstr(p->source), tsslen(p->source));
    line = luaG_getfuncline(p, pc);
  }
  put_text(source);
  exchange_put_integer(main_state, line);
}

static void put_join(const join *j) {
  char name[256];
  exchange_put_integer(main_state, j->a);
  exchange_put_integer(main_state, j->b);
  if (j->cell != NULL) {
    heap_name(j->cell, name, sizeof name);
    put_text(name);
    put_place(j->cell->writer, j->cell->pc);
  } else {
    const member *m = &members[j->a];
    put_text(m->reason);
    put_place(m->culprit, m->culprit_pc);
  }
  exchange_put_boolean(main_state, j->cell != NULL);
}

/* Arguments: the numbers of registrations. Results: for each the first registration of its group, and whether something
 * that the group changes outlives a call; then, for each join, two registrations (positions among the arguments), name,
 * chunk, line, and whether it is a variable that the first may write and the second may read. Where it is none, the
 * first may do what the name says. Neither chunk nor line: in the prelude. */
EXPORT("analyse") uint64_t analyse_registrations(uint32_t length) {
  enum { ENCODED = 9 }; /* bytes of an integer */
  member_count = (int)(length / ENCODED);
  uint32_t *given = arena_take(&heap_arena, (size_t)member_count * sizeof *given + 1);
  members = arena_take(&heap_arena, (size_t)member_count * sizeof *members + 1);
  for (int m = 0; m < member_count; m++) {
    memcpy(&given[m], exchange.inbox + m * ENCODED + 1, sizeof *given);
    members[m] = (member){.parent = m, .stale = 1};
  }
  numbers = given;
  library_begin();
  do {
    for (int m = 0; m < member_count; m++)
      if (root(m) == m && members[m].stale) analyse(m);
  } while (compare());
  exchange_reset();
  for (int m = 0; m < member_count; m++) {
    exchange_put_integer(main_state, root(m));
    exchange_put_boolean(main_state, members[root(m)].keeps || members[root(m)].everything);
  }
  for (const join *j = joins; j != NULL; j = j->next) put_join(j);
  return (uint64_t)ABI_OUTCOME_DONE << 32 | exchange_written();
}
