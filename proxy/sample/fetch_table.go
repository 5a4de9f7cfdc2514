package sample

import (
	"strconv"

	"tidelock/proxy/sticktable"
	"tidelock/proxy/value"
)

// tableFetches returns the fetches that read stick tables (manual, section 7.3.3): by a tracked counter, by the client's
// address, and those that count a table's entries.
func tableFetches() []Fetch {
	rows := []Fetch{
		{Name: "src_updt_conn_cnt", Parameters: required(Table), Output: value.Integer, Source: clientAddress, Get: countSource},
		{Name: "table_avl", Parameters: required(Table), Output: value.Integer, Source: internalState, Get: tableFree},
		{Name: "table_cnt", Parameters: required(Table), Output: value.Integer, Source: internalState, Get: tableUsed},
	}
	for i := range tableValues {
		v := &tableValues[i]
		rows = append(rows, v.ofSource())
		rows = append(rows, trackedRows(v.name, value.Integer, v.source(), v.indexed, func(c *Context, k *trackedCounter) value.Value {
			return v.of(k.entry, k.index)
		})...)
	}
	rows = append(rows, trackedRows("tracked", value.Boolean, internalState, false, nil)...)
	return append(rows, trackedRows("trackers", value.Integer, internalState, false, trackers)...)
}

// source is what HAProxy says that the fetch reads.
func (v *tableValue) source() Source {
	if v.kilo {
		return clientAddress
	}
	return internalState
}

// trackedCounter is what a sc_ fetch is about.
type trackedCounter struct {
	entry *sticktable.Entry // nil when another table was asked for, which has no entry of that key
	index int64             // of the element of an array
}

// trackedRows returns sc_NAME, whose argument says which counter, and sc0_NAME and so on. read is given what the counter
// tracks, and not called when it tracks nothing; nil asks whether it does.
func trackedRows(name string, output value.Kind, source Source, indexed bool, read func(*Context, *trackedCounter) value.Value) []Fetch {
	get := func(number func([]Argument) int64) func(*Context, []Argument) value.Value {
		return func(c *Context, a []Argument) value.Value {
			k := trackedCounter{entry: c.Stream.Tracked(int(number(a)))}
			if indexed {
				k.index = a[0].Int
			}
			tracks := k.entry != nil
			if other := a[len(a)-1].Table; tracks && other != nil {
				k.entry = other.Lookup([]byte(k.entry.Key()))
			}
			switch {
			case read == nil:
				return value.Bool(tracks)
			case !tracks:
				return value.Value{}
			}
			return read(c, &k)
		}
	}
	parameters := required(Integer)
	counter := func(a []Argument) int64 { return a[0].Int }
	if indexed {
		parameters = required(Integer, Integer)
		counter = func(a []Argument) int64 { return a[1].Int }
	}
	rows := []Fetch{{Name: "sc_" + name, Parameters: parameters.and(OtherTable), Output: output, Source: source, Get: get(counter)}}
	if indexed {
		return rows
	}
	for i := range int64(sticktable.Counters) {
		rows = append(rows, Fetch{
			Name: "sc" + strconv.FormatInt(i, 10) + "_" + name, Parameters: optional(OtherTable), Output: output, Source: source,
			Get: get(func([]Argument) int64 { return i }),
		})
	}
	return rows
}

func trackers(_ *Context, k *trackedCounter) value.Value {
	if k.entry == nil {
		return value.Int(0)
	}
	return value.Int(int64(k.entry.Users()))
}

// ofSource returns src_NAME.
func (v *tableValue) ofSource() Fetch {
	f := Fetch{Name: "src_" + v.name, Parameters: required(Table), Output: value.Integer, Source: clientAddress}
	if v.indexed {
		f.Parameters = required(Integer, Table)
	}
	f.Get = func(c *Context, a []Argument) value.Value {
		client, t := address(c.Stream.Client.Source), a[len(a)-1].Table
		if !client.Valid() {
			return value.Value{}
		}
		index := int64(0)
		if v.indexed {
			index = a[0].Int
		}
		if v.change != nil {
			e := c.makeEntry(t, client)
			if e == nil {
				return value.Value{}
			}
			return v.of(e, index)
		}
		e, isKey := c.entryOf(t, client)
		if !isKey {
			return value.Value{}
		}
		return v.of(e, index)
	}
	return f
}

// countSource is src_updt_conn_cnt: it counts a connection of the client's address without tracking it.
func countSource(c *Context, a []Argument) value.Value {
	client := address(c.Stream.Client.Source)
	if !client.Valid() {
		return client
	}
	e := c.makeEntry(a[0].Table, client)
	if e == nil {
		return value.Value{}
	}
	n, stored := e.Add(sticktable.ConnCount, 0, 1)
	if !stored {
		return value.Value{}
	}
	return value.Int(int64(n))
}

func tableFree(_ *Context, a []Argument) value.Value {
	return value.Int(int64(a[0].Table.Size - a[0].Table.Used()))
}

func tableUsed(_ *Context, a []Argument) value.Value { return value.Int(int64(a[0].Table.Used())) }
