package statspage

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/report"
)

//go:embed page.html
var text string

var page = template.Must(template.New("page").Parse(text))

// view is what the template shows.
type view struct {
	Page    *Page
	Process []fact
	Message *message
	Links   []link
	Groups  []group
	Proxies []section
	Admin   bool
	Scope   string
	Action  string // where forms are sent
}

// fact is a line about the process.
type fact struct{ Name, Value string }

type link struct{ Text, URI string }

// message says what came of the form that was sent before.
type message struct {
	Class, Text string
}

var messages = map[string]message{
	statusDone:     {"good", "Action processed successfully."},
	statusNothing:  {"note", "Nothing has changed."},
	statusPartly:   {"note", "Action partially processed: some server names are probably unknown or ambiguous."},
	statusFailed:   {"bad", "Action not processed: a name of a backend, a server or an action is unknown."},
	statusTooLarge: {"bad", "Action not processed: the form is larger than a buffer. Select fewer servers at a time."},
	statusDenied:   {"bad", "Action denied: this page is read-only for you."},
	statusUnknown:  {"bad", "Action not processed: the form could not be read."},
}

// section is a proxy with its rows.
type section struct {
	Name, Description, Legend string
	ID                        int
	Rows                      []line
	Changeable                bool // it has servers that the client may change
}

// line is a row of a table.
type line struct {
	Name, Legend, Class string
	IsServer            bool
	Cells               []cell
}

// cell is a value, with what else is to be known about it.
type cell struct{ Text, Tip string }

// view returns what the template shows.
func (p *Page) view(o options, filter report.Filter, admin bool, now time.Time) *view {
	v := &view{Page: p, Process: p.facts(now), Groups: groups, Admin: admin, Scope: o.scope}
	if m, ok := messages[o.status]; ok {
		v.Message = &m
	}
	o.status = ""
	v.Action = p.link(o)
	v.Links = p.links(o)
	for _, row := range p.Rows() {
		values := row.Values(now)
		if !filter.Shows(row, values) {
			continue
		}
		if n := len(v.Proxies); n == 0 || v.Proxies[n-1].Name != row.Proxy {
			v.Proxies = append(v.Proxies, section{Name: row.Proxy, ID: row.ProxyID, Description: p.Descriptions[row.Proxy]})
		}
		s := &v.Proxies[len(v.Proxies)-1]
		r := reading{row, values}
		l := line{Name: row.Name, Class: r.class(), IsServer: row.Kind == counter.Server}
		if p.Legends {
			l.Legend = r.legend()
			s.Legend = fmt.Sprintf("id: #%d, mode: %s", row.ProxyID, r.text("mode"))
		}
		for _, g := range groups {
			for _, c := range g.Columns {
				l.Cells = append(l.Cells, c.show(r))
			}
		}
		s.Rows = append(s.Rows, l)
		s.Changeable = s.Changeable || admin && l.IsServer
	}
	return v
}

// links lead to the same page with one option changed, and to its other forms.
func (p *Page) links(o options) []link {
	all := []link{{"Refresh now", p.link(o)}}
	other := func(text string, change func(*options)) {
		o := o
		change(&o)
		all = append(all, link{text, p.link(o)})
	}
	if o.up {
		other("Show all servers", func(o *options) { o.up = false })
	} else {
		other("Hide servers that are down", func(o *options) { o.up = true })
	}
	switch {
	case p.Refresh > 0 && o.noRefresh:
		other("Enable refresh", func(o *options) { o.noRefresh = false })
	case p.Refresh > 0:
		other("Disable refresh", func(o *options) { o.noRefresh = true })
	}
	other("CSV", func(o *options) { o.format = asCSV })
	other("JSON", func(o *options) { o.format = asJSON })
	other("JSON schema", func(o *options) { o.format = asSchema })
	return all
}

