#include <string.h>

#include "analysis.h"
#include "lopcodes.h"

/* ---- effects ---- */

static void use(effect *e, int r) { e->uses[e->use_count++] = r; }

static void use_range(effect *e, int from, int to) {
  e->use_from = from;
  e->use_to = to;
}

static void define_range(effect *e, int from, int to) {
  e->define_from = from;
  e->define_to = to;
}

static void define(effect *e, int r) { define_range(e, r, r + 1); }

static void go(effect *e, int first, int second) {
  e->next[0] = first;
  e->next[1] = second;
  e->next_count = second < 0 ? 1 : 2;
}

effect flow_effect(const Proto *p, int pc) {
  effect e = {0};
  Instruction i = p->code[pc];
  int a = GETARG_A(i), top = p->maxstacksize;
  go(&e, pc + 1, -1);
  switch (GET_OPCODE(i)) {
    case OP_MOVE: case OP_GETI: case OP_GETFIELD: case OP_UNM: case OP_BNOT: case OP_NOT: case OP_LEN:
    case OP_ADDI: case OP_ADDK: case OP_SUBK: case OP_MULK: case OP_MODK: case OP_POWK: case OP_DIVK: case OP_IDIVK:
    case OP_BANDK: case OP_BORK: case OP_BXORK: case OP_SHRI: case OP_SHLI:
      use(&e, GETARG_B(i));
      define(&e, a);
      break;
    case OP_GETTABLE:
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_MOD: case OP_POW: case OP_DIV: case OP_IDIV:
    case OP_BAND: case OP_BOR: case OP_BXOR: case OP_SHL: case OP_SHR:
      use(&e, GETARG_B(i));
      use(&e, GETARG_C(i));
      define(&e, a);
      break;
    case OP_LOADI: case OP_LOADF: case OP_LOADK: case OP_LOADKX: case OP_LOADFALSE: case OP_LOADTRUE:
    case OP_GETUPVAL: case OP_GETTABUP: case OP_NEWTABLE: case OP_CLOSURE:
      define(&e, a);
      break;
    case OP_LFALSESKIP:
      define(&e, a);
      go(&e, pc + 2, -1);
      break;
    case OP_LOADNIL:
      define_range(&e, a, a + GETARG_B(i) + 1);
      break;
    case OP_SETTABLE:
      use(&e, GETARG_B(i));
      /* fall through */
    case OP_SETI: case OP_SETFIELD:
      use(&e, a);
      /* fall through */
    case OP_SETTABUP:
      if (!TESTARG_k(i)) use(&e, GETARG_C(i));
      break;
    case OP_SELF:
      use(&e, GETARG_B(i));
      if (!TESTARG_k(i)) use(&e, GETARG_C(i));
      define_range(&e, a, a + 2);
      break;
    case OP_CONCAT:
      use_range(&e, a, a + GETARG_B(i));
      define(&e, a);
      break;
    case OP_JMP:
      go(&e, pc + 1 + GETARG_sJ(i), -1);
      break;
    case OP_EQ: case OP_LT: case OP_LE:
      use(&e, GETARG_B(i));
      /* fall through */
    case OP_EQK: case OP_EQI: case OP_LTI: case OP_LEI: case OP_GTI: case OP_GEI: case OP_TEST:
      use(&e, a);
      go(&e, pc + 1, pc + 2);
      break;
    case OP_TESTSET:
      use(&e, GETARG_B(i));
      define(&e, a);
      e.keeps = 1;
      go(&e, pc + 1, pc + 2);
      break;
    case OP_CALL:
      use_range(&e, a, GETARG_B(i) ? a + GETARG_B(i) : top);
      define_range(&e, a, GETARG_C(i) ? a + GETARG_C(i) - 1 : top);
      break;
    case OP_TAILCALL: /* the return behind it takes the results, as after any other call */
      use_range(&e, a, GETARG_B(i) ? a + GETARG_B(i) : top);
      define_range(&e, a, top);
      break;
    case OP_RETURN:
      use_range(&e, a, GETARG_B(i) ? a + GETARG_B(i) - 1 : top);
      e.next_count = 0;
      break;
    case OP_RETURN0:
      e.next_count = 0;
      break;
    case OP_RETURN1:
      use(&e, a);
      e.next_count = 0;
      break;
    case OP_SETUPVAL: case OP_TBC:
      use(&e, a);
      break;
    case OP_FORPREP: /* all of a numeric loop's values are numbers */
      define_range(&e, a, a + 4);
      go(&e, pc + 1, pc + GETARG_Bx(i) + 2);
      break;
    case OP_FORLOOP:
      define(&e, a + 3);
      go(&e, pc + 1, pc + 1 - GETARG_Bx(i));
      break;
    case OP_TFORPREP:
      use(&e, a + 3);
      go(&e, pc + 1 + GETARG_Bx(i), -1);
      break;
    case OP_TFORCALL:
      use_range(&e, a, a + 3);
      define_range(&e, a + 4, a + 4 + GETARG_C(i));
      break;
    case OP_TFORLOOP:
      use(&e, a + 4);
      define(&e, a + 2);
      go(&e, pc + 1, pc + 1 - GETARG_Bx(i));
      break;
    case OP_SETLIST:
      use(&e, a);
      use_range(&e, a + 1, GETARG_B(i) ? a + GETARG_B(i) + 1 : top);
      break;
    case OP_VARARG:
      define_range(&e, a, GETARG_C(i) ? a + GETARG_C(i) - 1 : top);
      break;
    default: /* CLOSE, VARARGPREP and EXTRAARG; what MMBIN does is said of the instruction before it */
      break;
  }
  if (e.define_to > top) e.define_to = top;
  if (e.use_to > top) e.use_to = top;
  return e;
}

