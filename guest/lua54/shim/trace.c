#include "guest.h"
#include "ldebug.h"
#include "lobject.h"
#include "lstate.h"

#define TRACE_KEY "tidelock.trace"

static int tracing;

/* Lines that were told a moment ago: a loop would tell its own again and again. What takes a place forgets what was there,
 * so that a line may be told twice. */
enum { RECENT = 1024 };
static struct {
  const Proto *function;
  int line;
} recent[RECENT];

static int is_recent(const Proto *p, int line) {
  size_t at = ((size_t)p / 16 + (size_t)line * 31) % RECENT;
  if (recent[at].function == p && recent[at].line == line) return 1;
  recent[at].function = p;
  recent[at].line = line;
  return 0;
}

/* Calls the function that host.trace got: source, line, whether it ran or is just there to be run. */
static void tell(lua_State *L, const Proto *p, int line, int ran) {
  lua_getfield(L, LUA_REGISTRYINDEX, TRACE_KEY);
  lua_pushstring(L, getstr(p->source));
  lua_pushinteger(L, line);
  lua_pushboolean(L, ran);
  lua_call(L, 3, 0);
}

/* Tells of all lines of a function and of those in it. Its last instruction is the return that the compiler adds, on the
 * line of "end": nobody wrote that. */
static void tell_lines(lua_State *L, const Proto *p) {
  luaL_checkstack(L, 8, NULL);
  int before = 0;
  for (int at = p->is_vararg; at < p->sizecode - 1; at++) {
    int line = luaG_getfuncline(p, at);
    if (line != before) tell(L, p, line, 0);
    before = line;
  }
  for (int i = 0; i < p->sizep; i++) tell_lines(L, p->p[i]);
}

static void hook(lua_State *L, lua_Debug *ar) {
  if (!isLua(ar->i_ci)) return;
  const Proto *p = ci_func(ar->i_ci)->p;
  if (p->source == NULL || getstr(p->source)[0] != '@') return; /* the prelude */
  if (ar->event == LUA_HOOKLINE) {
    if (!is_recent(p, ar->currentline)) tell(L, p, ar->currentline, 1);
  } else if (p->linedefined == 0) {
    tell_lines(L, p); /* a chunk is called: once, as a rule */
  }
}

void trace_restore(lua_State *L) {
  if (tracing)
    lua_sethook(L, hook, LUA_MASKLINE | LUA_MASKCALL, 0);
  else
    lua_sethook(L, NULL, 0, 0);
}

int trace_set(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, TRACE_KEY);
  tracing = 1;
  trace_restore(L);
  trace_restore(main_state); /* which makes the coroutines of all executions */
  return 0;
}
