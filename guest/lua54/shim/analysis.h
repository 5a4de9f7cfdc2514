/* Which registrations can reach the same changeable variable: the analysis behind isolation "auto".
 *
 * A group is some registrations that would share an instance. The analysis runs the group's code over abstract values, from
 * its entries on and until nothing new comes up: a value is the set of objects that it may be (numbers, strings and their
 * like are no objects), an object is one of the image's heap, or stands for all that one instruction makes at run time.
 * What comes out is the cells of the heap that the group may read and those that it may write. Groups of which one may
 * write what another may read are one group, which is then analysed again as a whole.
 *
 *   analysis_set.c        sets of objects, and the memory of the analysis
 *   analysis_flow.c       which uses of a register see which of its values
 *   analysis_heap.c       objects, their fields, and the cells that are read and written
 *   analysis_interpret.c  what the instructions do to them
 *   analysis_library.c    what the functions written in C do to them
 *   analysis.c            groups, and the export
 *
 * It runs in an instance that nobody needs any more, once its snapshot is taken: it gives no memory back that it will
 * not need again itself, traps where there is none, and is cut off by its fuel like everything else here. The host then
 * shares all. */
#ifndef TIDELOCK_ANALYSIS_H
#define TIDELOCK_ANALYSIS_H

#include "guest.h"
#include "lobject.h"
#include "lstate.h"

/* ---- analysis_set.c ---- */

typedef struct arena_chunk arena_chunk;
typedef struct {
  arena_chunk *chunks;
  char *free;
  size_t left;
} arena;

extern arena heap_arena;  /* what is known of the image's heap */
extern arena group_arena; /* what the group that is being analysed does; emptied before the next */

void *arena_take(arena *a, size_t size); /* zeroed */
void arena_empty(arena *a);

typedef struct set_block set_block;
struct set_block {
  set_block *next; /* of a higher index */
  uint32_t index;
  uint64_t bits;
};

/* Numbers of objects. Zeroed memory is the empty set. Members that are added while a set is walked through may be missed. */
typedef struct {
  set_block *first, *last;
} set;

int set_add(arena *a, set *s, uint32_t member); /* whether it is new */
int set_join(arena *a, set *s, const set *more);

typedef struct {
  const set_block *block;
  uint64_t bits;
} set_walk;

uint32_t set_next(set_walk *w); /* 0 at the end */
static inline set_walk set_begin(const set *s) { return (set_walk){s->first, s->first ? s->first->bits : 0}; }

/* ---- analysis_flow.c ---- */

/* A variable is a register for as long as one value, or several that meet, can be seen in it. 0 is none. A register that
 * an inner function captures is one variable all along. */
typedef struct {
  uint32_t count;          /* variables, 0 included */
  const uint32_t *before;  /* [pc * registers + register]: what the instruction sees */
  const uint32_t *defined; /* [pc]: where its own begin in the next, first register first */
  const uint32_t *variable;
  TString *const *constant; /* [variable]: the short string that it always is, or NULL */
  const uint8_t *reached;   /* [pc] */
  uint32_t parameters[256];
} flow;

/* Registers that an instruction sees and sets. Ranges end before their second. */
typedef struct {
  int uses[3], use_count;
  int use_from, use_to;
  int define_from, define_to;
  int keeps; /* on the way to its second successor it sets nothing */
  int next[2], next_count;
} effect;

effect flow_effect(const Proto *p, int pc);
const flow *flow_of(const Proto *p); /* NULL: too large */

/* ---- analysis_heap.c ---- */

typedef enum {
  OBJECT_TABLE,
  OBJECT_CLOSURE,
  OBJECT_UPVALUE,
  OBJECT_C_FUNCTION,
  OBJECT_BOUND,    /* a function of the host */
  OBJECT_WRAPPED,  /* what coroutine.wrap returned */
  OBJECT_INDEX,    /* what host.index returned */
  OBJECT_ITERATOR, /* another C function with values of its own: what string.gmatch returned */
  OBJECT_THREAD,
  OBJECT_OTHER,
} object_kind;

typedef struct object object;
typedef struct function function;
typedef struct cell cell;

typedef struct field {
  struct field *next;
  TString *key;
  set values;
} field;

struct object {
  object_kind kind;
  uint32_t number;
  int sealed; /* it is in the image, and not made at run time */
  const void *at;
  const void *behaviour; /* of a C function: analysis_library.c */
  set self;              /* the object alone */

