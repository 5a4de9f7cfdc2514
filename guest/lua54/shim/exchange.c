#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "lobject.h"
#include "lstate.h"

exchange_t exchange;

static uint32_t written;

/* Whether values are being read, and the inbox that they are read from if a finalizer has needed another one since. An
 * error may end the reading without a word (there is no memory for a string); it is over for certain when a call comes
 * that no finalizer makes. Finalizers, in which nothing is collected, do not disturb each other. */
static int reading;
static uint8_t *lent;

/* lua_gc refuses everything while a finalizer runs. */
static int in_finalizer(void) { return lua_gc(main_state, LUA_GCISRUNNING) < 0; }

static void end_reading(void) {
  reading = 0;
  if (lent == NULL) return;
  free(lent);
  lent = NULL;
}

int exchange_open(void) {
  exchange.outbox = malloc(ABI_INBOX_SIZE);
  exchange.outbox_size = exchange.outbox ? ABI_INBOX_SIZE : 0;
  return exchange.outbox != NULL && exchange_inbox(ABI_INBOX_SIZE) != NULL;
}

uint8_t *exchange_inbox(uint32_t size) {
  if (size > exchange.inbox_size) {
    uint8_t *larger = size > ABI_MAX_EXCHANGE ? NULL : malloc(size);
    if (larger == NULL) return NULL;
    free(exchange.inbox);
    exchange.inbox = larger;
    exchange.inbox_size = size;
  }
  return exchange.inbox;
}

int exchange_free_inbox(void) {
  if (!reading) return 1;
  if (in_finalizer()) return exchange_lend_inbox();
  end_reading();
  return 1;
}

int exchange_lend_inbox(void) {
  if (!reading || lent != NULL) return 1;
  uint8_t *fresh = malloc(ABI_INBOX_SIZE);
  if (fresh == NULL) return 0;
  lent = exchange.inbox;
  exchange.inbox = fresh;
  exchange.inbox_size = ABI_INBOX_SIZE;
  return 1;
}

uint32_t exchange_reset(void) { return written = 0; }

uint32_t exchange_written(void) { return written; }

/* Makes room for size more bytes and returns where they go. */
static uint8_t *reserve(lua_State *L, uint32_t size) {
  if (size > exchange.outbox_size - written) {
    uint64_t wanted = (uint64_t)written + size;
    uint64_t larger = (uint64_t)exchange.outbox_size * 2;
    if (larger < wanted) larger = wanted;
    if (larger > ABI_MAX_EXCHANGE) luaL_error(L, "value too large to pass (limit is %d bytes)", ABI_MAX_EXCHANGE);
    uint8_t *moved = realloc(exchange.outbox, (size_t)larger);
    if (moved == NULL) luaL_error(L, "not enough memory");
    exchange.outbox = moved;
    exchange.outbox_size = (uint32_t)larger;
  }
  uint8_t *p = exchange.outbox + written;
  written += size;
  return p;
}

static void put_tag(lua_State *L, uint8_t type) { *reserve(L, 1) = type; }

static void put_number(lua_State *L, uint8_t type, const void *eight) {
  uint8_t *p = reserve(L, 9);
  p[0] = type;
  memcpy(p + 1, eight, 8);
}

void exchange_put_integer(lua_State *L, lua_Integer n) { put_number(L, ABI_TYPE_INTEGER, &n); }

void exchange_put_boolean(lua_State *L, int b) { put_tag(L, b ? ABI_TYPE_TRUE : ABI_TYPE_FALSE); }

void exchange_put_string(lua_State *L, const char *s, size_t length) {
  if (length > ABI_MAX_EXCHANGE) luaL_error(L, "value too large to pass (limit is %d bytes)", ABI_MAX_EXCHANGE);
  uint32_t n = (uint32_t)length;
  uint8_t *p = reserve(L, 5 + n);
  p[0] = ABI_TYPE_STRING;
  memcpy(p + 1, &n, 4);
  memcpy(p + 5, s, n);
}

void exchange_put_handle(lua_State *L, uint32_t handle) {
  uint8_t *p = reserve(L, 5);
  p[0] = ABI_TYPE_HANDLE;
  memcpy(p + 1, &handle, 4);
}

static void put(lua_State *L, int index, int depth);

