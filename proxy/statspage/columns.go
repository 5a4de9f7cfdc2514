package statspage

import (
	"strings"

	"tidelock/proxy/counter"
)

// group is what stands under one heading.
type group struct {
	Title   string
	Columns []column
}

// column is a column of the page.
type column struct {
	Title string
	show  func(reading) cell
}

// groups are the columns of the page, which shows the same as HAProxy's under its headings.
var groups = []group{
	{"Queue", []column{
		plain("Cur", "qcur"), plain("Max", "qmax"), plain("Limit", "qlimit"),
	}},
	{"Session rate", []column{
		tipped("Cur", "rate", list("Connections/s", "conn_rate", "Requests/s", "req_rate")),
		tipped("Max", "rate_max", list("Connections/s", "conn_rate_max", "Requests/s", "req_rate_max")),
		{"Limit", func(r reading) cell {
			if r.value("rate_lim").Number == 0 {
				return cell{}
			}
			return cell{Text: r.number("rate_lim")}
		}},
	}},
	{"Sessions", []column{
		tipped("Cur", "scur", list("Idle connections", "srv_icur", "In use", "used_conn_cur", "Needed (estimated)", "need_conn_est")),
		plain("Max", "smax"), plain("Limit", "slim"),
		tipped("Total", "stot", list("Connections", "conn_tot", "Requests", "req_tot", "1xx", "hrsp_1xx", "2xx", "hrsp_2xx", "3xx", "hrsp_3xx",
			"4xx", "hrsp_4xx", "5xx", "hrsp_5xx", "other", "hrsp_other", "Intercepted", "intercepted", "Cache lookups", "cache_lookups",
			"Cache hits", "cache_hits", "Connects", "connect", "Reuses", "reuse", "Average queue time (ms)", "qtime",
			"Average connect time (ms)", "ctime", "Average response time (ms)", "rtime", "Average total time (ms)", "ttime")),
		plain("LbTot", "lbtot"),
		{"Last", func(r reading) cell {
			v := r.value("lastsess")
			switch {
			case v.Type == "":
				return cell{}
			case v.Number < 0:
				return cell{Text: "never"}
			}
			return cell{Text: duration(v.Number)}
		}},
	}},
	{"Bytes", []column{
		size("In", "bin", nil), size("Out", "bout", list("Compression in", "comp_in", "Compression out", "comp_out", "Bypassed", "comp_byp", "Compressed responses", "comp_rsp")),
	}},
	{"Denied", []column{
		tipped("Req", "dreq", list("Connections", "dcon", "Sessions", "dses")), plain("Resp", "dresp"),
	}},
	{"Errors", []column{
		plain("Req", "ereq"), plain("Conn", "econ"),
		tipped("Resp", "eresp", list("Client aborts", "cli_abrt", "Server aborts", "srv_abrt", "Internal errors", "eint", "Failed rewrites", "wrew")),
	}},
	{"Warnings", []column{plain("Retr", "wretr"), plain("Redis", "wredis")}},
	{"Server", []column{
		{"Status", showStatus},
		{"LastChk", showCheck},
		tipped("Wght", "weight", list("Configured", "uweight")),
		{"Act", ofServers("act", "Y", "-")},
		{"Bck", ofServers("bck", "Y", "-")},
		tipped("Chk", "chkfail", list("Failed by analysis of traffic", "hanafail")),
		plain("Dwn", "chkdown"),
		{"Dwntme", func(r reading) cell {
			if v := r.value("downtime"); v.Type != "" {
				return cell{Text: duration(v.Number)}
			}
			return cell{}
		}},
		{"Thrtle", func(r reading) cell {
			if text := r.number("throttle"); text != "" {
				return cell{Text: text + " %"}
			}
			return cell{}
		}},
	}},
}

// plain shows a number.
func plain(title, name string) column {
	return column{title, func(r reading) cell { return cell{Text: r.number(name)} }}
}

// tipped shows a number, and others in its tip.
func tipped(title, name string, tip func(reading) string) column {
	return column{title, func(r reading) cell { return cell{r.number(name), tip(r)} }}
}

// size shows a number of bytes, exactly in its tip.
func size(title, name string, tip func(reading) string) column {
	return column{title, func(r reading) cell {
		v := r.value(name)
		if v.Type == "" {
			return cell{}
		}
		exact := thousands(v.Number) + " bytes"
		if tip != nil {
			if more := tip(r); more != "" {
				exact += "\n" + more
			}
		}
		return cell{bytesText(v.Number), exact}
	}}
}

// list makes a tip of titles, each followed by its column; those without a value are left out.
func list(pairs ...string) func(reading) string {
	return func(r reading) string {
		var lines []string
		for i := 0; i < len(pairs); i += 2 {
			if text := r.number(pairs[i+1]); text != "" {
				lines = append(lines, pairs[i]+": "+text)
			}
		}
		return strings.Join(lines, "\n")
	}
}

// showStatus shows for how long a server or backend has been what it is.
func showStatus(r reading) cell {
	c := cell{Text: r.text("status")}
	if v := r.value("lastchg"); v.Type != "" {
		c.Text = duration(v.Number) + " " + c.Text
	}
	if tracked := r.text("tracked"); tracked != "" {
		c.Tip = "tracks " + tracked
	}
	return c
}

// showCheck shows what the last health and agent checks gave.
func showCheck(r reading) cell {
	var texts, tips []string
	for _, kind := range []struct{ name, last string }{{"check", "last_chk"}, {"agent", "last_agt"}} {
		status := r.text(kind.name + "_status")
		if status == "" {
			continue
		}
		if code := r.number(kind.name + "_code"); code != "" {
			status += "/" + code
		}
		if d := r.number(kind.name + "_duration"); d != "" {
			status += " in " + d + "ms"
		}
		texts = append(texts, status)
		tip := r.text(kind.name + "_desc")
		if last := r.text(kind.last); last != "" {
			tip += ": " + last
		}
		tips = append(tips, tip)
	}
	return cell{strings.Join(texts, ", "), strings.Join(tips, "\n")}
}

// ofServers shows a word for a server and a number for a backend.
func ofServers(name, yes, no string) func(reading) cell {
	return func(r reading) cell {
		switch {
		case r.row.Kind != counter.Server:
			return cell{Text: r.number(name)}
		case r.value(name).Number > 0:
			return cell{Text: yes}
		}
		return cell{Text: no}
	}
}