// facts are what is told of the process.
func (p *Page) facts(now time.Time) []fact {
	known := map[string]counter.Value{}
	for _, f := range p.Process.Info(now) {
		known[f.Name] = f.Value
	}
	number := func(name string) string { return thousands(known[name].Number) }
	return []fact{
		{"Process", fmt.Sprintf("pid %d, %s threads", known["Pid"].Number, number("Nbthread"))},
		{"Uptime", cmp.Or(known["Uptime"].Text, "0d 0h00m00s")},
		{"Limits", fmt.Sprintf("maxsock %s, maxconn %s", number("Maxsock"), number("Maxconn"))},
		{"Connections", fmt.Sprintf("%s now, %s in total, %s/s", number("CurrConns"), number("CumConns"), number("ConnRate"))},
		{"Traffic", bytesText(known["BytesOutRate"].Number) + "/s out"},
		{"Tasks", fmt.Sprintf("%s, idle %s %%", number("Tasks"), number("Idle_pct"))},
	}
}

// reading is a row with its values.
type reading struct {
	row    *counter.Row
	values []counter.Value
}

var indexes = func() map[string]int {
	m := make(map[string]int, len(counter.Columns))
	for i, c := range counter.Columns {
		m[c.Name] = i
	}
	return m
}()

// value returns the value of a column, which must exist.
func (r reading) value(column string) counter.Value {
	i, ok := indexes[column]
	if !ok {
		panic("statspage: no column " + column)
	}
	return r.values[i]
}

func (r reading) text(column string) string { return r.value(column).Text }

// number returns a number for people, "" where there is none.
func (r reading) number(column string) string {
	v := r.value(column)
	if v.Type == "" {
		return ""
	}
	return thousands(v.Number)
}

// class says what a row is coloured by.
func (r reading) class() string {
	switch r.row.Kind {
	case counter.Frontend:
		return "frontend"
	case counter.Backend:
		return "backend"
	case counter.Listener:
		return "listener"
	}
	status := r.text("status")
	class := "server"
	if r.value("bck").Number > 0 {
		class += " backup"
	}
	for _, c := range []struct{ prefix, class string }{
		{"MAINT", "maint"}, {"DRAIN", "drain"}, {"NOLB", "drain"}, {"no check", "unchecked"}, {"UP ", "sinking"}, {"UP", "up"}, {"DOWN ", "rising"}, {"DOWN", "down"},
	} {
		if strings.HasPrefix(status, c.prefix) {
			return class + " " + c.class
		}
	}
	return class
}

// legend tells what is configured of a row.
func (r reading) legend() string {
	var facts []string
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, name+": "+value)
		}
	}
	if r.row.Kind == counter.Server || r.row.Kind == counter.Listener {
		add("id", "#"+strconv.Itoa(r.row.ID))
	}
	add("address", r.text("addr"))
	add("cookie", r.text("cookie"))
	add("balance", r.text("algo"))
	return strings.Join(facts, ", ")
}

// thousands writes a number with its digits in groups.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(digits) - 3; i > start; i -= 3 {
		digits = digits[:i] + " " + digits[i:]
	}
	return digits
}

// bytesText writes a number of bytes in the unit that fits.
func bytesText(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	value, unit := float64(n), 0
	for value >= 1024 && unit < len(units)-1 {
		value /= 1024
		unit++
	}
	if unit == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatFloat(value, 'f', 1, 64) + " " + units[unit]
}

// duration writes seconds in the two units that matter.
func duration(seconds int64) string {
	units := []struct {
		name string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}
	i := slices.IndexFunc(units, func(u struct {
		name string
		size int64
	}) bool {
		return seconds >= u.size
	})
	switch {
	case i < 0:
		return "0s"
	case i == len(units)-1:
		return strconv.FormatInt(seconds, 10) + "s"
	}
	return strconv.FormatInt(seconds/units[i].size, 10) + units[i].name + " " +
		strconv.FormatInt(seconds%units[i].size/units[i+1].size, 10) + units[i+1].name
}
