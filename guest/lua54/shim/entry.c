#include "guest.h"
#include "lgc.h"
#include "lobject.h"
#include "lstate.h"
#include "ltable.h"

/* What stands before and behind a script's function: the object that it gets, and the form of what it returns. The entry
 * of a registration is a userdata that says so, the function and the classes being its values. No function of Lua's
 * does this work: it is done once per execution, and each call of one costs as much as all of it. */

typedef enum { VALUE, OBJECT, OBJECT_ALONE } kind;

enum { FUNCTION = 1, CLASS, OTHER_CLASS, PRIVATE, SAVE, ALONE }; /* values of an object's entry, but for the last argument */

/* Below the function on the stack of an execution: the entry, and the object that it made. */
enum { ENTRY_INDEX = 1, OBJECT_INDEX };

static int new_entry(lua_State *L, kind k, int values) {
  kind *e = lua_newuserdatauv(L, sizeof *e, values);
  *e = k;
  for (int i = 1; i <= values; i++) {
    lua_pushvalue(L, i);
    lua_setiuservalue(L, -2, i);
  }
  return 1;
}

/* host.value_entry(f): f gets the arguments as they are, and its last result is a sample. */
int entry_value(lua_State *L) {
  luaL_checktype(L, FUNCTION, LUA_TFUNCTION);
  return new_entry(L, VALUE, FUNCTION);
}

/* host.object_entry(f, class, other_class, private, save [, alone]): f gets an object of class around the handle that comes
 * first, or of other_class where a nil stands before the handle, and the other arguments. Its last result is a sample, unless
 * the object alone counts. If that has a field private by then, save is called with it. */
int entry_object(lua_State *L) {
  luaL_checktype(L, FUNCTION, LUA_TFUNCTION);
  luaL_checktype(L, CLASS, LUA_TTABLE);
  luaL_checktype(L, OTHER_CLASS, LUA_TTABLE);
  luaL_checkany(L, PRIVATE);
  luaL_checktype(L, SAVE, LUA_TFUNCTION);
  return new_entry(L, lua_toboolean(L, ALONE) ? OBJECT_ALONE : OBJECT, SAVE);
}

int entry_values(const void *entry) { return *(const kind *)entry == VALUE ? FUNCTION : SAVE; }

/* Puts the object in the place of the handle, which is the first argument. */
static void make_object(lua_State *L, int first) {
  int class = CLASS;
  if (lua_isnil(L, first)) {
    class = OTHER_CLASS;
    lua_remove(L, first);
  }
  lua_createtable(L, 0, 1);
  lua_pushvalue(L, first);
  lua_rawseti(L, -2, 0);
  lua_getiuservalue(L, ENTRY_INDEX, class);
  lua_setmetatable(L, -2);
  lua_copy(L, -1, first);
  lua_replace(L, OBJECT_INDEX);
}

int entry_begin(lua_State *L, uint32_t length) {
  int type = lua_type(L, ENTRY_INDEX);
  if (type == LUA_TFUNCTION) {
    exchange_get(L, length);
    return 0;
  }
  if (type != LUA_TUSERDATA) luaL_error(L, "no function is registered with this number");
  int object = *(kind *)lua_touserdata(L, ENTRY_INDEX) != VALUE;
  if (object) lua_pushnil(L); /* its place */
  lua_getiuservalue(L, ENTRY_INDEX, FUNCTION);
  int function = lua_gettop(L);
  exchange_get(L, length);
  if (object) make_object(L, function + 1);
  return function - 1;
}

/* ---- what an object's keys give ---- */

enum { METHODS = 1, MEMBERS }; /* values of an index */

static int index_object(lua_State *L) {
  lua_settop(L, 2); /* a script that finds this function in the metatable may call it with anything */
  const CClosure *self = clCvalue(s2v(L->ci->func));
  const TValue *method = luaH_get(hvalue(&self->upvalue[METHODS - 1]), s2v(L->ci->func + 2));
  if (!isempty(method)) {
    setobj2s(L, L->top, method);
    L->top++;
    return 1;
  }
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(MEMBERS)) == LUA_TNIL) return 1;
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, 1);
  return 1;
}

/* host.index(methods, members): an __index that looks for a method; then for a member, which the function of its name makes of
 * the object when it is first asked for, and which the object keeps. */
int entry_index(lua_State *L) {
  luaL_checktype(L, METHODS, LUA_TTABLE);
  luaL_checktype(L, MEMBERS, LUA_TTABLE);
  lua_settop(L, MEMBERS);
  lua_pushcclosure(L, index_object, MEMBERS);
  return 1;
}

int entry_is_index(lua_CFunction f) { return f == index_object; }

/* Writes the last of the results above base, if it has a form as a sample; what has none is false. No result is no sample. */
static void put_sample(lua_State *L, int base) {
  int last = lua_gettop(L);
  if (last == base) return;
  switch (lua_type(L, last)) {
    case LUA_TSTRING:
    case LUA_TNUMBER:
    case LUA_TBOOLEAN:
      break;
    default:
      lua_pushboolean(L, 0);
      last++;
  }
  exchange_put(L, last);
}

void entry_end(lua_State *L, int base) {
  if (base == OBJECT_INDEX) {
    lua_getiuservalue(L, ENTRY_INDEX, PRIVATE);
    if (lua_rawget(L, OBJECT_INDEX) != LUA_TNIL) {
      lua_getiuservalue(L, ENTRY_INDEX, SAVE);
      lua_pushvalue(L, OBJECT_INDEX);
      lua_call(L, 1, 0);
    }
    lua_pop(L, 1);
  }
  exchange_reset();
  if (base > 0) {
    if (*(kind *)lua_touserdata(L, ENTRY_INDEX) != OBJECT_ALONE) put_sample(L, base);
    return;
  }
  int top = lua_gettop(L);
  for (int i = 1; i <= top; i++) exchange_put(L, i);
}
