#include <stdio.h>
#include <stdlib.h>

#include "guest.h"
#include "ldo.h"
#include "lgc.h"
#include "lstate.h"

/* Executions by number: the host gives out the lowest free one, so that a few coroutines serve again and again. */
typedef struct {
  lua_State *coroutine;
  int anchor; /* in the registry, for the collector */
  int base;   /* how much of the coroutine's stack lies below the script's function */
} slot;

enum { KEPT_SLOTS = 64, MAX_SLOTS = 1 << 20 }; /* coroutines of higher slots are given back when they end */

lua_State *main_state;
lua_State *running;
uint32_t interrupted;

static slot *slots;
static uint32_t slot_count;
static lua_State *root;   /* coroutine of the execution that runs now */
static int reseed_wanted; /* set in an image: every instance made from it needs randomness of its own */

static uint64_t pack(uint32_t outcome, uint32_t length) { return (uint64_t)outcome << 32 | length; }

__attribute__((constructor)) static void open_guest(void) {
  if (!exchange_open()) abort();
  main_state = running = lua_newstate(allocator, NULL);
  if (main_state == NULL) abort();
  lua_setwarnf(main_state, operation_warn, NULL);
  sandbox_open(main_state);
}

EXPORT("version") uint32_t version(void) { return ABI_VERSION; }

EXPORT("allocate") exchange_t *allocate(uint32_t size) { return exchange_inbox(size) == NULL ? NULL : &exchange; }

/* ---- interrupts ---- */

static void at_instruction(lua_State *L, lua_Debug *ar) {
  (void)ar;
  switch (interrupted) {
    case ABI_INTERRUPT_TIMEOUT: /* stays armed: a pcall in the script must not swallow it */
      luaL_where(L, 0);
      lua_pushliteral(L, "execution timeout");
      lua_concat(L, 2);
      lua_error(L);
      return;
    case ABI_INTERRUPT_YIELD:
      if (!lua_isyieldable(L)) return; /* tries again at the next instruction */
      interrupted = ABI_INTERRUPT_NONE;
      trace_restore(L);
      parking = PARK_INTERRUPT;
      lua_yield(L, 0);
      return;
    default: /* armed for an execution that has ended since */
      trace_restore(L);
  }
}

void execution_arm(lua_State *L) {
  if (interrupted != ABI_INTERRUPT_NONE) lua_sethook(L, at_instruction, LUA_MASKCOUNT, 1);
}

EXPORT("interrupt") void interrupt(uint32_t kind) {
  interrupted = kind;
  execution_arm(running);
}

/* ---- outcomes ---- */

/* Returns what an error object says, and where the coroutine that raised it stands. Arguments: coroutine, error object. */
static int describe(lua_State *L) {
  if (lua_isstring(L, 2)) {
    lua_pushvalue(L, 2);
    lua_tostring(L, -1); /* of a number */
  } else if (luaL_getmetafield(L, 2, "__tostring") != LUA_TNIL) {
    luaL_tolstring(L, 2, NULL);
  } else {
    lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 2));
  }
  luaL_traceback(L, lua_touserdata(L, 1), NULL, 0);
  return 2;
}

static int put_description(lua_State *L) {
  exchange_reset();
  exchange_put(L, 1);
  exchange_put(L, 2);
  return 0;
}

/* Pops the error object on top of co, and pushes a description of it to the main coroutine: two strings, or an error
 * message and nil when there is no memory for them. */
static void describe_failure(lua_State *co) {
  running = main_state;
  lua_pushcfunction(main_state, describe);
  lua_pushlightuserdata(main_state, co);
  if (co == main_state)
    lua_rotate(main_state, -3, 2); /* the error object was there first */
  else if (lua_gettop(co) > 0)
    lua_xmove(co, main_state, 1);
  else
    lua_pushnil(main_state);
  if (lua_pcall(main_state, 2, 2, 0) != LUA_OK) lua_pushnil(main_state); /* beside the error message */
}

/* Writes the description, and pops it. */
static uint32_t write_failure(void) {
  lua_pushcfunction(main_state, put_description);
  lua_insert(main_state, -3);
  if (lua_pcall(main_state, 2, 0, 0) != LUA_OK) {
    lua_pop(main_state, 1);
    return exchange_reset();
  }
  return exchange_written();
}

static void drop(slot *s) {
  luaL_unref(main_state, LUA_REGISTRYINDEX, s->anchor);
  s->coroutine = NULL;
}

