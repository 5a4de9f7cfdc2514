#include <string.h>

#include "analysis.h"
#include "lopcodes.h"
#include "lstring.h"
#include "ltm.h"

group_state group;

static const set nothing;

static const char ENDLESS[] = "calls of metamethods that lead to others without end";

/* ---- values ---- */

void give(set *to, const set *values) {
  if (values->first != NULL && to != values) group.changed |= set_join(&group_arena, to, values);
}

void give_object(set *to, const object *o) { group.changed |= set_add(&group_arena, to, o->number); }

void give_up(const char *reason) {
  if (group.everything) return;
  group.everything = 1;
  group.reason = reason;
  if (group.running == NULL) return;
  group.culprit = group.running->proto;
  group.culprit_pc = group.pc;
}

int is_prelude(const Proto *p) {
  const char *source = p->source ? getstr(p->source) : "";
  return source[0] == '=' && source[1] == '<';
}

/* What the instruction that is looked at makes at run time: one object for all times that it runs. */
object *made_here(object_kind kind) {
  object **o = &group.running->made[group.pc];
  if (*o == NULL) *o = heap_made(kind, NULL);
  return *o;
}

/* ---- functions ---- */

static place captured_place(function *outer, const Upvaldesc *u) {
  if (!u->instack) return outer->upvalues[u->idx];
  return (place){NULL, &outer->variables[outer->flow->parameters[u->idx]]};
}

static void bind_upvalues(function *f, object *closure) {
  const Proto *p = f->proto;
  f->upvalues = arena_take(&group_arena, (size_t)p->sizeupvalues * sizeof *f->upvalues + 1);
  for (int i = 0; i < p->sizeupvalues; i++) {
    if (f->outer != NULL) {
      f->upvalues[i] = captured_place(f->outer, &p->upvalues[i]);
      continue;
    }
    object *u = heap_gc(obj2gco(((LClosure *)closure->at)->upvals[i]), OBJECT_UPVALUE, closure, p->upvalues[i].name);
    f->upvalues[i] = (place){u, heap_upvalue(u)};
  }
}

static function *new_function(const Proto *p, function *outer) {
  function *f = arena_take(&group_arena, sizeof *f);
  f->proto = p;
  f->outer = outer;
  f->flow = flow_of(p);
  if (f->flow == NULL) {
    give_up("a very large function");
    return f;
  }
  f->variables = arena_take(&group_arena, f->flow->count * sizeof *f->variables);
  f->made = arena_take(&group_arena, (size_t)p->sizecode * sizeof *f->made);
  f->results = arena_take(&group_arena, (size_t)p->sizecode * sizeof *f->results);
  return f;
}

function *function_of(object *closure) {
  heap_metatables(closure); /* brings it up to the round */
  if (closure->function == NULL) {
    closure->function = new_function(((LClosure *)closure->at)->p, NULL);
    bind_upvalues(closure->function, closure);
  }
  return closure->function;
}

static void make_closure(set *result, const Proto *p) {
  object *o = made_here(OBJECT_CLOSURE);
  heap_metatables(o);
  if (o->function == NULL) {
    o->function = new_function(p, group.running);
    bind_upvalues(o->function, o);
  }
  give_object(result, o);
}

/* ---- calls ---- */

static void enliven(function *f) {
  if (f->live || f->flow == NULL) return;
  f->live = 1;
  f->next = group.live;
  group.live = f;
  group.changed = 1;
}

static void call_function(object *closure, int count, const argument *arguments, set *results) {
  function *f = function_of(closure);
  if (f->flow == NULL) return;
  enliven(f);
  give_object(&group.functions, closure);
  for (int i = 0; i < count; i++) {
    int named = i < f->proto->numparams;
    give(named ? &f->variables[f->flow->parameters[i]] : &f->varargs, arguments[i].values);
    if (f->coroutine) give(&group.transferred, arguments[i].values);
  }
  if (f->coroutine) {
    for (int i = 0; i < f->proto->numparams; i++) give(&f->variables[f->flow->parameters[i]], &group.transferred);
    give(&f->varargs, &group.transferred);
    give(results, &group.transferred);
  }
  give(results, &f->returns);
}

