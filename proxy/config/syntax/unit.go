package syntax

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ErrTimeOverflow is what ParseTime returns above HAProxy's longest timer, 2^31-1 milliseconds.
var ErrTimeOverflow = errors.New("timer overflow")

// CharacterError says that a number or a unit has a character that it must not have.
type CharacterError byte

func (e CharacterError) Error() string { return fmt.Sprintf("unexpected character '%c'", byte(e)) }

// ParseTime reads a time such as "5s"; without a unit it counts in the one given. Times below a millisecond are rounded
// up to one. What follows the unit is ignored as in HAProxy: "30sec" is common.
//
// Errors: CharacterError, ErrTimeOverflow.
//
// See section 2.5 of the manual.
func ParseTime(text string, unit time.Duration) (time.Duration, error) {
	return parseTime(text, unit, time.Millisecond)
}

// ParseSeconds is ParseTime for what HAProxy keeps in seconds, up to 2^31-1 of them: that is the unit, and what times are
// rounded up to.
func ParseSeconds(text string) (time.Duration, error) {
	return parseTime(text, time.Second, time.Second)
}

func parseTime(text string, unit, resolution time.Duration) (time.Duration, error) {
	n, suffix, err := leadingNumber(text)
	if err != nil {
		return 0, err
	}
	if suffix != "" {
		if unit = timeUnit(suffix); unit == 0 {
			return 0, CharacterError(suffix[0])
		}
	}
	if n > uint64(math.MaxInt32*resolution/unit) {
		return 0, ErrTimeOverflow
	}
	d := time.Duration(n) * unit
	return (d + resolution - 1).Truncate(resolution), nil
}

// timeUnit returns the unit that suffix starts with, or 0.
func timeUnit(suffix string) time.Duration {
	second := byte(0)
	if len(suffix) > 1 {
		second = suffix[1]
	}
	switch {
	case suffix[0] == 'u' && second == 's':
		return time.Microsecond
	case suffix[0] == 'm' && second == 's':
		return time.Millisecond
	case suffix[0] == 's':
		return time.Second
	case suffix[0] == 'm':
		return time.Minute
	case suffix[0] == 'h':
		return time.Hour
	case suffix[0] == 'd':
		return 24 * time.Hour
	}
	return 0
}

// AfterUnit returns the first byte behind the unit of a valid time, which ParseTime ignores, or 0.
func AfterUnit(text string) byte {
	rest := text[span(text, isDigit):]
	for _, unit := range []string{"us", "ms", "s", "m", "h", "d"} {
		if tail, found := strings.CutPrefix(rest, unit); found && tail != "" {
			return tail[0]
		} else if found {
			return 0
		}
	}
	return 0
}

// ParseSize reads a number of bytes such as "16k".
func ParseSize(text string) (uint64, error) {
	n, suffix, err := leadingNumber(text)
	if err != nil {
		return 0, err
	}
	shift := 0
	switch suffix {
	case "":
	case "k", "K":
		shift = 10
	case "m", "M":
		shift = 20
	case "g", "G":
		shift = 30
	default:
		return 0, CharacterError(suffix[len(suffix)-1])
	}
	if n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("size %s is too large", text)
	}
	return n << shift, nil
}

// leadingNumber cuts text into its decimal digits and the rest.
func leadingNumber(text string) (n uint64, suffix string, err error) {
	end := span(text, isDigit)
	if end == 0 {
		return 0, "", CharacterError((text + "\x00")[0])
	}
	if n, err = strconv.ParseUint(text[:end], 10, 64); err != nil {
		n = math.MaxUint64 // out of every range that a caller checks
	}
	return n, text[end:], nil
}
