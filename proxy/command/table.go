package command

import (
	"fmt"
	"strconv"
	"strings"

	"tidelock/proxy/runtime"
	"tidelock/proxy/sticktable"
)

// Tables returns the commands about stick tables.
func Tables(tables *sticktable.Tables) []runtime.Command {
	t := &tableCommands{tables}
	return []runtime.Command{
		{Words: "clear table", Usage: "clear table <table> [<filter>]*", Help: "remove an entry from a table (filter: data/key)",
			Level: runtime.Admin, Run: t.clear},
		{Words: "set table", Usage: "set table <table> key <k> [data.* <v>]*", Help: "update or create a table entry's data",
			Level: runtime.Admin, Run: t.set},
		{Words: "show table", Usage: "show table <table> [<filter>]*", Help: "report table usage stats or dump this table's contents (filter: data/key)",
			Run: t.show},
	}
}

type tableCommands struct{ tables *sticktable.Tables }

// maxFilters is how many conditions a command takes.
const maxFilters = 4

// table finds the table that the first argument names.
func (t *tableCommands) table(c *runtime.Call) *sticktable.Table {
	found := t.tables.Named(c.Arg(0))
	if found == nil {
		c.Fail("No such table")
	}
	return found
}

// show table [<table> [ data.<type> <operator> <value> ... | key <key> ]]
func (t *tableCommands) show(c *runtime.Call) {
	if c.Arg(0) == "" {
		for _, table := range t.tables.All() {
			showHeader(c, table)
		}
		return
	}
	table := t.table(c)
	if table == nil {
		return
	}
	switch what := c.Arg(1); {
	case what == "key":
		if key, ok := keyArgument(c, table, "Showing"); ok {
			if e := table.Lookup(key); e != nil {
				showHeader(c, table)
				showEntry(c, table, e)
			}
		}
	case what == "" || strings.HasPrefix(what, "data."):
		matches, ok := filters(c, table)
		if !ok {
			return
		}
		showHeader(c, table)
		for _, e := range table.Entries() {
			if matches(e) {
				showEntry(c, table, e)
			}
		}
	default:
		c.Fail(`Optional argument only supports "data.<store_data_type>" <operator> <value> and key <key>`)
	}
}

// clear table <table> [ data.<type> <operator> <value> ... | key <key> ]
func (t *tableCommands) clear(c *runtime.Call) {
	const usage = `Required arguments: <table> "data.<store_data_type>" <operator> <value> or <table> key <key>`
	if c.Arg(0) == "" {
		c.Fail("%s", usage)
		return
	}
	table := t.table(c)
	if table == nil {
		return
	}
	switch what := c.Arg(1); {
	case what == "key":
		if key, ok := keyArgument(c, table, "Removing"); ok {
			if e := table.Lookup(key); e != nil && !table.Remove(e) {
				c.Fail("Entry currently in use, cannot remove")
			}
		}
	case what == "" || strings.HasPrefix(what, "data."):
		if matches, ok := filters(c, table); ok {
			for _, e := range table.Entries() {
				if matches(e) {
					table.Remove(e) // what is tracked stays
				}
			}
		}
	default:
		c.Fail("%s", usage)
	}
}

// set table <table> key <key> [data.<type> <value>]...
func (t *tableCommands) set(c *runtime.Call) {
	const usage = "Required arguments: <table> key <key> [data.<store_data_type> <value>]*"
	if c.Arg(0) == "" {
		c.Fail("%s", usage)
		return
	}
	table := t.table(c)
	if table == nil {
		return
	}
	switch what := c.Arg(1); {
	case what == "":
		return
	case strings.HasPrefix(what, "data."):
		c.Fail(`content-based lookup is only supported with the "show" and "clear" actions`)
		return
	case what != "key":
		c.Fail("%s", usage)
		return
	}
	key, ok := keyArgument(c, table, "Inserting")
	if !ok {
		return
	}
	var changes []func(*sticktable.Entry)
	for i := 3; c.Arg(i) != ""; i += 2 {
		name, isData := strings.CutPrefix(c.Arg(i), "data.")
		if !isData {
			c.Fail(`"data.<type>" followed by a value expected`)
			return
		}
		d, problem := storedType(table, name)
		if problem != "" {
			c.Fail("%s", problem)
			return
		}
		n, err := strconv.ParseInt(c.Arg(i+1), 10, 64)
		if err != nil {
			c.Fail("Require a valid integer value to store")
			return
		}
		changes = append(changes, func(e *sticktable.Entry) { e.Set(d, 0, uint64(n)) })
	}
	e := table.Use(key)
	if e == nil {
		c.Fail("Unable to allocate a new entry")
		return
	}
	for _, change := range changes {
		change(e)
	}
}

