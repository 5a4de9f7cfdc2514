package counter

import "time"

// Type is the type of a value in the typed output format (management manual, section 9.2).
type Type string

const (
	U32 Type = "u32"
	S32 Type = "s32"
	U64 Type = "u64"
	Str Type = "str"
)

// Value is what a row shows in a column. Its zero value shows nothing.
type Value struct {
	Type   Type
	Text   string // when Type is Str
	Number int64  // otherwise
}

// Column is a column of "show stat".
type Column struct {
	Name string
	// Tags are origin, nature and scope in the typed output format; of backends BackendTags, where they differ.
	Tags, BackendTags string
	value             func(*reading) Value
}

// TagsOf returns the tags of the column in a row of a kind.
func (c *Column) TagsOf(k Kind) string {
	if k == Backend && c.BackendTags != "" {
		return c.BackendTags
	}
	return c.Tags
}

// Separator is the number of columns of fixed place; in CSV a column "-" follows them.
const Separator = 103

// Values returns what the row shows in each of Columns.
func (r *Row) Values(now time.Time) []Value {
	reading := reading{Row: r, now: now}
	if r.State != nil {
		r.State(&reading.state)
	}
	values := make([]Value, len(Columns))
	for i := range Columns {
		values[i] = Columns[i].value(&reading)
	}
	return values
}

// reading is a row at one moment.
type reading struct {
	*Row
	state State
	now   time.Time
}

func u32[N int | int64 | uint64](n N) Value { return Value{Type: U32, Number: int64(n)} }

func text(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{Type: Str, Text: s}
}

func (k Known) value(t Type) Value {
	if !k.Ok {
		return Value{}
	}
	return Value{Type: t, Number: int64(k.Value)}
}

// kinds is a set of kinds of rows.
type kinds uint8

const (
	frontends kinds = 1 << Frontend
	backends  kinds = 1 << Backend
	servers   kinds = 1 << Server
	listeners kinds = 1 << Listener

	clientSide = frontends | listeners
	serverSide = backends | servers
	everywhere = clientSide | serverSide
	proxies    = frontends | backends
)

func (r *reading) is(k kinds) bool { return k>>r.Kind&1 != 0 }

// of shows a value in rows of the kinds.
func of(k kinds, value func(*reading) Value) func(*reading) Value {
	return func(r *reading) Value {
		if !r.is(k) {
			return Value{}
		}
		return value(r)
	}
}

// count shows a cumulative counter.
func count(k kinds, c Count) func(*reading) Value {
	return of(k, func(r *reading) Value { return Value{Type: U64, Number: int64(r.Value(c))} })
}

// countHTTP is count for what only mode http has.
func countHTTP(k kinds, c Count) func(*reading) Value {
	shown := count(k, c)
	return func(r *reading) Value {
		if !r.HTTP {
			return Value{}
		}
		return shown(r)
	}
}

// number shows a u32.
func number[N int | int64 | uint64](k kinds, n func(*reading) N) func(*reading) Value {
	return of(k, func(r *reading) Value { return u32(n(r)) })
}

// word shows a text.
func word(k kinds, s func(*reading) string) func(*reading) Value {
	return of(k, func(r *reading) Value { return text(s(r)) })
}

// check shows something of the health or agent check of a server that has one.
func check(of func(*State) *Check, value func(*Check) Value) func(*reading) Value {
	return func(r *reading) Value {
		c := of(&r.state)
		if r.Kind != Server || !c.Enabled {
			return Value{}
		}
		return value(c)
	}
}

func health(s *State) *Check { return &s.Check }

func agent(s *State) *Check { return &s.Agent }

func checkDuration(c *Check) Value {
	if !c.Done {
		return Value{}
	}
	return Value{Type: U64, Number: c.Duration.Milliseconds()}
}