/* Closes what the coroutine of a slot has left to be closed, which may call the host, and gives the coroutine back. */
static void discard(slot *s) {
  running = s->coroutine;
  execution_arm(running);
  lua_resetthread(s->coroutine);
  lua_settop(s->coroutine, 0); /* a script may have kept it: the error object is no function to be resumed */
  drop(s);
}

/* Calls f where it may raise errors, outside of any function of Lua's: status of Lua, which leaves an error object. */
static int protect(lua_State *co, Pfunc f, void *data) { return luaD_pcall(co, f, data, savestack(co, co->top), 0); }

static void leave(lua_State *co, void *data) { entry_end(co, ((slot *)data)->base); }

static uint64_t finish(slot *s, int status) {
  if (status == LUA_OK) status = protect(s->coroutine, leave, s);
  if (status == LUA_OK) {
    lua_settop(s->coroutine, 0);
    if (s - slots >= KEPT_SLOTS) drop(s);
    return pack(ABI_OUTCOME_DONE, exchange_written());
  }
  describe_failure(s->coroutine);
  discard(s); /* before the outbox is written */
  return pack(status == LUA_ERRMEM ? ABI_OUTCOME_OUT_OF_MEMORY : ABI_OUTCOME_FAILED, write_failure());
}

/* Leaves nothing of what was executed to what comes next, an interrupt that did not strike above all. */
static void rest(void) {
  interrupted = ABI_INTERRUPT_NONE;
  parking = PARK_NONE;
  root = NULL;
  running = main_state;
}

/* Takes what lua_resume has come to. */
static uint64_t outcome(slot *s, int status) {
  if (status != LUA_YIELD) return finish(s, status);
  *coroutine_waits(s->coroutine) = 1;
  return pack(parking == PARK_OPERATION ? ABI_OUTCOME_PARKED : ABI_OUTCOME_YIELDED, 0);
}

static uint64_t run(slot *s, int arguments) {
  int results;
  *coroutine_waits(s->coroutine) = 0;
  uint64_t packed = outcome(s, lua_resume(s->coroutine, main_state, arguments, &results));
  rest();
  return packed;
}

/* ---- starting ---- */

typedef struct {
  slot *slot;
  uint32_t registration, length;
} call;

static void enter(lua_State *co, void *data) {
  call *c = data;
  lua_rawgeti(co, LUA_REGISTRYINDEX, c->registration);
  c->slot->base = entry_begin(co, c->length);
  if (reseed_wanted) {
    reseed_wanted = 0;
    sandbox_reseed(co); /* which calls the host: the inbox has been read by now */
  }
}

static int anchor_thread(lua_State *L) {
  slot *s = lua_touserdata(L, 1);
  lua_State *co = lua_newthread(L);
  s->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
  s->coroutine = co;
  return 0;
}

static slot *slot_of(uint32_t execution) {
  if (execution >= slot_count) {
    if (execution >= MAX_SLOTS) return NULL;
    uint32_t larger = slot_count ? slot_count * 2 : 8;
    while (larger <= execution) larger *= 2;
    slot *moved = realloc(slots, larger * sizeof *slots);
    if (moved == NULL) return NULL;
    for (uint32_t i = slot_count; i < larger; i++) moved[i].coroutine = NULL;
    slots = moved;
    slot_count = larger;
  }
  slot *s = &slots[execution];
  if (s->coroutine == NULL) {
    lua_pushcfunction(main_state, anchor_thread);
    lua_pushlightuserdata(main_state, s);
    if (lua_pcall(main_state, 1, 0, 0) != LUA_OK) {
      lua_pop(main_state, 1);
      return NULL;
    }
  }
  return s;
}

/* What the prelude and a script keep is marked by every cycle of the collector, which writes to the pages that instances
 * share. While that is most of the heap, a cycle waits for six times as much and not, as in Lua, for twice: about 2 MiB. */
static void pace_collector(void) {
  enum { SMALL_HEAP = 1 << 20, SELDOM = 600 };
  global_State *g = G(main_state);
  setgcparam(g->gcpause, g->GCestimate < SMALL_HEAP ? SELDOM : LUAI_GCPAUSE);
}

EXPORT("start") uint64_t start(uint32_t execution, uint32_t registration, uint32_t length) {
  slot *s = slot_of(execution);
  if (s == NULL) return pack(ABI_OUTCOME_OUT_OF_MEMORY, exchange_reset());
  pace_collector();
  lua_State *co = root = running = s->coroutine;
  call c = {s, registration, length};
  int status = protect(co, enter, &c);
  if (status == LUA_OK) return run(s, lua_gettop(co) - s->base - 1);
  uint64_t packed = finish(s, status);
  rest();
  return packed;
}

