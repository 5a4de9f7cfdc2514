#include <string.h>

#include "guest.h"
#include "lobject.h"
#include "lstate.h"
#include "ltable.h"

__attribute__((import_module(ABI_IMPORT_MODULE), import_name("call"))) uint64_t host_call(uint32_t op, void *address,
                                                                                          uint32_t length);

park_t parking;

/* The host's answer to the operation that this execution parked for. Only the execution that was resumed last reads
 * it, before anything else can call the host. */
static uint32_t answer_status, answer_length;

void operation_answer(uint32_t status, uint32_t length) {
  answer_status = status;
  answer_length = length;
}

static uint64_t call(uint32_t op, uint32_t length) {
  if (!exchange_free_inbox()) return (uint64_t)ABI_STATUS_ERROR << 32;
  return host_call(op, exchange.outbox, length);
}

void operation_wait(void) {
  uint64_t result = call(ABI_OP_WAIT, 0);
  operation_answer((uint32_t)(result >> 32), (uint32_t)result);
}

/* Pushes where the innermost function of the script itself stands, passing over the prelude. */
static void push_position(lua_State *L) {
  lua_Debug ar;
  for (int level = 0; lua_getstack(L, level, &ar); level++) {
    lua_getinfo(L, "Sl", &ar);
    if (ar.currentline > 0 && ar.short_src[0] != '<') {
      lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
      return;
    }
  }
  lua_pushliteral(L, "");
}

/* The name by which the script called what runs now, through the prelude's own functions; NULL where it has none. */
static const char *called_name(lua_State *L) {
  lua_Debug caller, called;
  int level = 0;
  while (lua_getstack(L, level + 1, &caller) && lua_getinfo(L, "S", &caller) && caller.short_src[0] == '<') level++;
  return lua_getstack(L, level, &called) && lua_getinfo(L, "n", &called) ? called.name : NULL;
}

/* Replaces the message on the top. The host knows the number of a bad argument, but not the function's name: "bad argument
 * #1 (...)" becomes "bad argument #1 to 'connect' (...)". */
static void name_function(lua_State *L) {
  static const char start[] = "bad argument #";
  const char *message = lua_tostring(L, -1);
  if (message == NULL || strncmp(message, start, sizeof start - 1) != 0) return;
  const char *rest = message + sizeof start - 1;
  while (*rest >= '0' && *rest <= '9') rest++;
  const char *name = called_name(L);
  if (*rest != ' ' || rest[1] != '(' || name == NULL) return;
  lua_pushlstring(L, message, (size_t)(rest - message));
  lua_pushfstring(L, " to '%s'%s", name, rest);
  lua_concat(L, 2);
  lua_replace(L, -2);
}

static int after_park(lua_State *L, int status, lua_KContext context);

/* Gives a host call's result to Lua: pushes values, raises an error, or parks and does so when it is resumed. */
static int finish(lua_State *L, uint32_t status, uint32_t length) {
  for (;;) {
    switch (status) {
      case ABI_STATUS_OK:
        return exchange_get(L, length);
      case ABI_STATUS_MORE: {
        if (exchange_inbox(length) == NULL) return luaL_error(L, "not enough memory");
        uint64_t result = host_call(ABI_OP_TAKE, exchange.inbox, length);
        status = (uint32_t)(result >> 32);
        length = (uint32_t)result;
        break;
      }
      case ABI_STATUS_PARK: {
        if (lua_isyieldable(L)) {
          parking = PARK_OPERATION;
          return lua_yieldk(L, 0, 0, after_park);
        }
        operation_wait();
        status = answer_status;
        length = answer_length;
        break;
      }
      default:
        push_position(L);
        if (exchange_get(L, length) != 1) return luaL_error(L, "operation failed");
        name_function(L);
        lua_concat(L, 2);
        return lua_error(L);
    }
  }
}

static int after_park(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  return finish(L, answer_status, answer_length);
}

/* Calls the host with what is in the outbox. The operation is the first upvalue. */
static int call_bound(lua_State *L) {
  const CClosure *self = clCvalue(s2v(L->ci->func));
  uint64_t result = call((uint32_t)ivalue(&self->upvalue[0]), exchange_written());
  return finish(L, (uint32_t)(result >> 32), (uint32_t)result);
}