/* Whether the registers are set on the way to the instruction's nth successor. */
static int defines_before(const effect *e, int n) { return !(e->keeps && n == 1); }

/* ---- which registers are alive ---- */

typedef struct {
  uint64_t bits[4];
} registers;

static int has(const registers *r, int n) { return r->bits[n / 64] >> n % 64 & 1; }
static void put(registers *r, int n) { r->bits[n / 64] |= (uint64_t)1 << n % 64; }
static void drop(registers *r, int n) { r->bits[n / 64] &= ~((uint64_t)1 << n % 64); }

/* What is alive before each instruction: it may be used before it is set. */
static registers *alive_before(const Proto *p) {
  registers *alive = arena_take(&heap_arena, (size_t)(p->sizecode + 2) * sizeof *alive);
  for (int changed = 1; changed;) {
    changed = 0;
    for (int pc = p->sizecode - 1; pc >= 0; pc--) {
      effect e = flow_effect(p, pc);
      registers r = {{0}};
      for (int n = 0; n < e.next_count; n++) {
        registers after = alive[e.next[n]];
        if (defines_before(&e, n))
          for (int d = e.define_from; d < e.define_to; d++) drop(&after, d);
        for (int w = 0; w < 4; w++) r.bits[w] |= after.bits[w];
      }
      for (int n = 0; n < e.use_count; n++) put(&r, e.uses[n]);
      for (int n = e.use_from; n < e.use_to; n++) put(&r, n);
      if (memcmp(&r, &alive[pc], sizeof r) != 0) {
        alive[pc] = r;
        changed = 1;
      }
    }
  }
  return alive;
}

/* ---- variables ---- */

/* Each setting of a register begins a name; names that meet are one variable. */
typedef struct {
  const Proto *proto;
  int registers;
  const registers *alive;
  uint32_t *before, *defined, *parent;
  uint32_t names;
  uint32_t captured[256]; /* the name of a captured register, or 0 */
  uint8_t *reached;
  int *pending, pending_count;
} naming;

static uint32_t root(naming *n, uint32_t name) {
  while (n->parent[name] != name) name = n->parent[name] = n->parent[n->parent[name]];
  return name;
}

static void meet(naming *n, uint32_t a, uint32_t b) { n->parent[root(n, a)] = root(n, b); }

/* Every register has a name from the start on, so that a path that comes later brings nothing that earlier ones did not
 * know to be there: meeting is enough, and each instruction is followed once. */
static void enter(naming *n, int pc, const uint32_t *state) {
  uint32_t *before = n->before + (size_t)pc * (size_t)n->registers;
  for (int r = 0; r < n->registers; r++) {
    if (state[r] == 0 || !has(&n->alive[pc], r)) continue;
    if (before[r] == 0)
      before[r] = state[r];
    else
      meet(n, before[r], state[r]);
  }
  if (n->reached[pc]) return;
  n->reached[pc] = 1;
  n->pending[n->pending_count++] = pc;
}

static void follow(naming *n, int pc) {
  effect e = flow_effect(n->proto, pc);
  for (int i = 0; i < e.next_count; i++) {
    uint32_t state[256];
    memcpy(state, n->before + (size_t)pc * (size_t)n->registers, (size_t)n->registers * sizeof *state);
    if (defines_before(&e, i))
      for (int r = e.define_from; r < e.define_to; r++) state[r] = n->defined[pc] + (uint32_t)(r - e.define_from);
    enter(n, e.next[i], state);
  }
}

static void name_captured(naming *n) {
  for (int i = 0; i < n->proto->sizep; i++) {
    const Proto *inner = n->proto->p[i];
    for (int u = 0; u < inner->sizeupvalues; u++)
      if (inner->upvalues[u].instack && n->captured[inner->upvalues[u].idx] == 0)
        n->captured[inner->upvalues[u].idx] = n->names++;
  }
}