/* How a handler is called that takes the object itself first. */
static void call_with_self(object *callee, object *self, int count, const argument *arguments, set *results) {
  argument all[MAX_ARGUMENTS] = {{&self->self, NULL}};
  if (count > MAX_ARGUMENTS - 1) count = MAX_ARGUMENTS - 1;
  memcpy(all + 1, arguments, (size_t)count * sizeof *all);
  call_object(callee, count + 1, all, results);
}

static void call_table(object *o, int count, const argument *arguments, set *results) {
  set_walk metatables = set_begin(heap_metatables(o));
  for (uint32_t m; (m = set_next(&metatables)) != 0;) {
    set_walk handlers = set_begin(heap_field(heap_object(m), G(main_state)->tmname[TM_CALL]));
    for (uint32_t h; (h = set_next(&handlers)) != 0;) call_with_self(heap_object(h), o, count, arguments, results);
  }
}

static int is_method(const object *bound) {
  return bound->at != NULL && operation_is_method(((const CClosure *)bound->at)->f);
}

static void call_bound(object *callee, int count, const argument *arguments, set *results) {
  int method = is_method(callee);
  for (int i = method ? 1 : 0; i < count; i++) read_deep(arguments[i].values);
  if (method && count > 0) {
    set_walk objects = set_begin(arguments[0].values);
    for (uint32_t o; (o = set_next(&objects)) != 0;) heap_field(heap_object(o), NULL);
  }
  give_object(results, group.received);
}

/* Gives a method, or what makes a member of the object, which keeps it. */
static void call_index(object *callee, int count, const argument *arguments, set *results) {
  const TValue *tables = ((const CClosure *)callee->at)->upvalue;
  TString *key = count > 1 ? arguments[1].constant : NULL;
  give(results, heap_field(heap_value(&tables[0], callee, NULL), key));
  call(heap_field(heap_value(&tables[1], callee, NULL), key), count > 1 ? 1 : count, arguments, results);
}

void call_object(object *callee, int count, const argument *arguments, set *results) {
  if (group.nesting++ > MAX_NESTING) give_up(ENDLESS);
  if (!group.everything) switch (callee->kind) {
      case OBJECT_CLOSURE:
        if (!library_call_special(callee, count, arguments, results)) call_function(callee, count, arguments, results);
        break;
      case OBJECT_C_FUNCTION:
        library_call(callee, count, arguments, results);
        break;
      case OBJECT_BOUND:
        call_bound(callee, count, arguments, results);
        break;
      case OBJECT_WRAPPED:
        resume_thread(heap_value(&((CClosure *)callee->at)->upvalue[0], callee, NULL), count, arguments, results);
        break;
      case OBJECT_INDEX:
        call_index(callee, count, arguments, results);
        break;
      case OBJECT_ITERATOR: /* it stands somewhere in a text */
        heap_access(callee, NULL, ACCESS_READ);
        heap_access(callee, NULL, ACCESS_WRITE);
        break;
      default:
        call_table(callee, count, arguments, results);
    }
  group.nesting--;
}

/* The functions of the host, of which a prelude's class may have hundreds, all do the same. */
void call(const set *callees, int count, const argument *arguments, set *results) {
  int done[2] = {0};
  set_walk w = set_begin(callees);
  for (uint32_t n; (n = set_next(&w)) != 0;) {
    object *callee = heap_object(n);
    if (callee->kind == OBJECT_BOUND && done[is_method(callee)]++) continue;
    call_object(callee, count, arguments, results);
  }
}

void call_metamethod(object *o, const char *event, int count, const argument *arguments, set *results) {
  set_walk metatables = set_begin(heap_metatables(o));
  for (uint32_t m; (m = set_next(&metatables)) != 0;)
    call(heap_field(heap_object(m), luaS_new(main_state, event)), count, arguments, results);
}