static int call_function(lua_State *L) {
  exchange_reset();
  exchange_put_from(L, 1);
  return call_bound(L);
}

/* A method's first argument is the handle in self[0], as HAProxy's objects keep their private data there. */
static int call_method(lua_State *L) {
  const TValue *self = s2v(L->ci->func + 1), *handle = NULL;
  if (lua_gettop(L) > 0 && ttistable(self)) handle = luaH_getint(hvalue(self), 0);
  if (handle == NULL || !ttislightuserdata(handle))
    return luaL_argerror(L, 1, "not an object of this class (use ':' to call a method)");
  exchange_reset();
  exchange_put_handle(L, (uint32_t)(uintptr_t)pvalue(handle));
  exchange_put_from(L, 2);
  return call_bound(L);
}

/* Values of a method that counts its arguments, behind the operation. */
enum { NAME = 2, LEAST, MOST };

static int miscounted(lua_State *L) {
  push_position(L);
  lua_Integer least = lua_tointeger(L, lua_upvalueindex(LEAST)), most = lua_tointeger(L, lua_upvalueindex(MOST));
  lua_pushfstring(L, "'%s' needs ", lua_tostring(L, lua_upvalueindex(NAME)));
  if (least == most)
    lua_pushfstring(L, "%I arguments", (LUAI_UACINT)least);
  else
    lua_pushfstring(L, "between %I and %I arguments", (LUAI_UACINT)least, (LUAI_UACINT)most);
  lua_concat(L, 3);
  return lua_error(L);
}

static int call_counted(lua_State *L) {
  const CClosure *self = clCvalue(s2v(L->ci->func));
  int count = lua_gettop(L);
  if (count < ivalue(&self->upvalue[LEAST - 1]) || count > ivalue(&self->upvalue[MOST - 1])) return miscounted(L);
  return call_method(L);
}

int operation_bind(lua_State *L) {
  size_t length;
  const char *name = luaL_checklstring(L, 1, &length);
  int method = lua_toboolean(L, 2);
  exchange_reset();
  exchange_put_string(L, name, length);
  uint64_t result = call(ABI_OP_RESOLVE, exchange_written());
  finish(L, (uint32_t)(result >> 32), (uint32_t)result);
  lua_pushinteger(L, ABI_FIRST_FUNCTION + lua_tointeger(L, -1));
  lua_pushcclosure(L, method ? call_method : call_function, 1);
  return 1;
}

int operation_count(lua_State *L) {
  luaL_checkstring(L, NAME);
  lua_Integer least = luaL_checkinteger(L, LEAST);
  lua_settop(L, MOST);
  if (lua_tocfunction(L, 1) != call_method) return 0;
  lua_pushinteger(L, luaL_optinteger(L, MOST, least));
  lua_replace(L, MOST);
  lua_getupvalue(L, 1, 1);
  lua_replace(L, 1);
  lua_pushcclosure(L, call_counted, MOST);
  return 1;
}

int operation_is_method(lua_CFunction f) { return f == call_method || f == call_counted; }

int operation_is_bound(lua_CFunction f) { return f == call_function || operation_is_method(f); }

/* For the C library's needs, which have no stack at hand: integers in, integers out, zeros on failure. */
int operation_integers(lua_State *L, uint32_t op, lua_Integer argument, lua_Integer *results, int count) {
  exchange_reset();
  exchange_put_integer(L, argument);
  uint64_t result = call(op, exchange_written());
  for (int i = 0; i < count; i++) results[i] = 0;
  if ((uint32_t)(result >> 32) != ABI_STATUS_OK || (uint32_t)result != (uint32_t)count * 9) return 0;
  for (int i = 0; i < count; i++) __builtin_memcpy(&results[i], exchange.inbox + i * 9 + 1, 8);
  return 1;
}

/* lua_WarnFunction: the pieces of a message arrive one by one. */
void operation_warn(void *data, const char *message, int more) {
  (void)data;
  static char text[512];
  static size_t length;
  for (; *message && length < sizeof text; message++) text[length++] = *message;
  if (more) return;
  exchange_reset();
  exchange_put_string(main_state, text, length);
  length = 0;
  if (exchange_lend_inbox()) host_call(ABI_OP_WARN, exchange.outbox, exchange_written());
}
