/* The functions add and dump of sdk/native/c/concat.c as a C module of the native interpreter. */
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lua.h"

static struct {
  char *data;
  size_t length, size;
} kept;

static int add(lua_State *L) {
  size_t length;
  const char *piece = luaL_checklstring(L, 1, &length);
  if (length > kept.size - kept.length) {
    size_t larger = kept.size * 2 + length;
    char *moved = realloc(kept.data, larger);
    if (moved == NULL) return luaL_error(L, "not enough memory");
    kept.data = moved;
    kept.size = larger;
  }
  memcpy(kept.data + kept.length, piece, length);
  kept.length += length;
  lua_pushinteger(L, (lua_Integer)kept.length);
  return 1;
}

static int dump(lua_State *L) {
  lua_pushlstring(L, kept.data, kept.length);
  kept.length = 0;
  return 1;
}

int luaopen_concat(lua_State *L) {
  static const luaL_Reg functions[] = {{"add", add}, {"dump", dump}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}
