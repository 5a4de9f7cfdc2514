#include "guest.h"

/* The functions of the coroutine library that resume: where the interpreter's own would hand every yield to the
 * script, these let a yield for the host pass through, and continue when the host resumes the execution. */

static lua_CFunction library_status, library_close, library_yield;

/* How deeply closing one coroutine may close another: the interpreter counts its C calls along resumes only. */
enum { MAX_CLOSING = 100 };

/* The extra space of a lua_State holds a void*, zero in a new coroutine. */
int *coroutine_waits(lua_State *co) { return (int *)lua_getextraspace(co); }

static lua_State *coroutine_at(lua_State *L, int index) {
  lua_State *co = lua_tothread(L, index);
  luaL_argexpected(L, co, index, "thread");
  return co;
}

/* Moves what the coroutine yielded, returned or raised to L: the number of values, or -1 for an error message. */
static int move_results(lua_State *L, lua_State *co, int status, int results) {
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(co, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(co, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(co, L, results);
  return results;
}

/* Runs co until it stops for a reason of the script's own. Yields L with continuation when co waits for the host;
 * where L cannot yield (a comparator, a gsub callback) the wait happens here, holding the instance. */
static int run(lua_State *L, lua_State *co, int arguments, lua_KFunction continuation) {
  for (;;) {
    int results = 0;
    running = co;
    execution_arm(co);
    *coroutine_waits(co) = 0;
    int status = lua_resume(co, L, arguments, &results);
    running = L;
    execution_arm(L);
    if (status != LUA_YIELD || parking == PARK_NONE) return move_results(L, co, status, results);
    if (lua_isyieldable(L)) {
      *coroutine_waits(co) = 1;
      return lua_yieldk(L, 0, 0, continuation);
    }
    if (parking == PARK_OPERATION) operation_wait();
    parking = PARK_NONE;
    arguments = 0;
  }
}

/* Starts or continues co with the values on top of L. */
static int begin(lua_State *L, lua_State *co, int arguments, lua_KFunction continuation) {
  if (*coroutine_waits(co)) {
    lua_pushliteral(L, "cannot resume non-suspended coroutine");
    return -1;
  }
  if (!lua_checkstack(co, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, co, arguments);
  return run(L, co, arguments, continuation);
}

static int resume_outcome(lua_State *L, int results) {
  lua_pushboolean(L, results >= 0);
  if (results < 0) results = 1;
  lua_insert(L, -(results + 1));
  return results + 1;
}

static int resume_continues(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  return resume_outcome(L, run(L, lua_tothread(L, 1), 0, resume_continues));
}

static int resume_coroutine(lua_State *L) {
  lua_State *co = coroutine_at(L, 1);
  return resume_outcome(L, begin(L, co, lua_gettop(L) - 1, resume_continues));
}

/* Closes what a suspended or failed coroutine has left to be closed. On an error its object is on top of co. */
static int close(lua_State *L, lua_State *co) {
  static int depth; /* lua_resetthread raises no error that could skip the counting down */
  if (depth == MAX_CLOSING) luaL_error(L, "C stack overflow");
  depth++;
  running = co;
  execution_arm(co);
  int status = lua_resetthread(co);
  running = L;
  execution_arm(L);
  depth--;
  return status;
}

static int wrap_outcome(lua_State *L, lua_State *co, int results) {
  if (results >= 0) return results;
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) { /* failed inside: its variables are to be closed */
    status = close(L, co);
    lua_xmove(co, L, 1);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

/* The coroutine of the running function, whose upvalue the debug library can change. */
static lua_State *wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  if (co == NULL) luaL_error(L, "the coroutine of this function was taken away");
  return co;
}

static int wrap_continues(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  lua_State *co = wrapped(L);
  return wrap_outcome(L, co, run(L, co, 0, wrap_continues));
}

static int call_wrapped(lua_State *L) {
  lua_State *co = wrapped(L);
  return wrap_outcome(L, co, begin(L, co, lua_gettop(L), wrap_continues));
}

int coroutine_is_wrapped(lua_CFunction f) { return f == call_wrapped; }

static int wrap_coroutine(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

static int status_of(lua_State *L) {
  lua_State *co = coroutine_at(L, 1);
  if (!*coroutine_waits(co)) return library_status(L);
  lua_pushliteral(L, "normal");
  return 1;
}

static int close_coroutine(lua_State *L) {
  lua_State *co = coroutine_at(L, 1);
  if (*coroutine_waits(co)) return luaL_error(L, "cannot close a normal coroutine");
  if (lua_status(co) == LUA_OK) return library_close(L); /* it has nothing to close, or cannot be closed now */
  int failed = close(L, co) != LUA_OK;
  lua_pushboolean(L, !failed);
  if (failed) lua_xmove(co, L, 1);
  return 1 + failed;
}

static int yield(lua_State *L) {
  if (execution_is_root(L)) return luaL_error(L, "attempt to yield from outside a coroutine");
  return library_yield(L);
}

static lua_CFunction replace(lua_State *L, const char *name, lua_CFunction by) {
  lua_getfield(L, -1, name);
  lua_CFunction original = lua_tocfunction(L, -1);
  lua_pop(L, 1);
  lua_pushcfunction(L, by);
  lua_setfield(L, -2, name);
  return original;
}

void coroutine_open(lua_State *L) {
  replace(L, "resume", resume_coroutine);
  replace(L, "wrap", wrap_coroutine);
  library_status = replace(L, "status", status_of);
  library_close = replace(L, "close", close_coroutine);
  library_yield = replace(L, "yield", yield);
}