/* Operators on objects: any of the handlers, with the operands in any order. */
static void operate(const set *a, const set *b, set *result) {
  if (a->first == NULL && b->first == NULL) return;
  set operands = {0};
  set_join(&group_arena, &operands, a);
  set_join(&group_arena, &operands, b);
  argument both[2] = {{&operands, NULL}, {&operands, NULL}};
  set_walk w = set_begin(&operands);
  for (uint32_t n; (n = set_next(&w)) != 0;) {
    set_walk metatables = set_begin(heap_metatables(heap_object(n)));
    for (uint32_t m; (m = set_next(&metatables)) != 0;)
      for (TMS event = TM_LEN; event <= TM_CONCAT; event++)
        call(heap_field(heap_object(m), G(main_state)->tmname[event]), 2, both, result);
  }
}

/* ---- indexing ---- */

int is_callable(const object *o) { return o->kind != OBJECT_TABLE && o->kind != OBJECT_OTHER; }

/* Handlers may lead back to where they came from: within one operation each object is looked at once. */
static uint32_t operations;

static int seen(object *o, uint32_t operation) {
  if (o->operation == operation) return 1;
  o->operation = operation;
  return 0;
}

static void read_from(object *o, TString *key, set *results, uint32_t operation);

/* What the handlers of one metatable give for self, which is NULL for a value that is no object. */
static void read_by(object *metatable, object *self, TString *key, set *results, uint32_t operation) {
  set_walk handlers = set_begin(heap_field(metatable, G(main_state)->tmname[TM_INDEX]));
  for (uint32_t h; (h = set_next(&handlers)) != 0;) {
    object *handler = heap_object(h);
    argument arguments[2] = {{self ? &self->self : &nothing, NULL}, {&nothing, key}};
    if (is_callable(handler))
      call_object(handler, 2, arguments, results);
    else
      read_from(handler, key, results, operation);
  }
}

static void read_from(object *o, TString *key, set *results, uint32_t operation) {
  if (seen(o, operation) || group.everything) return;
  if (group.nesting++ > MAX_NESTING) give_up(ENDLESS);
  if (o->kind == OBJECT_TABLE) give(results, heap_field(o, key));
  set_walk metatables = set_begin(heap_certain(o, key) ? &nothing : heap_metatables(o));
  for (uint32_t m; (m = set_next(&metatables)) != 0;) read_by(heap_object(m), o, key, results, operation);
  group.nesting--;
}

void read_object(object *o, TString *key, set *results) { read_from(o, key, results, ++operations); }

/* Any value may be a string, or another one whose whole type has a metatable. */
static void read_scalar(TString *key, set *results) {
  static const int types[] = {LUA_TNIL, LUA_TBOOLEAN, LUA_TLIGHTUSERDATA, LUA_TNUMBER, LUA_TSTRING};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    Table *metatable = G(main_state)->mt[types[i]];
    if (metatable != NULL) read_by(heap_gc(obj2gco(metatable), OBJECT_TABLE, NULL, NULL), NULL, key, results, ++operations);
  }
}

void read_index(const set *tables, TString *key, set *results) {
  set_walk w = set_begin(tables);
  for (uint32_t n; (n = set_next(&w)) != 0;) read_object(heap_object(n), key, results);
  read_scalar(key, results);
}

static void write_to(object *o, TString *key, const set *values, uint32_t operation) {
  if (seen(o, operation) || group.everything) return;
  if (group.nesting++ > MAX_NESTING) give_up(ENDLESS);
  if (o->kind == OBJECT_TABLE) heap_store(o, key, values);
  set_walk metatables = set_begin(heap_metatables(o));
  for (uint32_t m; (m = set_next(&metatables)) != 0;) {
    set_walk handlers = set_begin(heap_field(heap_object(m), G(main_state)->tmname[TM_NEWINDEX]));
    for (uint32_t h; (h = set_next(&handlers)) != 0;) {
      object *handler = heap_object(h);
      argument arguments[3] = {{&o->self, NULL}, {&nothing, key}, {values, NULL}};
      if (is_callable(handler))
        call_object(handler, 3, arguments, &group.unused);
      else
        write_to(handler, key, values, operation);
    }
  }
  group.nesting--;
}