  object *owner; /* where it was met first, for messages */
  TString *key;  /* in its owner, or the name of an upvalue */
  set contents;  /* of a table or userdata in the image: all keys and values that are objects */
  int scanned, quiet;
  uint32_t operation; /* that looked at it last */
  cell *cells; /* of all groups, while they are compared */

  /* Of the group that is being analysed, when round is its own. */
  uint32_t round;
  cell *accessed;
  field *fields;
  set unnamed;  /* values under keys that are not known */
  set all;      /* every key and value, once one is asked for by a key that is not known */
  int has_all;
  set metatables;
  function *function;
};

typedef enum { ACCESS_READ = 1, ACCESS_WRITE = 2 } access;

/* A variable of the image: a key of a table (NULL: any; META_KEY: its metatable), or an object as a whole. */
struct cell {
  object *object;
  const TString *key;
  int access;
  const Proto *writer;
  int pc;
  cell *next;   /* of the same object */
  cell *listed; /* in the group's list */
  cell *beside; /* of the same object, in any group, while groups are compared */
  int user;            /* the group, then */
};

extern const TString *const META_KEY;

void heap_new_round(void);
object *heap_object(uint32_t number);
object *heap_value(const TValue *v, object *owner, TString *key); /* NULL: no object */
object *heap_gc(GCObject *o, object_kind kind, object *owner, TString *key);
object *heap_made(object_kind kind, const void *at);
void heap_name(const cell *c, char *text, size_t size);

set *heap_field(object *table, TString *key); /* what may be there; NULL: anywhere. Recorded as read */
void heap_store(object *table, TString *key, const set *values);
int heap_certain(object *table, TString *key); /* whether the key is there, and stays: no handler is asked for it */
const set *heap_metatables(object *o);
void heap_set_metatable(object *o, const set *metatables);
set *heap_upvalue(object *upvalue);

cell *heap_cells(void); /* of the group */
void heap_access(object *o, const TString *key, access a);

/* ---- analysis_interpret.c ---- */

/* Where the values of an upvalue are: object is the upvalue, or NULL when it is a variable of a function that runs. */
typedef struct {
  object *object;
  set *values;
} place;

/* A closure, or all closures that one instruction of a function makes. */
struct function {
  const Proto *proto;
  const flow *flow;
  set *variables;
  set returns, varargs;
  place *upvalues;
  object **made; /* [pc] */
  set *results;  /* [pc], of calls */
  function *outer;
  int live, coroutine;
  function *next;
};

typedef struct {
  const set *values;
  TString *constant;
} argument;

enum { MAX_ARGUMENTS = 256, MAX_NESTING = 60 };

typedef struct {
  int changed;          /* since the last pass */
  int everything;       /* it may do anything at all */
  const char *reason;   /* why */
  const Proto *culprit; /* and where */
  int culprit_pc;
  int keeps; /* it changes something that is no cell, but outlives a call */
  function *live;
  function *running; /* whose instruction is looked at */
  int pc;
  int nesting;
  set thrown, transferred; /* error objects; what goes into coroutines and comes out of them */
  set functions;           /* all that are live */
  set unused;              /* results that nobody takes */
  object *received;        /* tables made of what the host gives */
} group_state;

extern group_state group;

void interpret_begin(void);
void interpret_run(void);
void give(set *to, const set *values);
void give_object(set *to, const object *o);
void give_up(const char *reason); /* the group may do anything */
void call(const set *callees, int count, const argument *arguments, set *results);
void call_object(object *callee, int count, const argument *arguments, set *results);
void call_metamethod(object *o, const char *event, int count, const argument *arguments, set *results);
function *function_of(object *closure);
int is_callable(const object *o);
void read_object(object *o, TString *key, set *results);
void read_index(const set *tables, TString *key, set *results);
void write_index(const set *tables, TString *key, const set *values);
void read_deep(const set *values); /* as what crosses to the host is */
void resume_thread(object *thread, int count, const argument *arguments, set *results);
object *made_here(object_kind kind);
int is_prelude(const Proto *p);

/* ---- analysis_library.c ---- */

int library_knows(lua_CFunction f);
void library_call(object *callee, int count, const argument *arguments, set *results);
/* A function of the prelude that is known as a whole: whether callee is one. */
int library_call_special(object *callee, int count, const argument *arguments, set *results);
void library_begin(void); /* finds them, before the first group */

#endif
