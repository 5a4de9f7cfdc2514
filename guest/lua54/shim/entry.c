#include "guest.h"

/* Entries: the functions that the host starts, which stand before a script's function. They run once per execution, and
 * in C cost a third of what they cost in Lua. */

enum { FUNCTION = 1, CLASS, OTHER_CLASS, PRIVATE, SAVE }; /* upvalues of an object's entry */

/* Keeps the last of the results above base, if it has a form as a sample; what has none is false. No result is no sample. */
static int last_sample(lua_State *L, int base) {
  if (lua_gettop(L) == base) return 0;
  switch (lua_type(L, -1)) {
    case LUA_TSTRING:
    case LUA_TNUMBER:
    case LUA_TBOOLEAN:
      break;
    default:
      lua_pushboolean(L, 0);
  }
  return 1;
}

static int value_returned(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  return last_sample(L, 0);
}

/* host.value_entry(f): calls f with the arguments and returns its last result as a sample. */
static int call_for_value(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(FUNCTION));
  lua_insert(L, 1);
  lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, value_returned);
  return value_returned(L, LUA_OK, 0);
}

static int object_returned(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  lua_pushvalue(L, lua_upvalueindex(PRIVATE));
  if (lua_rawget(L, 1) != LUA_TNIL) {
    lua_pushvalue(L, lua_upvalueindex(SAVE));
    lua_pushvalue(L, 1);
    lua_call(L, 1, 0);
  }
  lua_pop(L, 1);
  return last_sample(L, 1);
}

/* host.object_entry(f, class, other_class, private, save): makes an object of class around the handle that comes first,
 * or of other_class where a nil stands before the handle, calls f with it and the other arguments, and returns the last
 * result as a sample. If the object has a field private by then, save is called with the object. */
static int call_for_object(lua_State *L) {
  int class = CLASS;
  if (lua_isnil(L, 1)) {
    class = OTHER_CLASS;
    lua_remove(L, 1);
  }
  lua_createtable(L, 0, 2);
  lua_pushvalue(L, 1);
  lua_rawseti(L, -2, 0);
  lua_pushvalue(L, lua_upvalueindex(class));
  lua_setmetatable(L, -2);
  lua_replace(L, 1);
  int arguments = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(FUNCTION));
  lua_pushvalue(L, 1);
  lua_rotate(L, 2, 2);
  lua_callk(L, arguments, LUA_MULTRET, 0, object_returned);
  return object_returned(L, LUA_OK, 0);
}

int entry_value(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_pushcclosure(L, call_for_value, 1);
  return 1;
}

int entry_object(lua_State *L) {
  luaL_checktype(L, FUNCTION, LUA_TFUNCTION);
  luaL_checktype(L, CLASS, LUA_TTABLE);
  luaL_checktype(L, OTHER_CLASS, LUA_TTABLE);
  luaL_checkany(L, PRIVATE);
  luaL_checktype(L, SAVE, LUA_TFUNCTION);
  lua_settop(L, SAVE);
  lua_pushcclosure(L, call_for_object, SAVE);
  return 1;
}
