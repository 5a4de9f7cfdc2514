#include <string.h>

#include "analysis.h"
#include "lstring.h"
#include "ltm.h"

/* What each function written in C does to the objects that it gets. A function that is in no row is a reason to give up. */

typedef void (*behaviour)(int count, const argument *arguments, set *results);

#define BEHAVIOUR(name) static void name(int count, const argument *arguments, set *results)
#define EACH_OBJECT(o, at)                                                                     \
  for (set_walk walk_##o = at < count ? set_begin(arguments[at].values) : (set_walk){NULL, 0}; \
       (o = next_object(&walk_##o)) != NULL;)

static object *next_object(set_walk *w) {
  uint32_t n = set_next(w);
  return n ? heap_object(n) : NULL;
}

static const set none;
static object *next_function, *element_function, *require_function, *loaded;

static const set *values_at(int at, int count, const argument *arguments) {
  return at < count ? arguments[at].values : &none;
}

/* ---- values ---- */

/* Takes and gives no objects, or only looks at which ones they are. */
BEHAVIOUR(plain) { (void)count, (void)arguments, (void)results; }

BEHAVIOUR(give_arguments) {
  for (int i = 0; i < count; i++) give(results, arguments[i].values);
}

BEHAVIOUR(to_text) {
  object *o;
  for (int i = 0; i < count; i++) {
    EACH_OBJECT(o, i) {
      argument self = {&o->self, NULL};
      call_metamethod(o, "__tostring", 1, &self, &group.unused);
      call_metamethod(o, "__name", 0, NULL, &group.unused);
    }
  }
  (void)results;
}

BEHAVIOUR(raise) {
  give(&group.thrown, values_at(0, count, arguments));
  (void)results;
}

BEHAVIOUR(change_generator) {
  group.keeps = 1;
  (void)count, (void)arguments, (void)results;
}

BEHAVIOUR(do_anything) {
  (void)count, (void)arguments, (void)results;
  give_up("code that is made, or variables that are changed, while serving (load, debug)");
}

/* ---- tables ---- */

BEHAVIOUR(read_raw) {
  object *o;
  EACH_OBJECT(o, 0) if (o->kind == OBJECT_TABLE) give(results, heap_field(o, count > 1 ? arguments[1].constant : NULL));
}

BEHAVIOUR(write_raw) {
  object *o;
  EACH_OBJECT(o, 0) {
    if (o->kind != OBJECT_TABLE) continue;
    heap_store(o, count > 1 ? arguments[1].constant : NULL, values_at(2, count, arguments));
    heap_store(o, NULL, values_at(1, count, arguments));
  }
  give_arguments(count > 0, arguments, results);
}

BEHAVIOUR(measure) {
  object *o;
  EACH_OBJECT(o, 0) heap_field(o, NULL);
  (void)results;
}

BEHAVIOUR(read_all) {
  object *o;
  EACH_OBJECT(o, 0) read_object(o, NULL, results);
}

BEHAVIOUR(add_elements) {
  object *o;
  EACH_OBJECT(o, 0) read_object(o, NULL, &group.unused);
  for (int i = 1; i < count; i++) write_index(arguments[0].values, NULL, arguments[i].values);
  (void)results;
}

BEHAVIOUR(remove_elements) {
  read_all(count, arguments, results);
  write_index(values_at(0, count, arguments), NULL, results);
}

BEHAVIOUR(move_elements) {
  read_all(count, arguments, results);
  write_index(values_at(count > 4 ? 4 : 0, count, arguments), NULL, results);
  give(results, values_at(count > 4 ? 4 : 0, count, arguments));
}

BEHAVIOUR(sort_elements) {
  object *o;
  EACH_OBJECT(o, 0) {
    const set *elements = heap_field(o, NULL);
    argument both[2] = {{elements, NULL}, {elements, NULL}};
    call(values_at(1, count, arguments), 2, both, &group.unused);
    set_walk w = set_begin(elements);
    for (object *e; (e = next_object(&w)) != NULL;) call_metamethod(e, "__lt", 2, both, &group.unused);
  }
  read_all(count, arguments, &group.unused);
  write_index(values_at(0, count, arguments), NULL, &none);
  (void)results;
}

BEHAVIOUR(pack_elements) {
  object *table = made_here(OBJECT_TABLE);
  for (int i = 0; i < count; i++) heap_store(table, NULL, arguments[i].values);
  give_object(results, table);
}

BEHAVIOUR(read_contents) {
  object *o;
  EACH_OBJECT(o, 0) if (o->kind == OBJECT_TABLE) give(results, heap_field(o, NULL));
}

BEHAVIOUR(iterate_elements) {
  give_object(results, element_function);
  give(results, values_at(0, count, arguments));
}

BEHAVIOUR(iterate) {
  object *o;
  EACH_OBJECT(o, 0) {
    argument self = {&o->self, NULL};
    call_metamethod(o, "__pairs", 1, &self, results);
  }
  give_object(results, next_function);
  give(results, values_at(0, count, arguments));
}

/* ---- metatables ---- */

BEHAVIOUR(read_metatable) {
  object *o;
  EACH_OBJECT(o, 0) {
    give(results, heap_metatables(o));
    set_walk w = set_begin(heap_metatables(o));
    for (object *m; (m = next_object(&w)) != NULL;)
      give(results, heap_field(m, luaS_newliteral(main_state, "__metatable")));
  }
  for (int type = 0; type < LUA_NUMTYPES; type++) { /* of a string, above all */
    Table *metatable = G(main_state)->mt[type];
    if (metatable != NULL) give_object(results, heap_gc(obj2gco(metatable), OBJECT_TABLE, NULL, NULL));
  }
}

BEHAVIOUR(write_metatable) {
  const set *metatables = values_at(1, count, arguments);
  object *o;
  EACH_OBJECT(o, 0) {
    argument self = {&o->self, NULL};
    if (o->kind != OBJECT_TABLE) continue;
    heap_set_metatable(o, metatables);
    set_walk w = set_begin(metatables);
    for (object *m; (m = next_object(&w)) != NULL;)
      if (m->kind == OBJECT_TABLE) call(heap_field(m, G(main_state)->tmname[TM_GC]), 1, &self, &group.unused);
  }
  give(results, values_at(0, count, arguments));
}

/* ---- functions ---- */

BEHAVIOUR(call_protected) {
  if (count > 0) call(arguments[0].values, count - 1, arguments + 1, results);
  give(results, &group.thrown);
}

BEHAVIOUR(call_handled) {
  argument thrown = {&group.thrown, NULL};
  if (count > 0) call(arguments[0].values, count > 2 ? count - 2 : 0, arguments + 2, results);
  call(values_at(1, count, arguments), 1, &thrown, results);
}

BEHAVIOUR(call_later) {
  call(values_at(0, count, arguments), 0, NULL, &group.unused);
  (void)results;
}

BEHAVIOUR(replace_text) {
  object *o;
  EACH_OBJECT(o, 2) {
    if (is_callable(o))
      call_object(o, 0, NULL, &group.unused);
    else
      read_object(o, NULL, &group.unused);
  }
  (void)results;
}

BEHAVIOUR(describe_function) {
  object *table = made_here(OBJECT_TABLE);
  heap_store(table, NULL, &group.functions);
  heap_store(table, NULL, values_at(0, count, arguments));
  give_object(results, table);
}

BEHAVIOUR(make_bound) {
  (void)count, (void)arguments;
  give_object(results, made_here(OBJECT_BOUND));
}

/* ---- coroutines: one that is made while serving is the function that it runs ---- */

BEHAVIOUR(make_coroutine) {
  object *o;
  EACH_OBJECT(o, 0) {
    if (o->kind != OBJECT_CLOSURE) continue;
    function *f = function_of(o);
    if (!f->coroutine) group.changed = f->coroutine = 1;
  }
  give(results, values_at(0, count, arguments));
}

BEHAVIOUR(resume_coroutine) {
  object *o;
  for (int i = 1; i < count; i++) give(&group.transferred, arguments[i].values);
  EACH_OBJECT(o, 0) {
    if (o->kind == OBJECT_THREAD)
      resume_thread(o, count - 1, arguments + 1, results);
    else
      call_object(o, count - 1, arguments + 1, results);
  }
  give(results, &group.transferred);
  give(results, &group.thrown);
}

BEHAVIOUR(yield_values) {
  for (int i = 0; i < count; i++) give(&group.transferred, arguments[i].values);
  give(results, &group.transferred);
}

BEHAVIOUR(read_status) {
  object *o;
  EACH_OBJECT(o, 0) if (o->kind == OBJECT_THREAD) heap_access(o, NULL, ACCESS_READ);
  (void)results;
}

/* ---- the table ---- */

typedef struct {
  const char *library, *name;
  behaviour does;
} row;

/* A row without a name stands for the rest of its library. */
static const row rows[] = {
    {LUA_GNAME, "assert", give_arguments},
    {LUA_GNAME, "collectgarbage", plain},
    {LUA_GNAME, "error", raise},
    {LUA_GNAME, "getmetatable", read_metatable},
    {LUA_GNAME, "ipairs", iterate_elements},
    {LUA_GNAME, "load", do_anything},
    {LUA_GNAME, "next", read_contents},
    {LUA_GNAME, "pairs", iterate},
    {LUA_GNAME, "pcall", call_protected},
    {LUA_GNAME, "rawequal", plain},
    {LUA_GNAME, "rawget", read_raw},
    {LUA_GNAME, "rawlen", measure},
    {LUA_GNAME, "rawset", write_raw},
    {LUA_GNAME, "select", give_arguments},
    {LUA_GNAME, "setmetatable", write_metatable},
    {LUA_GNAME, "tonumber", plain},
    {LUA_GNAME, "tostring", to_text},
    {LUA_GNAME, "type", plain},
    {LUA_GNAME, "warn", plain},
    {LUA_GNAME, "xpcall", call_handled},
    {LUA_COLIBNAME, "close", resume_coroutine},
    {LUA_COLIBNAME, "create", make_coroutine},
    {LUA_COLIBNAME, "isyieldable", plain},
    {LUA_COLIBNAME, "resume", resume_coroutine},
    {LUA_COLIBNAME, "running", plain},
    {LUA_COLIBNAME, "status", read_status},
    {LUA_COLIBNAME, "wrap", make_coroutine},
    {LUA_COLIBNAME, "yield", yield_values},
    {LUA_TABLIBNAME, "concat", read_all},
    {LUA_TABLIBNAME, "insert", add_elements},
    {LUA_TABLIBNAME, "move", move_elements},
    {LUA_TABLIBNAME, "pack", pack_elements},
    {LUA_TABLIBNAME, "remove", remove_elements},
    {LUA_TABLIBNAME, "sort", sort_elements},
    {LUA_TABLIBNAME, "unpack", read_all},
    {LUA_STRLIBNAME, "format", to_text},
    {LUA_STRLIBNAME, "gsub", replace_text},
    {LUA_STRLIBNAME, NULL, plain},
    {LUA_UTF8LIBNAME, NULL, plain},
    {LUA_OSLIBNAME, NULL, plain},
    {LUA_MATHLIBNAME, "randomseed", change_generator},
    {LUA_MATHLIBNAME, NULL, plain},
    {LUA_DBLIBNAME, "gethook", plain},
    {LUA_DBLIBNAME, "getinfo", describe_function},
    {LUA_DBLIBNAME, "getmetatable", read_metatable},
    {LUA_DBLIBNAME, "traceback", plain},
    {LUA_DBLIBNAME, NULL, do_anything},
    {"host", "bind", make_bound},
    {"host", "ref", call_later},
    {"host", "value_entry", give_arguments},
    {"host", "object_entry", give_arguments},
    {"host", NULL, plain},
};

enum { ROWS = sizeof rows / sizeof *rows, MOST = 256 };

static struct {
  lua_CFunction f;
  behaviour does;
} known[MOST];
static int known_count;
static lua_CFunction library_next;

static behaviour find(lua_CFunction f) {
  for (int i = 0; i < known_count; i++)
    if (known[i].f == f) return known[i].does;
  return NULL;
}

int library_knows(lua_CFunction f) { return find(f) != NULL; }

static void learn(lua_State *L, behaviour does) {
  lua_CFunction f = lua_tocfunction(L, -1);
  if (f == NULL || find(f) != NULL || known_count == MOST) return;
  known[known_count].f = f;
  known[known_count++].does = does;
}

static void push_library(lua_State *L, const char *name) {
  if (strcmp(name, "host") == 0) {
    sandbox_push_host(L);
    return;
  }
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

void library_open(lua_State *L) {
  for (const row *r = rows; r < rows + ROWS; r++) {
    push_library(L, r->library);
    if (r->name != NULL) {
      lua_getfield(L, -1, r->name);
      learn(L, r->does);
      if (strcmp(r->name, "next") == 0) library_next = lua_tocfunction(L, -1);
      lua_pop(L, 1);
    } else {
      for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) learn(L, r->does);
    }
    lua_pop(L, 1);
  }
}

void library_call(object *callee, int count, const argument *arguments, set *results) {
  if (callee->behaviour == NULL) {
    behaviour does = find((lua_CFunction)(uintptr_t)callee->at);
    callee->behaviour = does != NULL ? (const void *)(uintptr_t)does : (const void *)(uintptr_t)do_anything;
  }
  ((behaviour)(uintptr_t)callee->behaviour)(count, arguments, results);
}

/* ---- functions of the prelude ---- */

static object *top_object(lua_State *L) {
  object *o = heap_value(s2v(L->top - 1), NULL, NULL);
  lua_pop(L, 1);
  return o;
}

/* The prelude names in its table what the analysis has to know of it: require, and its quiet tables. */
void library_begin(void) {
  lua_State *L = main_state;
  lua_pushcfunction(L, library_next);
  next_function = top_object(L);
  element_function = heap_made(OBJECT_C_FUNCTION, NULL); /* the iterator of ipairs, which has no name */
  element_function->behaviour = (const void *)(uintptr_t)read_all;
  lua_pushglobaltable(L);
  object *globals = top_object(L);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) /* under the names by which scripts know them */
    if (lua_type(L, -2) == LUA_TSTRING) heap_value(s2v(L->top - 1), globals, tsvalue(s2v(L->top - 2)));
  loaded = top_object(L);
  sandbox_push_host(L);
  lua_getfield(L, -1, "require");
  require_function = top_object(L);
  lua_getfield(L, -1, "quiet");
  if (lua_istable(L, -1)) {
    for (lua_pushnil(L); lua_next(L, -2);) {
      lua_pop(L, 1);
      lua_pushvalue(L, -1);
      top_object(L)->quiet = 1;
    }
  }
  lua_pop(L, 2);
}

/* A module that is loaded by the time of the snapshot is there already; another one would be code that nobody has seen. */
int library_call_special(object *callee, int count, const argument *arguments, set *results) {
  if (callee != require_function) return 0;
  TString *name = count > 0 ? arguments[0].constant : NULL;
  const set *module = name != NULL ? heap_field(loaded, name) : &none;
  if (module->first == NULL) give_up("require of a module that is not loaded before serving");
  give(results, module);
  return 1;
}
