package pattern

import (
	"fmt"
	"math"
	"strings"

	"tidelock/proxy/value"
)

// interval is a range of integers with both ends in it.
type interval struct{ low, high int64 }

func (i interval) matches(v value.Value) bool { return i.low <= v.Int && v.Int <= i.high }

// matchesLength compares the length of a sample in its text or binary form.
func (i interval) matchesLength(v value.Value) bool {
	n := int64(len(v.Data))
	if !v.HasData() {
		var text [64]byte
		n = int64(len(v.AppendText(text[:0])))
	}
	return i.low <= n && n <= i.high
}

// parseInterval reads a number, or a range whose ends may be missing.
func parseInterval(text string) (interval, error) { return parseRange(text, parseNumber) }

// parseVersions is parseInterval for versions of a protocol, whose two parts stand in 16 bits each: 3.1 is 0x30001.
func parseVersions(text string) (interval, error) { return parseRange(text, parseVersion) }

func parseRange(text string, number func(string) (int64, bool)) (interval, error) {
	low, high, isRange := strings.Cut(text, ":")
	i := interval{math.MinInt64, math.MaxInt64}
	ok := low != "" || high != ""
	if low != "" {
		n, valid := number(low)
		i.low, ok = n, ok && valid
	}
	if !isRange {
		if !ok {
			return i, fmt.Errorf("'%s' is not a number", text)
		}
		i.high = i.low
		return i, nil
	}
	if high != "" {
		n, valid := number(high)
		i.high, ok = n, ok && valid
	}
	if !ok || i.low > i.high {
		return i, fmt.Errorf("'%s' is not a valid number range", text)
	}
	return i, nil
}

func parseNumber(text string) (int64, bool) {
	n, rest := value.LeadingInt([]byte(text))
	return n, len(rest) == 0 && strings.Trim(text, "+-") != ""
}

func parseVersion(text string) (int64, bool) {
	major, minor, dotted := strings.Cut(text, ".")
	n, ok := parseNumber(major)
	if !dotted {
		return n << 16, ok
	}
	m, valid := parseNumber(minor)
	return n<<16 + m, ok && valid
}
