package acl

import (
	"fmt"
	"math"
	"strings"

	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// interval is a range of integers with both ends in it.
type interval struct{ low, high int64 }

func matchInt(patterns []pattern) (matcher, error) {
	intervals, err := parseIntervals(patterns)
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context, v value.Value) bool {
		v = v.Cast(value.Integer, &c.Scratch)
		return v.Valid() && within(intervals, v.Int)
	}, nil
}

func matchLen(patterns []pattern) (matcher, error) {
	intervals, err := parseIntervals(patterns)
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context, v value.Value) bool {
		if !v.HasData() {
			v = v.Cast(value.String, &c.Scratch)
		}
		return within(intervals, int64(len(v.Data)))
	}, nil
}

func within(intervals []interval, n int64) bool {
	for _, i := range intervals {
		if i.low <= n && n <= i.high {
			return true
		}
	}
	return false
}

// operators turn the range that a value stands for into the one that matches. One of a range keeps the other bound, as
// in HAProxy, which discourages it.
var operators = map[string]func(i interval, isRange bool) interval{
	"eq": func(i interval, _ bool) interval { return i },
	"ge": func(i interval, isRange bool) interval {
		if !isRange {
			i.high = math.MaxInt64
		}
		return i
	},
	"gt": func(i interval, isRange bool) interval {
		if i.low == math.MaxInt64 {
			return interval{1, 0} // nothing is greater
		}
		if i.low++; !isRange {
			i.high = math.MaxInt64
		}
		return i
	},
	"le": func(i interval, isRange bool) interval {
		if !isRange {
			i.low = math.MinInt64
		}
		return i
	},
	"lt": func(i interval, isRange bool) interval {
		if i.high == math.MinInt64 {
			return interval{1, 0} // nothing is less
		}
		if i.high--; !isRange {
			i.low = math.MinInt64
		}
		return i
	},
}

// parseIntervals reads numbers, ranges and operators, which hold for all values after them (manual, section 7.1.2).
func parseIntervals(patterns []pattern) ([]interval, error) {
	operator := operators["eq"]
	var intervals []interval
	for _, p := range patterns {
		if o, ok := operators[p.text]; ok {
			operator = o
			continue
		}
		i, err := parseInterval(p.text)
		if err != nil {
			return nil, patternError{p.word, err}
		}
		intervals = append(intervals, operator(i, strings.Contains(p.text, ":")))
	}
	return intervals, nil
}

// parseInterval reads a number, or a range whose ends may be missing.
func parseInterval(text string) (interval, error) {
	low, high, isRange := strings.Cut(text, ":")
	i := interval{math.MinInt64, math.MaxInt64}
	ok := low != "" || isRange && high != ""
	if low != "" {
		ok = ok && parseNumber(low, &i.low)
	}
	switch {
	case !isRange:
		i.high = i.low
		if !ok {
			return i, fmt.Errorf("'%s' is neither a number nor an operator (eq, ge, gt, le, lt)", text)
		}
		return i, nil
	case high != "":
		ok = ok && parseNumber(high, &i.high)
	}
	if !ok || i.low > i.high {
		return i, fmt.Errorf("'%s' is not a valid number range", text)
	}
	return i, nil
}

func parseNumber(text string, n *int64) bool {
	var rest []byte
	*n, rest = value.LeadingInt([]byte(text))
	return len(rest) == 0 && strings.Trim(text, "+-") != ""
}
