/* What a native module can do wrong once it is loaded. */
#include "tidelock.h"

static void trap(tl_arguments *in, tl_results *out) { (void)in, (void)out, __builtin_trap(); }

static void loop(tl_arguments *in, tl_results *out) {
  (void)in, (void)out;
  for (volatile int i = 0;; i++) {}
}

static int deeper(volatile int n) { return n == 0 ? 0 : deeper(n + 1) + n; }
static void recurse(tl_arguments *in, tl_results *out) { (void)in, tl_put_integer(out, deeper(1)); }

static void outside(tl_arguments *in, tl_results *out) { (void)in, tl_put_integer(out, *(volatile int *)0xfffffff0u); }

static void grow(tl_arguments *in, tl_results *out) {
  (void)in;
  for (void *volatile p = out; p != NULL;) p = malloc(1 << 20);
  tl_fail(out, "no more");
}

static void malformed(tl_arguments *in, tl_results *out) {
  (void)in;
  uint8_t *p = tl_room(out, 5);
  memset(p, 0xff, 5);
  p[0] = TL_STRING;
}

static void beyond(tl_arguments *in, tl_results *out) { (void)in, (void)out, tl_written = 0xfffffff0u; }
static void outcome(tl_arguments *in, tl_results *out) { (void)in, (void)out, tl_outcome.failed = 1, tl_written = 0; }
static void nowhere(tl_arguments *in, tl_results *out) { (void)in, tl_put_integer(out, 1), tl_exchange.outbox = (uint8_t *)0xfffffff0u; }
static void forged(tl_arguments *in, tl_results *out) { (void)in, memcpy(tl_room(out, 5), "\x07\x01\0\0\0", 5); }
static void large(tl_arguments *in, tl_results *out) {
  size_t size = (size_t)tl_take_integer(in);
  char *p = tl_put_space(out, size);
  if (p) memset(p, 'x', size);
}

static int64_t calls;
static void count(tl_arguments *in, tl_results *out) { (void)in, tl_put_integer(out, ++calls); }

static void copy(tl_arguments *in, tl_results *out) {
  uint8_t *p = tl_room(out, (uint64_t)(in->end - in->at));
  if (p) memcpy(p, in->at, (size_t)(in->end - in->at));
}

TL_MODULE({"trap", trap}, {"loop", loop}, {"recurse", recurse}, {"outside", outside}, {"grow", grow}, {"malformed", malformed},
          {"beyond", beyond}, {"outcome", outcome}, {"nowhere", nowhere}, {"forged", forged}, {"large", large}, {"count", count}, {"copy", copy})
