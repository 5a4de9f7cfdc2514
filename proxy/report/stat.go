// Package report writes what is counted in the formats of "show stat" and "show info" (management manual, sections 9.1 to
// 9.3), for the runtime API and for the statistics page. What a script might parse has HAProxy's form byte for byte.
package report

import (
	"io"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/counter"
)

// Format is how values are written.
type Format uint8

const (
	CSV   Format = iota
	Typed        // a line for each value
	JSON
)

// Filter says which rows are shown.
type Filter struct {
	ProxyID, ID int                     // -1 for all
	Kinds       int                     // a bit for each kind of row, -1 for all
	Up          bool                    // servers that are up
	NoMaint     bool                    // servers that are not in maintenance
	Scope       func(proxy string) bool // the proxies, nil for all
}

// Everything shows all rows.
var Everything = Filter{ProxyID: -1, ID: -1, Kinds: -1}

// kindBits are the bits of the third argument.
var kindBits = map[counter.Kind]int{counter.Frontend: 1, counter.Backend: 2, counter.Server: 4, counter.Listener: 8}

// kindLetters begin lines of the typed format, kindNames stand in JSON.
var (
	kindLetters = map[counter.Kind]string{counter.Frontend: "F", counter.Backend: "B", counter.Server: "S", counter.Listener: "L"}
	kindNames   = map[counter.Kind]string{
		counter.Frontend: "Frontend", counter.Backend: "Backend", counter.Server: "Server", counter.Listener: "Listener",
	}
)

// Stat writes the rows that the filter shows, as they are now.
func Stat(w io.Writer, rows []*counter.Row, filter Filter, format Format, now time.Time) error {
	var b []byte
	switch format {
	case CSV:
		b = append(b, csvHeader()+"\n"...)
	case JSON:
		b = append(b, '[')
	}
	first := true
	for _, row := range rows {
		values := row.Values(now)
		if !filter.Shows(row, values) {
			continue
		}
		switch format {
		case CSV:
			b = appendCSV(b, values)
		case Typed:
			b = appendTyped(b, row, values)
		case JSON:
			if !first {
				b = append(b, ',')
			}
			b = appendJSON(b, row, values)
		}
		first = false
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	if format == JSON {
		b = append(b, "]\n"...)
	}
	_, err := w.Write(b)
	return err
}

// Shows reports whether a row with these values is shown.
func (f *Filter) Shows(row *counter.Row, values []counter.Value) bool {
	isPart := row.Kind == counter.Server || row.Kind == counter.Listener
	status := values[statusColumn].Text
	switch {
	case f.Scope != nil && !f.Scope(row.Proxy):
		return false
	case f.ProxyID >= 0 && row.ProxyID != f.ProxyID, f.Kinds&kindBits[row.Kind] == 0, f.ID >= 0 && isPart && row.ID != f.ID:
		return false
	case row.Kind == counter.Server && strings.HasPrefix(status, "MAINT"):
		return !f.Up && !f.NoMaint
	case row.Kind == counter.Server && strings.HasPrefix(status, "DOWN"):
		return !f.Up
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
			b = AppendValue(b, v)
		}
		b = append(b, ',')
	}
	return append(b, '\n')
}

// AppendValue writes a value; one that there is not is empty.
func AppendValue(b []byte, v counter.Value) []byte {
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
		b = append(AppendValue(b, v), '\n')
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
		b = AppendField(b, i, column.Name, column.TagsOf(row.Kind), v)
	}
	return append(b, ']')
}