// keyArgument reads "key <key>".
func keyArgument(c *runtime.Call, table *sticktable.Table, doing string) (key []byte, ok bool) {
	if c.Arg(2) == "" {
		c.Fail("Key value expected")
		return nil, false
	}
	if table.Type == sticktable.Binary {
		c.Fail("%s keys %s tables of type other than ip, ipv6, string and integer is not supported", doing,
			map[string]string{"Showing": "from", "Removing": "from", "Inserting": "into"}[doing])
		return nil, false
	}
	if key, ok = table.ParseKey(c.Arg(2)); !ok && table.Type == sticktable.IPv6 {
		c.Fail("Invalid key")
	}
	return key, ok
}

// storedType returns the data type of a name, or what is wrong with it.
func storedType(table *sticktable.Table, name string) (d *sticktable.DataType, problem string) {
	d = sticktable.DataTypeNamed(name)
	switch {
	case d == nil:
		return nil, "Unknown data type"
	case !table.Stores(d, 0):
		return nil, "Data type not stored in this table"
	}
	return d, ""
}

var operators = map[string]func(a, b int64) bool{
	"eq": func(a, b int64) bool { return a == b },
	"ne": func(a, b int64) bool { return a != b },
	"le": func(a, b int64) bool { return a <= b },
	"ge": func(a, b int64) bool { return a >= b },
	"lt": func(a, b int64) bool { return a < b },
	"gt": func(a, b int64) bool { return a > b },
}

// filters reads "data.<type> <operator> <value>", any number of them, and returns what an entry has to be like.
func filters(c *runtime.Call, table *sticktable.Table) (matches func(*sticktable.Entry) bool, ok bool) {
	var conditions []func(*sticktable.Entry) bool
	at := 1
	for ; c.Arg(at) != "" && len(conditions) < maxFilters; at += 3 {
		which := fmt.Sprintf("Filter entry #%d: ", len(conditions)+1)
		name, _ := strings.CutPrefix(c.Arg(at), "data.")
		d, problem := storedType(table, name)
		if problem != "" {
			c.Fail("%s%s", which, problem)
			return nil, false
		}
		compare := operators[c.Arg(at+1)]
		if compare == nil {
			c.Fail(`%sRequire and operator among "eq", "ne", "le", "ge", "lt", "gt"`, which)
			return nil, false
		}
		limit, err := strconv.ParseInt(c.Arg(at+2), 10, 64)
		if err != nil {
			c.Fail("%sRequire a valid integer value to compare against", which)
			return nil, false
		}
		conditions = append(conditions, func(e *sticktable.Entry) bool {
			n, _ := e.Get(d, 0)
			return compare(int64(n), limit)
		})
	}
	if c.Arg(at) != "" {
		c.Fail("Detected extra data in filter, %dth word of input, after '%s'", at+3, c.Arg(at-1))
		return nil, false
	}
	return func(e *sticktable.Entry) bool {
		for _, holds := range conditions {
			if !holds(e) {
				return false
			}
		}
		return true
	}, true
}

func showHeader(c *runtime.Call, t *sticktable.Table) {
	c.Printf("# table: %s, type: %s, size:%d, used:%d\n", t.Name, t.Type, t.Size, t.Used())
}

// showEntry prints an entry. HAProxy begins the line with an address in memory; here it is the entry's, too, and says as
// little.
func showEntry(c *runtime.Call, t *sticktable.Table, e *sticktable.Entry) {
	c.Printf("%p: key=%s use=%d exp=%d", e, t.FormatKey(e.Key()), e.Users(), e.TimeToLive().Milliseconds())
	for _, column := range t.Columns() {
		for i := range column.Elements {
			showElement(c, e, column, i)
		}
	}
	c.Printf("\n")
}

func showElement(c *runtime.Call, e *sticktable.Entry, column sticktable.Stored, i int) {
	d := column.Type
	if d.Form == sticktable.ServerKey {
		if _, name := e.Server(); name != "" {
			c.Printf(" %s=%s", d.Name, name)
		} else {
			c.Printf(" %s=", d.Name)
		}
		return
	}
	name := d.Name
	if d.IsArray() { // gpc_rate has the elements gpc0_rate, gpc1_rate ...
		base, rest, _ := strings.Cut(name, "_")
		if name = base + strconv.Itoa(i); rest != "" {
			name += "_" + rest
		}
	}
	n, _ := e.Get(d, i)
	if d.Form == sticktable.Rate {
		c.Printf(" %s(%d)=%d", name, column.Period.Milliseconds(), n)
		return
	}
	c.Printf(" %s=%d", name, n)
}