static void put_table(lua_State *L, int index, int depth) {
  if (depth >= ABI_MAX_DEPTH) luaL_error(L, "table nested too deeply to pass (limit is %d levels)", ABI_MAX_DEPTH);
  luaL_checkstack(L, 3, "table nested too deeply to pass");
  put_tag(L, ABI_TYPE_TABLE);
  reserve(L, 4);
  uint32_t mark = written;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    int top = lua_gettop(L);
    put(L, top - 1, depth + 1);
    put(L, top, depth + 1);
    lua_pop(L, 1);
  }
  uint32_t length = written - mark;
  memcpy(exchange.outbox + mark - 4, &length, 4);
}

/* Reads the value where it stands instead of asking for its type, its subtype and its content one by one. */
static void put(lua_State *L, int index, int depth) {
  const TValue *value = s2v(L->ci->func + index);
  switch (ttypetag(value)) {
    case LUA_VNIL:
      put_tag(L, ABI_TYPE_NIL);
      return;
    case LUA_VFALSE:
      put_tag(L, ABI_TYPE_FALSE);
      return;
    case LUA_VTRUE:
      put_tag(L, ABI_TYPE_TRUE);
      return;
    case LUA_VNUMINT:
      exchange_put_integer(L, ivalue(value));
      return;
    case LUA_VNUMFLT: {
      lua_Number n = fltvalue(value);
      put_number(L, ABI_TYPE_FLOAT, &n);
      return;
    }
    case LUA_VSHRSTR:
    case LUA_VLNGSTR:
      exchange_put_string(L, svalue(value), vslen(value));
      return;
    case LUA_VTABLE:
      put_table(L, index, depth);
      return;
    case LUA_VLIGHTUSERDATA:
      exchange_put_handle(L, (uint32_t)(uintptr_t)pvalue(value));
      return;
    default:
      luaL_error(L, "a %s cannot be passed out of the script", luaL_typename(L, index));
  }
}

void exchange_put(lua_State *L, int index) { put(L, index, 0); }

void exchange_put_from(lua_State *L, int first) {
  for (int last = lua_gettop(L), i = first; i <= last; i++) put(L, i, 0);
}

/* Pushes the value at *p and moves *p behind it. The host is trusted to encode well; what it copies from elsewhere it
 * has checked. */
static void get(lua_State *L, const uint8_t **p) {
  const uint8_t *at = *p + 1;
  switch (**p) {
    case ABI_TYPE_FALSE:
    case ABI_TYPE_TRUE:
      lua_pushboolean(L, **p == ABI_TYPE_TRUE);
      *p = at;
      return;
    case ABI_TYPE_INTEGER: {
      lua_Integer n;
      memcpy(&n, at, 8);
      lua_pushinteger(L, n);
      *p = at + 8;
      return;
    }
    case ABI_TYPE_FLOAT: {
      lua_Number n;
      memcpy(&n, at, 8);
      lua_pushnumber(L, n);
      *p = at + 8;
      return;
    }
    case ABI_TYPE_STRING: {
      uint32_t length;
      memcpy(&length, at, 4);
      lua_pushlstring(L, (const char *)at + 4, length);
      *p = at + 4 + length;
      return;
    }
    case ABI_TYPE_TABLE: {
      uint32_t length;
      memcpy(&length, at, 4);
      at += 4;
      const uint8_t *end = at + length;
      luaL_checkstack(L, 3, "table nested too deeply to receive");
      lua_newtable(L);
      while (at < end) {
        get(L, &at);
        get(L, &at);
        lua_rawset(L, -3);
      }
      *p = end;
      return;
    }
    case ABI_TYPE_HANDLE: {
      uint32_t handle;
      memcpy(&handle, at, 4);
      lua_pushlightuserdata(L, (void *)(uintptr_t)handle);
      *p = at + 4;
      return;
    }
    default:
      lua_pushnil(L);
      *p = at;
  }
}

int exchange_get(lua_State *L, uint32_t length) {
  const uint8_t *p = exchange.inbox;
  const uint8_t *end = p + length;
  int count = 0;
  int nested = reading && in_finalizer();
  if (!nested) {
    end_reading();
    reading = 1;
  }
  for (; p < end; count++) {
    if (count >= LUA_MINSTACK / 2) luaL_checkstack(L, 4, "too many values to receive"); /* below, there is room */
    get(L, &p);
  }
  if (!nested) end_reading();
  return count;
}
