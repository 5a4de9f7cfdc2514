/*
 * tidelock.h: what a native module needs that is written in C. Include it in one source file, list the functions, and
 * compile that to WebAssembly:
 *
 *   static void concat(tl_arguments *in, tl_results *out) {
 *     tl_string piece = tl_take_string(in);
 *     ...
 *   }
 *   TL_MODULE({"concat", concat})
 *
 *   clang --target=wasm32-wasi -O2 -mexec-model=reactor -o concat.wasm concat.c
 *
 * Values are read in the order of Lua's arguments, and results written in theirs. An argument of another type than the one
 * asked for, as well as tl_fail, ends in a Lua error once the function returns: reading goes on, with zeros. Strings that are
 * read stand in a buffer of the host's, and are gone after the call. A module has no files, sockets or clock; printf
 * compiles, and the module is refused when it is loaded.
 */
#ifndef TIDELOCK_H
#define TIDELOCK_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TL_VERSION (1 << 16 | 1) /* of the contract: major and minor */
#define TL_BUFFER 8192           /* bytes that an exchange buffer has at first */
#define TL_MOST (256u << 20)     /* bytes that one may have */

typedef enum { TL_NIL, TL_FALSE, TL_TRUE, TL_INTEGER, TL_FLOAT, TL_STRING, TL_TABLE, TL_HANDLE, TL_END = 255 } tl_type;

/* The arguments of a call, or the keys and values of a table. */
typedef struct {
  const uint8_t *at, *end;
  int count; /* taken so far */
} tl_arguments;

/* The results of the call. */
typedef struct {
  int failed;
} tl_results;

typedef struct {
  const char *data; /* not ended by a zero */
  size_t length;
} tl_string;

typedef struct {
  const char *name;
  void (*call)(tl_arguments *in, tl_results *out);
} tl_function;

/* ---- The exchange. Its layout is the contract's; nothing below here is for modules to touch until the readers. ---- */

static struct {
  uint8_t *inbox;
  uint32_t inbox_size;
  uint8_t *outbox;
  uint32_t outbox_size;
} tl_exchange;

static uint32_t tl_written;
static tl_results tl_outcome;

static void tl_fail(tl_results *out, const char *message);

static uint8_t *tl_reserve(uint32_t size) {
  if (size > tl_exchange.outbox_size - tl_written) {
    uint64_t wanted = (uint64_t)tl_written + size, larger = (uint64_t)tl_exchange.outbox_size * 2;
    if (larger < wanted) larger = wanted;
    uint8_t *moved = larger > TL_MOST ? NULL : realloc(tl_exchange.outbox, (size_t)larger);
    if (moved == NULL) return NULL;
    tl_exchange.outbox = moved;
    tl_exchange.outbox_size = (uint32_t)larger;
  }
  uint8_t *p = tl_exchange.outbox + tl_written;
  tl_written += size;
  return p;
}

/* Room for a value, or NULL when the call has failed. */
static uint8_t *tl_room(tl_results *out, uint64_t size) {
  uint8_t *p = out->failed ? NULL : size > TL_MOST ? NULL : tl_reserve((uint32_t)size);
  if (p == NULL && !out->failed) tl_fail(out, "not enough memory");
  return p;
}

/* ---- Errors ---- */

/* tl_fail makes the call a Lua error. The first message counts; results do not, any more. */
static void tl_fail(tl_results *out, const char *message) {
  if (out->failed) return;
  uint32_t length = (uint32_t)strlen(message);
  if (length > 1024) length = 1024;
  tl_written = 0;
  uint8_t *p = tl_reserve(5 + length); /* the buffer is never smaller */
  out->failed = 1;
  p[0] = TL_STRING;
  memcpy(p + 1, &length, 4);
  memcpy(p + 5, message, length);
}

