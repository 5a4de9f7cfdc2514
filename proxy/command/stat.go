package command

import (
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/runtime"
)

// Statistics is what is counted.
type Statistics struct {
	Rows    func() []*counter.Row // in the order of "show stat"
	Process *counter.Process
}

// Commands returns the commands that show and clear counters.
func (s *Statistics) Commands() []runtime.Command {
	return []runtime.Command{
		{Words: "clear counters", Usage: "clear counters [all]", Help: "clear max statistics counters (or all counters)",
			Level: runtime.Operator, Run: s.clear},
		{Words: "clear counters all", Level: runtime.Admin, Run: s.clearAll},
		{Words: "show info", Usage: "show info [json|typed|float]*", Help: "report information about the running process", Run: s.showInfo},
		{Words: "show schema json", Usage: "show schema json", Help: "report schema used for stats", Run: showSchema},
		{Words: "show stat", Usage: "show stat [json|no-maint|typed|up]*", Help: "report counters for each proxy and server", Run: s.showStat},
	}
}

// clear counters
func (s *Statistics) clear(*runtime.Call) {
	for _, row := range s.Rows() {
		row.ClearMaxima()
	}
	s.Process.ClearMaxima()
}

// clear counters all
func (s *Statistics) clearAll(*runtime.Call) {
	for _, row := range s.Rows() {
		row.Clear()
	}
	s.Process.ClearMaxima()
}

// outputFormat is how values are written.
type outputFormat uint8

const (
	plain outputFormat = iota
	typed
	asJSON
)

// statFilter says which rows are shown, and how.
type statFilter struct {
	proxyID, id int // -1 for all
	kinds       int // a bit for each kind of row
	up, noMaint bool
	format      outputFormat
}

// kindBits are the bits of the third argument.
var kindBits = map[counter.Kind]int{counter.Frontend: 1, counter.Backend: 2, counter.Server: 4, counter.Listener: 8}

// kindLetters begin lines of the typed format, kindNames stand in JSON.
var (
	kindLetters = map[counter.Kind]string{counter.Frontend: "F", counter.Backend: "B", counter.Server: "S", counter.Listener: "L"}
	kindNames   = map[counter.Kind]string{
		counter.Frontend: "Frontend", counter.Backend: "Backend", counter.Server: "Server", counter.Listener: "Listener",
	}
)

// show stat [domain proxy] [<iid>|<proxy> <type> <sid>] [typed|json] [up|no-maint]
func (s *Statistics) showStat(c *runtime.Call) {
	rows := s.Rows()
	filter, ok := parseStat(c, rows)
	if !ok {
		return
	}
	now := time.Now()
	switch filter.format {
	case plain:
		c.Printf("%s\n", csvHeader())
	case asJSON:
		c.Printf("[")
	}
	first := true
	for _, row := range rows {
		values := row.Values(now)
		if !filter.shows(row, values) {
			continue
		}
		var b []byte
		switch filter.format {
		case plain:
			b = appendCSV(b, values)
		case typed:
			b = appendTyped(b, row, values)
		case asJSON:
			if !first {
				b = append(b, ',')
			}
			b = appendJSON(b, row, values)
		}
		first = false
		if _, err := c.Write(b); err != nil {
			return
		}
	}
	if filter.format == asJSON {
		c.Printf("]\n")
	}
}

func parseStat(c *runtime.Call, rows []*counter.Row) (f statFilter, ok bool) {
	f = statFilter{proxyID: -1, id: -1, kinds: -1}
	arguments := c.Args
	if len(arguments) > 0 && arguments[0] == "domain" {
		if c.Arg(1) != "proxy" {
			c.Fail("Invalid statistics domain.")
			return f, false
		}
		arguments = arguments[2:]
	}
	if len(arguments) >= 3 {
		if f.proxyID, ok = proxyNumber(arguments[0], rows); !ok {
			c.Fail("No such proxy.")
			return f, false
		}
		f.kinds, _ = strconv.Atoi(arguments[1])
		f.id, _ = strconv.Atoi(arguments[2])
		arguments = arguments[3:]
	}
	for _, argument := range arguments {
		switch argument {
		case "typed":
			f.format = typed
		case "json":
			f.format = asJSON
		case "up":
			f.up = true
		case "no-maint":
			f.noMaint = true
		}
	}
	return f, true
}

