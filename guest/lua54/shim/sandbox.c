#include <string.h>

#include "guest.h"

#define HOST_KEY "tidelock.host"
#define RANDOMSEED_KEY "tidelock.randomseed"

static lua_CFunction library_load;

/* load, for text alone: bytecode is not verified by the interpreter. */
static int load_text(lua_State *L) {
  if (lua_gettop(L) == 0) return library_load(L); /* which says what it expected */
  const char *mode = luaL_optstring(L, 3, "bt");
  const char *chunk = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : "";
  int text_refused = strchr(mode, 't') == NULL && chunk[0] != LUA_SIGNATURE[0];
  if (lua_gettop(L) < 3) lua_settop(L, 3);
  lua_pushstring(L, text_refused && lua_type(L, 1) == LUA_TSTRING ? mode : "t");
  lua_replace(L, 3);
  return library_load(L);
}

/* There is one locale; loslib's own would accept any name. */
static int set_locale(lua_State *L) {
  const char *name = luaL_optstring(L, 1, NULL);
  if (name == NULL || name[0] == '\0' || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
    lua_pushliteral(L, "C");
  else
    luaL_pushfail(L);
  return 1;
}

/* host.ref(function or entry) -> number, by which the host starts it */
static int reference(lua_State *L) {
  luaL_argexpected(L, lua_isfunction(L, 1) || lua_isuserdata(L, 1), 1, "function or entry");
  lua_settop(L, 1);
  lua_pushinteger(L, luaL_ref(L, LUA_REGISTRYINDEX));
  return 1;
}

/* host.unref(number): the function will not be started any more */
static int unreference(lua_State *L) {
  luaL_unref(L, LUA_REGISTRYINDEX, (int)luaL_checkinteger(L, 1));
  return 0;
}

/* host.source(function) -> chunk name, line where it is defined */
static int source(lua_State *L) {
  lua_Debug ar;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_getinfo(L, ">S", &ar);
  lua_pushstring(L, ar.short_src);
  lua_pushinteger(L, ar.linedefined);
  return 2;
}

void sandbox_push_host(lua_State *L) { lua_getfield(L, LUA_REGISTRYINDEX, HOST_KEY); }

static void remove_fields(lua_State *L, const char *const *names) {
  for (; *names; names++) {
    lua_pushnil(L);
    lua_setfield(L, -2, *names);
  }
}

void sandbox_open(lua_State *L) {
  static const luaL_Reg libraries[] = {
      {LUA_GNAME, luaopen_base},        {LUA_COLIBNAME, luaopen_coroutine}, {LUA_TABLIBNAME, luaopen_table},
      {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},    {LUA_UTF8LIBNAME, luaopen_utf8},
      {LUA_OSLIBNAME, luaopen_os},      {LUA_DBLIBNAME, luaopen_debug},     {NULL, NULL},
  };
  for (const luaL_Reg *lib = libraries; lib->func; lib++) {
    luaL_requiref(L, lib->name, lib->func, 1);
    lua_pop(L, 1);
  }

  lua_pushglobaltable(L);
  lua_getfield(L, -1, "load");
  library_load = lua_tocfunction(L, -1);
  lua_pop(L, 1);
  lua_pushcfunction(L, load_text);
  lua_setfield(L, -2, "load");
  remove_fields(L, (const char *const[]){"print", "loadfile", "dofile", NULL}); /* the prelude brings its own */

  lua_getfield(L, -1, LUA_COLIBNAME);
  coroutine_open(L);
  lua_pop(L, 1);

  lua_getfield(L, -1, LUA_MATHLIBNAME);
  lua_getfield(L, -1, "randomseed"); /* kept where no script can replace it */
  lua_setfield(L, LUA_REGISTRYINDEX, RANDOMSEED_KEY);
  lua_pop(L, 1);

  lua_getfield(L, -1, LUA_OSLIBNAME);
  remove_fields(L, (const char *const[]){"execute", "exit", "getenv", "remove", "rename", "tmpname", NULL});
  lua_pushcfunction(L, set_locale);
  lua_setfield(L, -2, "setlocale");
  lua_pop(L, 1);

  /* sethook would displace the host's interrupts, and the registry holds what the shim relies on */
  lua_getfield(L, -1, LUA_DBLIBNAME);
  remove_fields(L, (const char *const[]){"debug", "sethook", "getregistry", NULL});
  lua_pop(L, 2);

  static const luaL_Reg host[] = {{"bind", operation_bind}, {"count_arguments", operation_count}, {"ref", reference},
                                  {"unref", unreference}, {"source", source}, {"value_entry", entry_value},
                                  {"object_entry", entry_object}, {"index", entry_index}, {"trace", trace_set}, {NULL, NULL}};
  luaL_newlib(L, host);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_setfield(L, -2, "loaded");
  lua_setfield(L, LUA_REGISTRYINDEX, HOST_KEY);
  library_open(L);
}

static int reseed(lua_State *L) {
  lua_Integer seed[2];
  operation_integers(L, ABI_OP_RANDOM, 0, seed, 2);
  lua_getfield(L, LUA_REGISTRYINDEX, RANDOMSEED_KEY);
  lua_pushinteger(L, seed[0]);
  lua_pushinteger(L, seed[1]);
  lua_call(L, 2, 0);
  return 0;
}

void sandbox_reseed(lua_State *L) {
  lua_pushcfunction(L, reseed);
  if (lua_pcall(L, 0, 0, 0) != LUA_OK) lua_pop(L, 1);
}

unsigned int tidelock_seed(void) {
  lua_Integer seed[2];
  operation_integers(NULL, ABI_OP_RANDOM, 0, seed, 2);
  return (unsigned int)seed[0];
}