void write_index(const set *tables, TString *key, const set *values) {
  set_walk w = set_begin(tables);
  for (uint32_t n; (n = set_next(&w)) != 0;) write_to(heap_object(n), key, values, ++operations);
}

void read_deep(const set *values) {
  set seen = {0};
  set_join(&group_arena, &seen, values);
  for (int more = seen.first != NULL; more;) {
    more = 0;
    set_walk w = set_begin(&seen);
    for (uint32_t n; (n = set_next(&w)) != 0;)
      if (heap_object(n)->kind == OBJECT_TABLE) more |= set_join(&group_arena, &seen, heap_field(heap_object(n), NULL));
  }
}

/* ---- coroutines of the image ---- */

/* A coroutine that has been running: each of its functions may go on anywhere, with anything in its variables that is
 * on the stack. */
static void resume_frames(lua_State *co, const set *stack, set *results) {
  for (CallInfo *ci = co->ci; ci != &co->base_ci; ci = ci->previous) {
    if (!isLua(ci)) continue;
    function *f = function_of(heap_value(s2v(ci->func), NULL, NULL));
    if (f->flow == NULL) return;
    f->coroutine = 1;
    enliven(f);
    for (uint32_t v = 1; v < f->flow->count; v++) give(&f->variables[v], stack);
    give(&f->varargs, stack);
    give(&group.transferred, &f->returns);
  }
  give(results, &group.transferred);
}

void resume_thread(object *thread, int count, const argument *arguments, set *results) {
  if (thread == NULL) return;
  lua_State *co = (lua_State *)thread->at;
  heap_access(thread, NULL, ACCESS_READ);
  heap_access(thread, NULL, ACCESS_WRITE);
  if (co->openupval != NULL) {
    give_up("a suspended coroutine whose variables other functions use");
    return;
  }
  set stack = {0};
  for (StkId s = co->stack + 1; s < co->top; s++) {
    object *o = heap_value(s2v(s), thread, NULL);
    if (o != NULL) set_add(&group_arena, &stack, o->number);
  }
  for (int i = 0; i < count; i++) give(&group.transferred, arguments[i].values);
  if (co->status == LUA_OK) { /* not started yet, or over and empty: its function lies on its stack */
    call(&stack, count, arguments, results);
    return;
  }
  set_join(&group_arena, &stack, &group.transferred);
  resume_frames(co, &stack, results);
}

/* ---- instructions ---- */

typedef struct {
  function *f;
  const Proto *proto;
  int pc;
  Instruction i;
} step;

static uint32_t variable_before(const step *s, int r) {
  return s->f->flow->before[(size_t)s->pc * s->proto->maxstacksize + (size_t)r];
}

static set *in(const step *s, int r) { return &s->f->variables[variable_before(s, r)]; }

static set *out(const step *s, int r) {
  const flow *f = s->f->flow;
  int first = GETARG_A(s->i);
  OpCode op = GET_OPCODE(s->i);
  if (op == OP_TFORCALL) first += 4;
  if (op == OP_TFORLOOP) first += 2;
  return &s->f->variables[f->variable[f->defined[s->pc] + (uint32_t)(r - first)]];
}

static TString *constant(const step *s, int r) { return s->f->flow->constant[variable_before(s, r)]; }

static TString *key_constant(const step *s, int k) {
  const TValue *key = &s->proto->k[k];
  return ttisshrstring(key) ? tsvalue(key) : NULL;
}

