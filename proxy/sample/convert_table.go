package sample

import (
	"tidelock/proxy/sticktable"
	"tidelock/proxy/value"
)

// tableConverters returns the converters that look their input up in a stick table (manual, section 7.3.1). They do not
// count as use of the entry.
func tableConverters() []Converter {
	rows := []Converter{
		{Name: "in_table", Parameters: required(Table), Input: value.Any, Output: value.Boolean, Convert: inTable},
		{Name: "table_expire", Parameters: required(Table).and(Integer), Input: value.Any, Output: value.Integer, Convert: tableTime(timeToLive)},
		{Name: "table_idle", Parameters: required(Table).and(Integer), Input: value.Any, Output: value.Integer, Convert: tableTime(timeIdle)},
		{Name: "table_server_id", Parameters: required(Table), Input: value.Any, Output: value.Integer, Convert: tableServer},
		{Name: "table_trackers", Parameters: required(Table), Input: value.Any, Output: value.Integer, Convert: tableTrackers},
	}
	for i := range tableValues {
		if v := &tableValues[i]; v.change == nil {
			rows = append(rows, v.converter())
		}
	}
	return rows
}

// converter returns table_NAME.
func (v *tableValue) converter() Converter {
	k := Converter{Name: "table_" + v.converterName(), Parameters: required(Table), Input: value.Any, Output: value.Integer}
	if v.indexed {
		k.Parameters = required(Integer, Table)
	}
	k.Convert = func(c *Context, a []Argument, x value.Value) value.Value {
		e, isKey := c.entryOf(a[len(a)-1].Table, x)
		if !isKey {
			return value.Value{}
		}
		return v.of(e, indexOf(v, a))
	}
	return k
}

func indexOf(v *tableValue, a []Argument) int64 {
	if v.indexed {
		return a[0].Int
	}
	return 0
}

func inTable(c *Context, a []Argument, x value.Value) value.Value {
	e, isKey := c.entryOf(a[0].Table, x)
	if !isKey {
		return value.Value{}
	}
	return value.Bool(e != nil)
}

// tableTime returns a time of an entry in milliseconds; where there is no entry, the second argument.
func tableTime(of func(*sticktable.Entry) int64) conversion {
	return func(c *Context, a []Argument, x value.Value) value.Value {
		e, isKey := c.entryOf(a[0].Table, x)
		switch {
		case e != nil:
			return value.Int(of(e))
		case isKey && a[1].Given:
			return value.Int(a[1].Int)
		}
		return value.Value{}
	}
}

func timeToLive(e *sticktable.Entry) int64 { return e.TimeToLive().Milliseconds() }

func timeIdle(e *sticktable.Entry) int64 { return e.Idle().Milliseconds() }

func tableServer(c *Context, a []Argument, x value.Value) value.Value {
	e, isKey := c.entryOf(a[0].Table, x)
	switch {
	case !isKey:
		return value.Value{}
	case e == nil:
		return value.Int(0)
	}
	id, stored := e.Get(sticktable.ServerID, 0)
	if !stored {
		return value.Value{}
	}
	return value.Int(int64(id))
}

func tableTrackers(c *Context, a []Argument, x value.Value) value.Value {
	e, isKey := c.entryOf(a[0].Table, x)
	switch {
	case !isKey:
		return value.Value{}
	case e == nil:
		return value.Int(0)
	}
	return value.Int(int64(e.Users()))
}
