package luabridge

import (
	"fmt"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/plane"
	"tidelock/proxy/sticktable"
)

// tableFunctions are the methods of the class StickTable. Its objects hold the number of their section.
func (m *image) tableFunctions() host.Functions {
	return host.Functions{
		"stktable.info":   m.onTable(tableInfo),
		"stktable.lookup": m.onTable(tableLookup),
		"stktable.dump":   m.onTable(tableDump),
	}
}

func (m *image) onTable(do func(t *sticktable.Table, c *host.Call) error) host.Function {
	return m.onProxy(func(s *plane.Section, c *host.Call) error {
		if s.Table == nil {
			return errObject
		}
		return do(s.Table, c)
	})
}

// tableInfo is StickTable:info().
func tableInfo(t *sticktable.Table, c *host.Call) error {
	w := &c.Results
	mark := w.BeginTable()
	putField(w, "type", func() { w.String(t.Type.String()) })
	putField(w, "length", func() { w.Int(int64(keyLength(t))) })
	putField(w, "size", func() { w.Int(int64(t.Size)) })
	putField(w, "used", func() { w.Int(int64(t.Used())) })
	putField(w, "nopurge", func() { w.Bool(t.NoPurge) })
	putField(w, "expire", func() { w.Int(t.Expire.Milliseconds()) })
	putField(w, "data", func() {
		data := w.BeginTable()
		for _, column := range t.Columns() {
			period := int64(-1)
			if column.Type.Form == sticktable.Rate {
				period = column.Period.Milliseconds()
			}
			putField(w, column.Type.Name, func() { w.Int(period) })
		}
		w.EndTable(data)
	})
	w.EndTable(mark)
	return nil
}

// keyLength returns the bytes that HAProxy has for a key.
func keyLength(t *sticktable.Table) int {
	switch t.Type {
	case sticktable.IP, sticktable.Integer:
		return 4
	case sticktable.IPv6:
		return 16
	case sticktable.String:
		return t.Length + 1
	}
	return t.Length
}

// tableLookup is StickTable:lookup(key).
func tableLookup(t *sticktable.Table, c *host.Call) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	var entry *sticktable.Entry
	if key, ok := t.ParseKey(string(text)); ok {
		entry = t.Lookup(key)
	}
	if entry == nil {
		c.Results.Nil()
		return nil
	}
	mark := c.Results.BeginTable()
	putField(&c.Results, "use", func() { c.Results.Int(int64(entry.Users())) })
	putField(&c.Results, "expire", func() { c.Results.Int(entry.TimeToLive().Milliseconds()) })
	putEntry(&c.Results, t, entry)
	c.Results.EndTable(mark)
	return nil
}

// putEntry writes an entry's data by name, of arrays their first element, as HAProxy does.
func putEntry(w *abi.Writer, t *sticktable.Table, e *sticktable.Entry) {
	for _, column := range t.Columns() {
		switch d := column.Type; {
		case d.Form == sticktable.ServerKey:
			if _, name := e.Server(); name != "" {
				putField(w, d.Name, func() { w.String(name) })
			}
		default:
			n, _ := e.Get(d, 0)
			putField(w, d.Name, func() { w.Int(int64(n)) })
		}
	}
}

// condition is one of a filter.
type condition struct {
	column   *sticktable.DataType
	operator func(a, b int64) bool
	limit    int64
}

var operators = map[string]func(a, b int64) bool{
	"eq": func(a, b int64) bool { return a == b }, "ne": func(a, b int64) bool { return a != b },
	"le": func(a, b int64) bool { return a <= b }, "lt": func(a, b int64) bool { return a < b },
	"ge": func(a, b int64) bool { return a >= b }, "gt": func(a, b int64) bool { return a > b },
}

// maxConditions is how many conditions a filter may have, as in HAProxy.
const maxConditions = 4

// tableDump is StickTable:dump([filter]) -> {[key] = data}, or nil and what is wrong with the filter.
func tableDump(t *sticktable.Table, c *host.Call) error {
	var conditions []condition
	if c.Arguments.More() {
		filter := c.Next()
		var problem string
		if conditions, problem = parseFilter(t, filter); problem != "" {
			c.Results.Nil()
			c.Results.String(problem)
			return nil
		}
	}
	mark := c.Results.BeginTable()
	for _, e := range t.Entries() {
		if !suits(e, conditions) {
			continue
		}
		c.Results.String(t.FormatKey(e.Key()))
		data := c.Results.BeginTable()
		putEntry(&c.Results, t, e)
		c.Results.EndTable(data)
	}
	c.Results.EndTable(mark)
	return nil
}

func parseFilter(t *sticktable.Table, filter abi.Value) (conditions []condition, problem string) {
	if filter.Type != abi.Table {
		return nil, "filter table expected"
	}
	entries := filter.Entries()
	for n := 1; entries.More(); n++ {
		entries.Next()
		if n > maxConditions {
			return nil, fmt.Sprintf("Filter table too large (len > %d)", maxConditions)
		}
		words := listed(entries.Next())
		if len(words) != 3 {
			return nil, fmt.Sprintf(`Filter table entry must be a triplet: {"data_col", "op", val} (entry #%d)`, n)
		}
		d := sticktable.DataTypeNamed(string(words[0].Bytes))
		if d == nil || !t.Stores(d, 0) {
			return nil, fmt.Sprintf("Filter table data column not present in stick table (entry #%d)", n)
		}
		operator := operators[string(words[1].Bytes)]
		if operator == nil {
			return nil, fmt.Sprintf("Unknown operator in filter table (entry #%d)", n)
		}
		limit, _ := host.ToInt(words[2])
		conditions = append(conditions, condition{d, operator, limit})
	}
	return conditions, ""
}

// listed returns the values of a list.
func listed(list abi.Value) (all []abi.Value) {
	if list.Type != abi.Table {
		return nil
	}
	for entries := list.Entries(); entries.More(); {
		entries.Next()
		all = append(all, entries.Next())
	}
	return all
}

func suits(e *sticktable.Entry, conditions []condition) bool {
	for _, k := range conditions {
		if n, _ := e.Get(k.column, 0); !k.operator(int64(n), k.limit) {
			return false
		}
	}
	return true
}