/* The value that C says, a constant or a register. */
static const set *in_c(const step *s) { return TESTARG_k(s->i) ? &nothing : in(s, GETARG_C(s->i)); }

static const set *read_upvalue(const place *p) {
  if (p->object != NULL) heap_access(p->object, NULL, ACCESS_READ);
  return p->values;
}

static void write_upvalue(const place *p, const set *values) {
  if (p->object != NULL) heap_access(p->object, NULL, ACCESS_WRITE);
  give(p->values, values);
}

/* Takes registers as arguments, up to the last that a call or "..." before may have set. */
static int take_arguments(const step *s, int from, int to, argument *arguments) {
  int n = 0;
  if (to > s->proto->maxstacksize) to = s->proto->maxstacksize;
  for (int r = from; r < to && n < MAX_ARGUMENTS; r++) arguments[n++] = (argument){in(s, r), constant(s, r)};
  return n;
}

/* Of what a call gives nobody knows which value comes first. */
static set *results(const step *s) { return &s->f->results[s->pc]; }

static void give_results(const step *s) {
  effect e = flow_effect(s->proto, s->pc);
  for (int r = e.define_from; r < e.define_to; r++) give(out(s, r), results(s));
}

static void do_call(const step *s) {
  argument arguments[MAX_ARGUMENTS];
  int a = GETARG_A(s->i), b = GETARG_B(s->i), top = s->proto->maxstacksize;
  call(in(s, a), take_arguments(s, a + 1, b ? a + b : top, arguments), arguments, results(s));
  give_results(s);
}

static void do_iterate(const step *s) {
  argument arguments[2];
  int a = GETARG_A(s->i);
  call(in(s, a), take_arguments(s, a + 1, a + 3, arguments), arguments, results(s));
  give_results(s);
}

static void do_return(const step *s) {
  int a = GETARG_A(s->i), b = GETARG_B(s->i), top = s->proto->maxstacksize;
  for (int r = a; r < (b ? a + b - 1 : top); r++) give(&s->f->returns, in(s, r));
}

static void do_list(const step *s) {
  int a = GETARG_A(s->i), b = GETARG_B(s->i), top = s->proto->maxstacksize;
  for (int r = a + 1; r < (b ? a + b + 1 : top); r++) write_index(in(s, a), NULL, in(s, r));
}

static void do_concat(const step *s) {
  set operands = {0};
  for (int r = GETARG_A(s->i), end = r + GETARG_B(s->i); r < end; r++) set_join(&group_arena, &operands, in(s, r));
  operate(&operands, &nothing, out(s, GETARG_A(s->i)));
}

static void close_variable(const step *s, int r) {
  argument arguments[2] = {{in(s, r), NULL}, {&group.thrown, NULL}};
  set_walk w = set_begin(in(s, r));
  for (uint32_t n; (n = set_next(&w)) != 0;) call_metamethod(heap_object(n), "__close", 2, arguments, &group.unused);
}

