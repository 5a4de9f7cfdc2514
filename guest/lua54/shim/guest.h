/* The shim: what stands between the interpreter and the host. One file per job:
 *   exchange.c   values to the outbox, values from the inbox
 *   operation.c  calls to the host, and waiting for them
 *   execution.c  exports: load, start, resume, cancel, interrupt, collect
 *   analysis*.c  which registrations can reach the same changeable variable: analysis.h
 *   entry.c      what a script's function gets, and what becomes of its results
 *   coroutine.c  the parts of the coroutine library that let a wait pass through a script's own coroutines
 *   sandbox.c    the libraries that a script gets, and what is taken out of them
 *   allocator.c  memory of the interpreter
 *   number.c     integers as text
 *   memory.c     comparing bytes
 *   clock.c      the C library's view of time */
#ifndef TIDELOCK_GUEST_H
#define TIDELOCK_GUEST_H

#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#define EXPORT(name) __attribute__((export_name(name)))

/* exchange.c */

/* Layout: package abi. */
typedef struct {
  uint8_t *inbox;
  uint32_t inbox_size;
  uint8_t *outbox;
  uint32_t outbox_size;
} exchange_t;

extern exchange_t exchange;

int exchange_open(void);                         /* allocates both buffers; 0 when out of memory */
uint8_t *exchange_inbox(uint32_t size);          /* an inbox of at least size bytes, contents lost; NULL when out of memory */
/* Reading values allocates, allocating may run a finalizer, and a finalizer may call the host, which writes the inbox:
 * every call to the host takes another inbox (0 when out of memory) while one is being read. */
int exchange_free_inbox(void);
/* The same for a warning, which comes from the collector after a finalizer has failed. */
int exchange_lend_inbox(void);

uint32_t exchange_reset(void);                   /* starts writing the outbox anew; returns 0 */
uint32_t exchange_written(void);                 /* bytes written to the outbox */
void exchange_put(lua_State *L, int index);      /* appends the value at index, from 1 on; raises an error for what cannot cross */
void exchange_put_from(lua_State *L, int first); /* appends the values from index first up to the top */
void exchange_put_handle(lua_State *L, uint32_t handle);
void exchange_put_string(lua_State *L, const char *s, size_t length);
void exchange_put_integer(lua_State *L, lua_Integer n);
void exchange_put_boolean(lua_State *L, int b);
int exchange_get(lua_State *L, uint32_t length); /* pushes the values in the inbox; returns their number */

/* operation.c */

/* What the running execution yields for, when it yields to the host and not to another coroutine. */
typedef enum { PARK_NONE, PARK_OPERATION, PARK_INTERRUPT } park_t;

extern park_t parking;

void operation_answer(uint32_t status, uint32_t length); /* what the host has written for the parked operation */
void operation_wait(void);                               /* carries the parked operation out where nothing can yield */
int operation_bind(lua_State *L);                        /* host.bind(name [, method]) */
/* host.count_arguments(f, name, least [, most]): a method that host.bind made, behind a check of how many arguments it gets, its
 * object included; nothing for any other function. */
int operation_count(lua_State *L);
int operation_is_bound(lua_CFunction f);                 /* whether it is what operation_bind makes */
int operation_is_method(lua_CFunction f);
int operation_integers(lua_State *L, uint32_t op, lua_Integer argument, lua_Integer *results, int count);
void operation_warn(void *data, const char *message, int more);

/* execution.c */

extern lua_State *main_state;
extern lua_State *running; /* the coroutine that executes now */
extern uint32_t interrupted;

void execution_arm(lua_State *L); /* lets a pending interrupt strike in L */

/* Whether L is the coroutine that the host started, from which a script cannot yield: there is nobody to yield to. */
int execution_is_root(lua_State *L);

/* entry.c */
int entry_value(lua_State *L);  /* host.value_entry(f) */
int entry_object(lua_State *L); /* host.object_entry(f, class, other_class, private, save [, alone]) */
int entry_index(lua_State *L);  /* host.index(methods, members) */
int entry_is_index(lua_CFunction f); /* whether it is what entry_index makes, of methods and members */
/* With a registration alone on the stack, leaves a function to be called and its arguments from the inbox; returns how
 * much lies below the function. */
int entry_begin(lua_State *L, uint32_t length);
void entry_end(lua_State *L, int base); /* writes the results above base to the outbox */

/* For an entry, how many values it has: the function first, and then, for one that gets an object, its two classes, a key
 * and the function that saves what is under the key. */
int entry_values(const void *entry);

/* coroutine.c */

/* A coroutine through which a wait passes looks suspended to Lua, yet nobody but its own execution may resume it. */
int *coroutine_waits(lua_State *co);
int coroutine_is_wrapped(lua_CFunction f); /* whether it is what coroutine.wrap makes */
void coroutine_open(lua_State *L); /* replaces functions of the library on top of the stack */

/* sandbox.c */
void sandbox_open(lua_State *L);
void sandbox_push_host(lua_State *L); /* the table that trusted chunks get */
void sandbox_reseed(lua_State *L);    /* gives math.random a new random state */

/* trace.c */

/* host.trace(f): f is told source and line of what scripts execute from now on, and of what there is to be executed in a
 * chunk when it is called: f(source, line, executed). */
int trace_set(lua_State *L);
void trace_restore(lua_State *L); /* after another hook was in its place */

/* analysis_library.c */
void library_open(lua_State *L); /* learns which functions the libraries have, before scripts can change them */

/* allocator.c */
void *allocator(void *data, void *block, size_t old_size, size_t new_size);

#endif