/* Says which argument was not what it had to be. */
__attribute__((unused)) static void tl_mistyped(const tl_arguments *in, const char *expected) {
  char message[96] = "bad argument #";
  char digits[12], *d = digits + sizeof digits;
  int n = in->count;
  *--d = 0;
  do *--d = (char)('0' + n % 10);
  while ((n /= 10) > 0);
  strcat(message, d);
  strcat(message, " (");
  strncat(message, expected, 48);
  strcat(message, " expected)");
  tl_fail(&tl_outcome, message);
}

/* ---- Reading ---- */

/* tl_next tells the type of the value ahead, TL_END when there is none. */
__attribute__((unused)) static tl_type tl_next(const tl_arguments *in) {
  return in->at < in->end ? (tl_type)*in->at : TL_END;
}

/* tl_skip passes over one value. */
__attribute__((unused)) static void tl_skip(tl_arguments *in) {
  uint32_t length = 0;
  in->count++;
  switch (tl_next(in)) {
    case TL_END:
      return;
    case TL_INTEGER:
    case TL_FLOAT:
      in->at += 9;
      return;
    case TL_STRING:
    case TL_TABLE:
      memcpy(&length, in->at + 1, 4);
      in->at += 5 + length;
      return;
    case TL_HANDLE:
      in->at += 5;
      return;
    default:
      in->at++;
  }
}

__attribute__((unused)) static tl_string tl_take_string(tl_arguments *in) {
  tl_string s = {"", 0};
  const uint8_t *at = in->at;
  tl_type type = tl_next(in);
  tl_skip(in);
  if (type != TL_STRING) {
    tl_mistyped(in, "string");
    return s;
  }
  s.data = (const char *)at + 5;
  s.length = (size_t)(in->at - at) - 5;
  return s;
}

__attribute__((unused)) static double tl_take_float(tl_arguments *in) {
  const uint8_t *at = in->at;
  tl_type type = tl_next(in);
  int64_t i;
  double f;
  tl_skip(in);
  if (type == TL_INTEGER) {
    memcpy(&i, at + 1, 8);
    return (double)i;
  }
  if (type != TL_FLOAT) {
    tl_mistyped(in, "number");
    return 0;
  }
  memcpy(&f, at + 1, 8);
  return f;
}

__attribute__((unused)) static int64_t tl_take_integer(tl_arguments *in) {
  const uint8_t *at = in->at;
  if (tl_next(in) == TL_FLOAT) { /* 3.0 is an integer to Lua, 3.5 is not */
    double f = tl_take_float(in);
    if (f >= -9223372036854775808.0 && f < 9223372036854775808.0 && (double)(int64_t)f == f) return (int64_t)f;
    tl_mistyped(in, "integer");
    return 0;
  }
  int64_t i = 0;
  tl_type type = tl_next(in);
  tl_skip(in);
  if (type == TL_INTEGER) memcpy(&i, at + 1, 8);
  else tl_mistyped(in, "integer");
  return i;
}

/* Everything but nil and false is true, and so is no missing argument. */
__attribute__((unused)) static int tl_take_boolean(tl_arguments *in) {
  tl_type type = tl_next(in);
  tl_skip(in);
  return type != TL_NIL && type != TL_FALSE && type != TL_END;
}

/* tl_take_table returns a table's contents: key, value, key, value, in no order. */
__attribute__((unused)) static tl_arguments tl_take_table(tl_arguments *in) {
  const uint8_t *at = in->at;
  tl_type type = tl_next(in);
  tl_skip(in);
  tl_arguments entries = {at, at, 0};
  if (type != TL_TABLE) {
    tl_mistyped(in, "table");
    return entries;
  }
  entries.at = at + 5;
  entries.end = in->at;
  return entries;
}

/* ---- Writing ---- */

__attribute__((unused)) static void tl_put_nil(tl_results *out) {
  uint8_t *p = tl_room(out, 1);
  if (p) *p = TL_NIL;
}

__attribute__((unused)) static void tl_put_boolean(tl_results *out, int b) {
  uint8_t *p = tl_room(out, 1);
  if (p) *p = b ? TL_TRUE : TL_FALSE;
}

