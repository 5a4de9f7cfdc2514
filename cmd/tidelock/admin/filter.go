package admin

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Filter chooses executions. The zero value takes all.
type Filter struct {
	Registration string        // a part of "kind name", or of "file:line"
	Outcome      string        // one of Outcomes, or "failed" for all but "ok"
	Slow         time.Duration // the least that it takes
}

// Failed is the outcome that stands for all which are not ok.
const Failed = "failed"

// Passes says whether the filter takes an execution. Outcome and duration of one that goes on are not known: it passes only
// where neither matters.
func (f *Filter) Passes(x *Execution) bool {
	if f.Registration != "" && !strings.Contains(x.Title(), f.Registration) && !strings.Contains(x.Place(), f.Registration) {
		return false
	}
	if f.Outcome == "" && f.Slow == 0 {
		return true
	}
	if x.State != Ended || x.Duration < f.Slow {
		return false
	}
	return f.Outcome == "" || f.Outcome == x.Outcome || f.Outcome == Failed && x.Outcome != "ok"
}

// Title names the registration: its kind, and its name where it has one.
func (e *Execution) Title() string { return strings.TrimSuffix(e.Kind+" "+e.Name, " ") }

// Place is where the function is defined.
func (e *Execution) Place() string { return fmt.Sprintf("%s:%d", e.File, e.Line) }

// Values writes the filter as the query of a URL.
func (f *Filter) Values() url.Values {
	v := make(url.Values)
	if f.Registration != "" {
		v.Set("registration", f.Registration)
	}
	if f.Outcome != "" {
		v.Set("outcome", f.Outcome)
	}
	if f.Slow > 0 {
		v.Set("slow", f.Slow.String())
	}
	return v
}

// ParseFilter reads what Values has written.
func ParseFilter(v url.Values) (f Filter, err error) {
	for key := range v {
		value := v.Get(key)
		switch key {
		case "registration":
			f.Registration = value
		case "outcome":
			f.Outcome = value
		case "slow":
			if f.Slow, err = time.ParseDuration(value); err != nil {
				return f, fmt.Errorf("slow: expected a time such as 5ms, found '%s'", value)
			}
		default:
			return f, fmt.Errorf("unknown parameter '%s'", key)
		}
	}
	return f, f.Check()
}

// Check returns an error where the filter can take nothing.
func (f *Filter) Check() error {
	if known := append(Outcomes(), Failed); f.Outcome != "" && !slices.Contains(known, f.Outcome) {
		return fmt.Errorf("outcome: expected one of %s, found '%s'", strings.Join(known, ", "), f.Outcome)
	}
	return nil
}
