/* Included before every source of the interpreter: what it takes from a system, it takes from the host.
 *
 * LUAI_THROW and LUAI_TRY become two imports which host/meter lowers to plain code (DESIGN of unwinding:
 * host/meter/unwind.go), so that no error and no yield needs setjmp or wasm exceptions. */
#ifndef TIDELOCK_CONFIGURE_H
#define TIDELOCK_CONFIGURE_H

typedef void (*tidelock_protected)(void *state, void *data);

__attribute__((import_module("tidelock"), import_name("throw"), noreturn)) void tidelock_throw(void);
__attribute__((import_module("tidelock"), import_name("try"))) int tidelock_try(tidelock_protected f, void *state,
                                                                                void *data);

/* ldo.c: f and ud are the parameters of luaD_rawrunprotected, the only place that uses LUAI_TRY. */
#define LUAI_THROW(L, c) tidelock_throw()
#define LUAI_TRY(L, c, a) ((void)tidelock_try((tidelock_protected)f, L, ud))
#define luai_jmpbuf int

/* lstate.h and lstate.c: there are no signals; string hashes are seeded by the host. */
#define l_signalT int
unsigned int tidelock_seed(void);
#define luai_makeseed(L) tidelock_seed()

/* lobject.c and lstrlib.c: see number.c. luaconf.h defines its own unconditionally, and tells some things to the core only. */
#define LUA_CORE
#include "luaconf.h"
#undef lua_integer2str
int tidelock_integer_text(char *text, LUA_INTEGER n);
#define lua_integer2str(s, sz, n) tidelock_integer_text((s), (n))

/* loslib.c: only time, clock, date and difftime stay; the prelude replaces the rest by host functions. */
#define l_system(cmd) (-1)
#define LUA_TMPNAMBUFSIZE 1
#define lua_tmpnam(b, e) \
  {                      \
    e = 1;               \
  }

/* lauxlib.h: the interpreter itself has nowhere to print to. */
#define lua_writestring(s, l) ((void)(s), (void)(l))
#define lua_writeline() ((void)0)
#define lua_writestringerror(s, p) ((void)(s), (void)(p))

#endif