__attribute__((unused)) static void tl_put_integer(tl_results *out, int64_t i) {
  uint8_t *p = tl_room(out, 9);
  if (!p) return;
  p[0] = TL_INTEGER;
  memcpy(p + 1, &i, 8);
}

__attribute__((unused)) static void tl_put_float(tl_results *out, double f) {
  uint8_t *p = tl_room(out, 9);
  if (!p) return;
  p[0] = TL_FLOAT;
  memcpy(p + 1, &f, 8);
}

/* tl_put_space writes a string whose bytes the caller fills in, or returns NULL when there is no room. */
__attribute__((unused)) static char *tl_put_space(tl_results *out, size_t length) {
  uint8_t *p = tl_room(out, (uint64_t)length + 5);
  if (!p) return NULL;
  uint32_t n = (uint32_t)length;
  p[0] = TL_STRING;
  memcpy(p + 1, &n, 4);
  return (char *)p + 5;
}

__attribute__((unused)) static void tl_put_string(tl_results *out, const char *data, size_t length) {
  char *p = tl_put_space(out, length);
  if (p) memcpy(p, data, length);
}

/* Between the two, keys and values are written in turns. */
__attribute__((unused)) static uint32_t tl_begin_table(tl_results *out) {
  uint8_t *p = tl_room(out, 5);
  if (p) p[0] = TL_TABLE;
  return tl_written;
}

__attribute__((unused)) static void tl_end_table(tl_results *out, uint32_t mark) {
  if (out->failed) return;
  uint32_t length = tl_written - mark;
  memcpy(tl_exchange.outbox + mark - 4, &length, 4);
}

/* ---- What the host calls ---- */

#define TL_EXPORT(name) __attribute__((used, visibility("default"), export_name(name)))

TL_EXPORT("version") int32_t tl_version(void) { return TL_VERSION; }

TL_EXPORT("allocate") void *tl_allocate(uint32_t size) {
  if (tl_exchange.outbox == NULL) {
    tl_exchange.outbox = malloc(TL_BUFFER);
    if (tl_exchange.outbox == NULL) return NULL;
    tl_exchange.outbox_size = TL_BUFFER;
  }
  if (size > tl_exchange.inbox_size) {
    uint8_t *larger = size > TL_MOST ? NULL : malloc(size);
    if (larger == NULL) return NULL;
    free(tl_exchange.inbox);
    tl_exchange.inbox = larger;
    tl_exchange.inbox_size = size;
  }
  return &tl_exchange;
}

static uint64_t tl_finish(void) { return (uint64_t)(tl_outcome.failed ? 3 : 0) << 32 | tl_written; }

static void tl_names(const tl_function *functions, uint32_t count) {
  tl_written = 0;
  tl_outcome.failed = 0;
  for (uint32_t i = 0; i < count; i++) tl_put_string(&tl_outcome, functions[i].name, strlen(functions[i].name));
}

static void tl_call(const tl_function *functions, uint32_t count, uint32_t number, uint32_t length) {
  tl_arguments in = {tl_exchange.inbox, tl_exchange.inbox + length, 0};
  tl_written = 0;
  tl_outcome.failed = 0;
  if (number < count) functions[number].call(&in, &tl_outcome);
  else tl_fail(&tl_outcome, "no such function");
}

/* TL_MODULE lists the functions that Lua gets: name, function. */
#define TL_MODULE(...)                                                                         \
  static const tl_function tl_functions[] = {__VA_ARGS__};                                     \
  TL_EXPORT("functions") uint64_t tl_list(void) {                                              \
    tl_names(tl_functions, sizeof tl_functions / sizeof *tl_functions);                        \
    return tl_finish();                                                                        \
  }                                                                                            \
  TL_EXPORT("invoke") uint64_t tl_invoke(uint32_t number, uint32_t length) {                   \
    tl_call(tl_functions, sizeof tl_functions / sizeof *tl_functions, number, length);         \
    return tl_finish();                                                                        \
  }

#endif