EXPORT("resume") uint64_t resume(uint32_t execution, uint32_t status, uint32_t length) {
  if (execution >= slot_count || slots[execution].coroutine == NULL) return pack(ABI_OUTCOME_FAILED, exchange_reset());
  operation_answer(status, length);
  root = running = slots[execution].coroutine;
  return run(&slots[execution], 0);
}

EXPORT("cancel") uint64_t cancel(uint32_t execution) {
  if (execution < slot_count && slots[execution].coroutine != NULL) {
    discard(&slots[execution]);
    rest();
  }
  return pack(ABI_OUTCOME_DONE, exchange_reset());
}

int execution_is_root(lua_State *L) { return L == root; }

/* ---- loading ---- */

static int called(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  return lua_gettop(L);
}

/* A chunk of the prelude: gets the host table before its arguments. Upvalue: the chunk. */
static int trusted(lua_State *L) {
  int arguments = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  sandbox_push_host(L);
  lua_rotate(L, 1, 2);
  lua_callk(L, arguments + 1, LUA_MULTRET, 0, called);
  return called(L, LUA_OK, 0);
}

static int load_chunk(lua_State *L) {
  uint32_t length = (uint32_t)lua_tointeger(L, 1);
  lua_settop(L, 0);
  if (exchange_get(L, length) != 3) return luaL_error(L, "a chunk needs a name, a source and whether it is trusted");
  size_t size;
  const char *source = luaL_checklstring(L, 2, &size);
  if (luaL_loadbufferx(L, source, size, luaL_checkstring(L, 1), "t") != LUA_OK) return lua_error(L);
  if (lua_toboolean(L, 3)) lua_pushcclosure(L, trusted, 1);
  int registration = luaL_ref(L, LUA_REGISTRYINDEX);
  exchange_reset();
  exchange_put_integer(L, registration);
  return 0;
}

EXPORT("load") uint64_t load(uint32_t length) {
  lua_pushcfunction(main_state, load_chunk);
  lua_pushinteger(main_state, length);
  int status = lua_pcall(main_state, 1, 0, 0);
  rest();
  if (status == LUA_OK) return pack(ABI_OUTCOME_DONE, exchange_written());
  describe_failure(main_state);
  return pack(status == LUA_ERRMEM ? ABI_OUTCOME_OUT_OF_MEMORY : ABI_OUTCOME_FAILED, write_failure());
}

/* ---- images ---- */

/* host.settle, if the prelude has one, makes what it would otherwise make when it is first asked for. */
static int settle(lua_State *L) {
  sandbox_push_host(L);
  if (lua_getfield(L, -1, "settle") == LUA_TFUNCTION) lua_call(L, 0, 0);
  return 0;
}

EXPORT("collect") uint32_t collect(void) {
  lua_pushcfunction(main_state, settle);
  if (lua_pcall(main_state, 0, 0, 0) != LUA_OK) lua_pop(main_state, 1); /* then it is made later */
  lua_gc(main_state, LUA_GCCOLLECT);
  lua_gc(main_state, LUA_GCCOLLECT); /* what finalizers of the first kept alive */
  rest();
  reseed_wanted = 1;
  return (uint32_t)lua_gc(main_state, LUA_GCCOUNT) * 1024 + (uint32_t)lua_gc(main_state, LUA_GCCOUNTB);
}

/* ---- where it stands ---- */

/* Fills ar for the next function of the script itself from *level on, passing over C functions and the prelude, whose
 * chunks have names in angle brackets. */
static int script_function(int *level, lua_Debug *ar) {
  while (running && lua_getstack(running, *level, ar)) {
    ++*level;
    lua_getinfo(running, "Sln", ar);
    if (ar->currentline > 0 && ar->short_src[0] != '<') return 1;
  }
  return 0;
}

/* Called when the execution is about to be killed, at any point of the interpreter's code: it must not allocate, and
 * what it writes goes where there is room already. */
EXPORT("locate") uint64_t locate(void) {
  enum { TEXT = 1024, LEVELS = 8 };
  static char text[TEXT];
  lua_Debug ar;
  int level = 0;
  size_t used = 0;
  for (int shown = 0; shown < LEVELS && script_function(&level, &ar); shown++) {
    int n = snprintf(text + used, TEXT - used, "%s%s:%d: in function <%s:%d>", shown ? ", called from " : "", ar.short_src,
                     ar.currentline, ar.short_src, ar.linedefined);
    if (n < 0 || used + (size_t)n >= TEXT) break;
    used += (size_t)n;
  }
  exchange_reset();
  exchange_put_string(main_state, text, used);
  return pack(ABI_OUTCOME_DONE, exchange_written());
}