static void name_definitions(naming *n) {
  for (int pc = 0; pc < n->proto->sizecode; pc++) {
    effect e = flow_effect(n->proto, pc);
    n->defined[pc] = n->names;
    if (e.define_to > e.define_from) n->names += (uint32_t)(e.define_to - e.define_from);
  }
}

static void follow_all(naming *n) {
  uint32_t state[256] = {0};
  for (int r = 0; r < n->registers; r++) state[r] = (uint32_t)r + 1; /* parameters, and what is never read unset */
  enter(n, 0, state);
  while (n->pending_count > 0) follow(n, n->pending[--n->pending_count]);
}

/* A captured register is one variable, whatever else is kept in it. */
static void join_captured(naming *n) {
  for (int pc = 0; pc < n->proto->sizecode; pc++) {
    effect e = flow_effect(n->proto, pc);
    for (int r = e.define_from; r < e.define_to; r++)
      if (n->captured[r]) meet(n, n->defined[pc] + (uint32_t)(r - e.define_from), n->captured[r]);
  }
  for (int r = 0; r < n->registers; r++)
    if (n->captured[r]) meet(n, (uint32_t)r + 1, n->captured[r]);
}

static TString *const several = (TString *)1;

static void find_constants(naming *n, const uint32_t *variable, TString **constant, uint32_t count) {
  for (int r = 0; r < n->registers; r++) constant[variable[r + 1]] = several;
  for (int pc = 0; pc < n->proto->sizecode; pc++) {
    effect e = flow_effect(n->proto, pc);
    Instruction i = n->proto->code[pc];
    TString *s = several;
    if (GET_OPCODE(i) == OP_LOADK && ttisshrstring(&n->proto->k[GETARG_Bx(i)])) s = tsvalue(&n->proto->k[GETARG_Bx(i)]);
    for (int r = e.define_from; r < e.define_to; r++) {
      TString **c = &constant[variable[n->defined[pc] + (uint32_t)(r - e.define_from)]];
      *c = *c == NULL || *c == s ? s : several;
    }
  }
  for (uint32_t v = 0; v < count; v++)
    if (constant[v] == several) constant[v] = NULL;
}

static const flow *finish(naming *n) {
  flow *f = arena_take(&heap_arena, sizeof *f);
  uint32_t *variable = arena_take(&heap_arena, n->names * sizeof *variable);
  f->count = 1;
  for (uint32_t name = 1; name < n->names; name++)
    if (root(n, name) == name) variable[name] = f->count++;
  for (uint32_t name = 1; name < n->names; name++) variable[name] = variable[root(n, name)];
  size_t all = (size_t)n->proto->sizecode * (size_t)n->registers;
  for (size_t at = 0; at < all; at++) {
    int r = (int)(at % (size_t)n->registers);
    n->before[at] = variable[n->captured[r] ? n->captured[r] : n->before[at]];
  }
  TString **constant = arena_take(&heap_arena, f->count * sizeof *constant);
  find_constants(n, variable, constant, f->count);
  for (int r = 0; r < n->registers; r++) f->parameters[r] = variable[r + 1];
  f->before = n->before;
  f->defined = n->defined;
  f->variable = variable;
  f->constant = constant;
  f->reached = n->reached;
  return f;
}

static const flow *build(const Proto *p) {
  enum { LARGEST = 4 << 20 }; /* instructions times registers */
  size_t size = (size_t)p->sizecode;
  if (size * p->maxstacksize > LARGEST) return NULL;
  naming n = {.proto = p, .registers = p->maxstacksize, .alive = alive_before(p), .names = (uint32_t)p->maxstacksize + 1};
  n.before = arena_take(&heap_arena, size * p->maxstacksize * sizeof *n.before);
  n.defined = arena_take(&heap_arena, size * sizeof *n.defined);
  n.reached = arena_take(&heap_arena, size);
  n.pending = arena_take(&heap_arena, size * sizeof *n.pending);
  name_captured(&n);
  name_definitions(&n);
  n.parent = arena_take(&heap_arena, n.names * sizeof *n.parent);
  for (uint32_t name = 0; name < n.names; name++) n.parent[name] = name;
  follow_all(&n);
  join_captured(&n);
  return finish(&n);
}

typedef struct known {
  struct known *next;
  const Proto *proto;
  const flow *flow;
} known;

const flow *flow_of(const Proto *p) {
  enum { BUCKETS = 1024 };
  static known *buckets[BUCKETS];
  known **bucket = &buckets[(uintptr_t)p / 16 % BUCKETS];
  for (known *k = *bucket; k != NULL; k = k->next)
    if (k->proto == p) return k->flow;
  known *k = arena_take(&heap_arena, sizeof *k);
  *k = (known){*bucket, p, build(p)};
  *bucket = k;
  return k->flow;
}
