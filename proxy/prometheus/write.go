package prometheus

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/sticktable"
)

// The types of metrics.
const (
	gauge   = "gauge"
	counted = "counter"
)

// metric is a metric, of the process or of rows.
type metric struct {
	name, kind, help string
	from             string // the field of "show info", or the column of "show stat"
	of               scope  // the kinds of rows that have it
	http             bool   // in mode http only
	class            string // of statuses, a label; the metrics of one name follow one another

	// show writes the samples of a row, or of the process; nil writes one with the value.
	show func(w *writer, m *metric, r *reading)
}

// writer writes samples.
type writer struct {
	*bufio.Writer
	now      time.Time
	prefix   string         // of the names at hand, such as "haproxy_server_"
	begun    bool           // the metric at hand has its head
	siblings []reading      // the servers of all backends, for what backends tell of them
	columns  map[string]int // by name
}

// reading is a row with its values and labels.
type reading struct {
	row    *counter.Row
	values []counter.Value
	labels string
}

// head writes what precedes the samples of a metric.
func (w *writer) head(m *metric) {
	fmt.Fprintf(w, "# HELP %s%s %s\n# TYPE %s%s %s\n", w.prefix, m.name, m.help, w.prefix, m.name, m.kind)
}

// sample writes one sample, after the head of its metric.
func (w *writer) sample(m *metric, labels, value string) {
	if !w.begun {
		w.begun = true
		w.head(m)
	}
	w.WriteString(w.prefix)
	w.WriteString(m.name)
	if labels != "" {
		w.WriteString("{" + labels + "}")
	}
	w.WriteString(" " + value + "\n")
}

// label returns a label, escaped as the format asks for.
func label(name, value string) string {
	return name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
}

// number returns a value; one that there is not is no number.
func number(v counter.Value) string {
	if v.Type == "" {
		return "NaN"
	}
	return strconv.FormatInt(v.Number, 10)
}

// process writes the metrics of the process.
func (w *writer) process(p *counter.Process) {
	w.prefix = "haproxy_process_"
	fields := map[string]counter.Value{}
	for _, f := range p.Info(w.now) {
		fields[f.Name] = f.Value
	}
	for i := range processMetrics {
		m := &processMetrics[i]
		w.begun = false
		if m.show != nil {
			m.show(w, m, &reading{values: []counter.Value{fields[m.from]}})
			continue
		}
		w.sample(m, "", number(fields[m.from]))
	}
}

// build writes the version as a label.
func build(w *writer, m *metric, r *reading) {
	w.sample(m, label("version", r.values[0].Text), "1")
}

// rows writes the metrics of the rows of a kind.
func (w *writer) rows(rows []*counter.Row, s scope, kind counter.Kind, noMaint bool) {
	if w.columns == nil {
		w.columns = map[string]int{}
		for i, c := range counter.Columns {
			w.columns[c.Name] = i
		}
	}
	w.prefix = map[scope]string{frontends: "haproxy_frontend_", listeners: "haproxy_listener_", backends: "haproxy_backend_", servers: "haproxy_server_"}[s]
	readings := w.read(rows, kind)
	if kind == counter.Backend {
		w.siblings = w.read(rows, counter.Server)
	}
	for i := range rowMetrics {
		m := &rowMetrics[i]
		if m.of&s == 0 {
			continue
		}
		if i == 0 || rowMetrics[i-1].name != m.name {
			w.begun = false
		}
		for j := range readings {
			r := &readings[j]
			switch {
			case m.http && !r.row.HTTP, noMaint && kind == counter.Server && w.state(r) == "MAINT":
			case m.show != nil:
				m.show(w, m, r)
			case m.class != "":
				w.sample(m, r.labels+","+label("code", m.class), number(w.value(m, r)))
			default:
				w.sample(m, r.labels, number(w.value(m, r)))
			}
		}
	}
}

func (w *writer) read(rows []*counter.Row, kind counter.Kind) (readings []reading) {
	for _, row := range rows {
		if row.Kind != kind {
			continue
		}
		labels := label("proxy", row.Proxy)
		switch kind {
		case counter.Server:
			labels += "," + label("server", row.Name)
		case counter.Listener:
			labels += "," + label("listener", row.Name)
		}
		readings = append(readings, reading{row, row.Values(w.now), labels})
	}
	return readings
}

func (w *writer) value(m *metric, r *reading) counter.Value { return r.values[w.columns[m.from]] }

// tables writes the metrics of stick tables.
func (w *writer) tables(t *sticktable.Tables) {
	w.prefix = "haproxy_sticktable_"
	all := t.All()
	for _, m := range []struct {
		metric
		value func(*sticktable.Table) int
	}{
		{metric{name: "size", kind: gauge, help: "Entries that the table may have"}, func(t *sticktable.Table) int { return t.Size }},
		{metric{name: "used", kind: gauge, help: "Entries that it has"}, (*sticktable.Table).Used},
	} {
		w.begun = false
		for _, table := range all {
			w.sample(&m.metric, label("name", table.Name)+","+label("type", table.Type.String()), strconv.Itoa(m.value(table)))
		}
	}
}