// proxyNumber returns the number of a proxy by itself or by its name.
func proxyNumber(text string, rows []*counter.Row) (int, bool) {
	for _, row := range rows {
		if row.Proxy == text {
			return row.ProxyID, true
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func (f *statFilter) shows(row *counter.Row, values []counter.Value) bool {
	isPart := row.Kind == counter.Server || row.Kind == counter.Listener
	status := values[statusColumn].Text
	switch {
	case f.proxyID >= 0 && row.ProxyID != f.proxyID, f.kinds&kindBits[row.Kind] == 0, f.id >= 0 && isPart && row.ID != f.id:
		return false
	case row.Kind == counter.Server && strings.HasPrefix(status, "MAINT"):
		return !f.up && !f.noMaint
	case row.Kind == counter.Server && strings.HasPrefix(status, "DOWN"):
		return !f.up
	}
	return true
}

// statusColumn is the index of the column "status".
var statusColumn = func() int {
	for i, column := range counter.Columns {
		if column.Name == "status" {
			return i
		}
	}
	panic("no column is called status")
}()

// csvHeader names the columns. After those of fixed place one called "-" has no values.
func csvHeader() string {
	var b strings.Builder
	b.WriteString("# ")
	for i, column := range counter.Columns {
		if i == counter.Separator {
			b.WriteString("-,")
		}
		b.WriteString(column.Name + ",")
	}
	return b.String()
}

func appendCSV(b []byte, values []counter.Value) []byte {
	for i, v := range values {
		if i == counter.Separator {
			b = append(b, "-,"...)
		}
		if v.Type == counter.Str && strings.ContainsAny(v.Text, ",\"\r\n") {
			b = append(b, '"')
			b = append(b, strings.ReplaceAll(v.Text, `"`, `""`)...)
			b = append(b, '"')
		} else {
			b = appendValue(b, v)
		}
		b = append(b, ',')
	}
	return append(b, '\n')
}

func appendValue(b []byte, v counter.Value) []byte {
	switch v.Type {
	case "":
		return b
	case counter.Str:
		return append(b, v.Text...)
	}
	return strconv.AppendInt(b, v.Number, 10)
}

// appendTyped writes a line for each value that there is (management manual, section 9.2).
func appendTyped(b []byte, row *counter.Row, values []counter.Value) []byte {
	prefix := kindLetters[row.Kind] + "." + strconv.Itoa(row.ProxyID) + "." + strconv.Itoa(row.ID) + "."
	for i, v := range values {
		if v.Type == "" {
			continue
		}
		column := &counter.Columns[i]
		b = append(b, prefix...)
		b = strconv.AppendInt(b, int64(i), 10)
		b = append(b, "."+column.Name+".1:"+column.TagsOf(row.Kind)+":"+string(v.Type)+":"...)
		b = append(appendValue(b, v), '\n')
	}
	return b
}

// appendJSON writes a list of the values that there are.
func appendJSON(b []byte, row *counter.Row, values []counter.Value) []byte {
	head := `{"objType":"` + kindNames[row.Kind] + `","proxyId":` + strconv.Itoa(row.ProxyID) + `,"id":` + strconv.Itoa(row.ID) + `,`
	b = append(b, '[')
	first := true
	for i, v := range values {
		if v.Type == "" {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		column := &counter.Columns[i]
		b = append(b, head...)
		b = appendField(b, i, column.Name, column.TagsOf(row.Kind), v)
	}
	return append(b, ']')
}
