package prometheus

import (
	"strconv"
	"strings"

	"tidelock/proxy/counter"
)

var (
	proxyStates    = []string{"DOWN", "UP"}
	listenerStates = []string{"WAITING", "OPEN", "FULL"}
	stateNames     = []string{"DOWN", "UP", "MAINT", "DRAIN", "NOLB"} // of servers
	checkNames     = []string{"HANA", "SOCKERR", "L4OK", "L4TOUT", "L4CON", "L6OK", "L6TOUT", "L6RSP", "L7TOUT", "L7RSP", "L7OK", "L7OKC",
		"L7STS", "PROCERR", "PROCTOUT", "PROCOK"}
)

// state returns the state of a row in the words of the metrics.
func (w *writer) state(r *reading) string {
	status := r.values[w.columns["status"]].Text
	switch r.row.Kind {
	case counter.Listener:
		return status
	case counter.Frontend, counter.Backend:
		if status == "OPEN" || status == "UP" {
			return "UP"
		}
		return "DOWN"
	}
	for _, name := range []string{"DOWN", "MAINT", "DRAIN", "NOLB"} {
		if strings.HasPrefix(status, name) {
			return name
		}
	}
	return "UP"
}

// states writes a sample for each state, 1 for the one that holds.
func states(w *writer, m *metric, r *reading) {
	names := stateNames
	switch r.row.Kind {
	case counter.Listener:
		names = listenerStates
	case counter.Frontend, counter.Backend:
		names = proxyStates
	}
	oneOf(w, m, r, names, w.state(r))
}

func oneOf(w *writer, m *metric, r *reading, names []string, holds string) {
	for _, name := range names {
		value := "0"
		if name == holds {
			value = "1"
		}
		w.sample(m, r.labels+","+label("state", name), value)
	}
}

// lastCheck returns what the last health check of a server gave, "" where there is none.
func (w *writer) lastCheck(r *reading) string {
	return strings.TrimPrefix(r.values[w.columns["check_status"]].Text, "* ")
}

// checkStatus writes a sample for each result of checks, of a server that is checked.
func checkStatus(w *writer, m *metric, r *reading) {
	if last := w.lastCheck(r); last != "" {
		oneOf(w, m, r, checkNames, last)
	}
}

// ofChecks writes a value of a server that is checked.
func ofChecks(w *writer, m *metric, r *reading) {
	if w.lastCheck(r) != "" {
		w.sample(m, r.labels, strconv.FormatInt(w.value(m, r).Number, 10))
	}
}

// checkDuration writes a time of a server that is checked.
func checkDuration(w *writer, m *metric, r *reading) {
	if w.lastCheck(r) != "" {
		milliseconds(w, m, r)
	}
}

// milliseconds writes a time in seconds.
func milliseconds(w *writer, m *metric, r *reading) {
	w.sample(m, r.labels, strconv.FormatFloat(float64(w.value(m, r).Number)/1000, 'f', 6, 64))
}

// serverStates writes how many servers of a backend are in each state.
func serverStates(w *writer, m *metric, r *reading) { w.tally(m, r, stateNames, w.state) }

// checkStates writes how many servers of a backend had each result at their last check.
func checkStates(w *writer, m *metric, r *reading) { w.tally(m, r, checkNames, w.lastCheck) }

func (w *writer) tally(m *metric, r *reading, names []string, of func(*reading) string) {
	count := map[string]int{}
	for i := range w.siblings {
		if s := &w.siblings[i]; s.row.ProxyID == r.row.ProxyID {
			count[of(s)]++
		}
	}
	for _, name := range names {
		w.sample(m, r.labels+","+label("state", name), strconv.Itoa(count[name]))
	}
}
