package pattern

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Operator compares with a number instead of testing for it (manual, section 7.1.2).
type Operator uint8

var errBeyond = errors.New("no number is beyond that one")

// The operators.
const (
	Equal Operator = iota
	GreaterOrEqual
	Greater
	LessOrEqual
	Less
)

// Apply returns the pattern that matches what an operator and a number say: the range above or below it. As in HAProxy an
// operator before a range says nothing. The method is one of integers.
//
// Errors: the text is no number, or none is beyond it.
func (m *Method) Apply(o Operator, text string) (string, error) {
	number, parse := parseNumber, parseInterval
	if m == Version {
		number, parse = parseVersion, parseVersions
	}
	if _, err := parse(text); err != nil || o == Equal || strings.Contains(text, ":") {
		return text, err
	}
	n, _ := number(text)
	switch {
	case o == Greater && n == math.MaxInt64 || o == Less && n == math.MinInt64:
		return "", errBeyond
	case o == Greater:
		n++
	case o == Less:
		n--
	}
	limit := strconv.FormatInt(n, 10)
	if m == Version {
		limit = strconv.FormatInt(n>>16, 10) + "." + strconv.FormatInt(n&0xffff, 10)
	}
	if o == Greater || o == GreaterOrEqual {
		return limit + ":", nil
	}
	return ":" + limit, nil
}