static void execute(const step *s) {
  int a = GETARG_A(s->i), b = GETARG_B(s->i), c = GETARG_C(s->i);
  function *f = s->f;
  switch (GET_OPCODE(s->i)) {
    case OP_MOVE: case OP_TESTSET:
      give(out(s, a), in(s, b));
      break;
    case OP_GETUPVAL:
      give(out(s, a), read_upvalue(&f->upvalues[b]));
      break;
    case OP_SETUPVAL:
      write_upvalue(&f->upvalues[b], in(s, a));
      break;
    case OP_GETTABUP:
      read_index(read_upvalue(&f->upvalues[b]), key_constant(s, c), out(s, a));
      break;
    case OP_SETTABUP:
      write_index(read_upvalue(&f->upvalues[a]), key_constant(s, b), in_c(s));
      break;
    case OP_GETTABLE:
      read_index(in(s, b), constant(s, c), out(s, a));
      break;
    case OP_GETI:
      read_index(in(s, b), NULL, out(s, a));
      break;
    case OP_GETFIELD:
      read_index(in(s, b), key_constant(s, c), out(s, a));
      break;
    case OP_SETTABLE:
      write_index(in(s, a), constant(s, b), in_c(s));
      if (constant(s, b) == NULL) write_index(in(s, a), NULL, in(s, b)); /* a key may be an object, too */
      break;
    case OP_SETI:
      write_index(in(s, a), NULL, in_c(s));
      break;
    case OP_SETFIELD:
      write_index(in(s, a), key_constant(s, b), in_c(s));
      break;
    case OP_NEWTABLE:
      give_object(out(s, a), made_here(OBJECT_TABLE));
      break;
    case OP_SELF:
      give(out(s, a + 1), in(s, b));
      read_index(in(s, b), TESTARG_k(s->i) ? key_constant(s, c) : constant(s, c), out(s, a));
      break;
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_MOD: case OP_POW: case OP_DIV: case OP_IDIV:
    case OP_BAND: case OP_BOR: case OP_BXOR: case OP_SHL: case OP_SHR:
      operate(in(s, b), in(s, c), out(s, a));
      break;
    case OP_ADDI: case OP_ADDK: case OP_SUBK: case OP_MULK: case OP_MODK: case OP_POWK: case OP_DIVK: case OP_IDIVK:
    case OP_BANDK: case OP_BORK: case OP_BXORK: case OP_SHRI: case OP_SHLI: case OP_UNM: case OP_BNOT:
      operate(in(s, b), &nothing, out(s, a));
      break;
    case OP_LEN: {
      set_walk w = set_begin(in(s, b));
      for (uint32_t n; (n = set_next(&w)) != 0;) heap_field(heap_object(n), NULL);
      operate(in(s, b), &nothing, out(s, a));
      break;
    }
    case OP_CONCAT:
      do_concat(s);
      break;
    case OP_EQ: case OP_LT: case OP_LE:
      operate(in(s, a), in(s, b), &group.unused);
      break;
    case OP_LTI: case OP_LEI: case OP_GTI: case OP_GEI:
      operate(in(s, a), &nothing, &group.unused);
      break;
    case OP_CALL: case OP_TAILCALL:
      do_call(s);
      break;
    case OP_RETURN:
      do_return(s);
      break;
    case OP_RETURN1:
      give(&f->returns, in(s, a));
      break;
    case OP_TBC:
      close_variable(s, a);
      break;
    case OP_TFORPREP:
      close_variable(s, a + 3);
      break;
    case OP_TFORCALL:
      do_iterate(s);
      break;
    case OP_TFORLOOP:
      give(out(s, a + 2), in(s, a + 4));
      break;
    case OP_SETLIST:
      do_list(s);
      break;
    case OP_CLOSURE:
      make_closure(out(s, a), s->proto->p[GETARG_Bx(s->i)]);
      break;
    case OP_VARARG: {
      effect e = flow_effect(s->proto, s->pc);
      for (int r = e.define_from; r < e.define_to; r++) give(out(s, r), &f->varargs);
      break;
    }
    default: /* numbers, tests and jumps */
      break;
  }
}

static void run_function(function *f) {
  const Proto *p = f->proto;
  for (int pc = 0; pc < p->sizecode && !group.everything; pc++) {
    if (!f->flow->reached[pc]) continue;
    group.running = f;
    group.pc = pc;
    step s = {f, p, pc, p->code[pc]};
    execute(&s);
  }
  if (f->coroutine) give(&group.transferred, &f->returns);
}

void interpret_begin(void) {
  arena_empty(&group_arena);
  heap_new_round();
  group = (group_state){0};
  group.received = heap_made(OBJECT_TABLE, NULL);
  heap_store(group.received, NULL, &group.received->self);
}

void interpret_run(void) {
  do {
    group.changed = 0;
    for (function *f = group.live; f != NULL && !group.everything; f = f->next) run_function(f);
    group.running = NULL;
  } while (group.changed && !group.everything);
}
