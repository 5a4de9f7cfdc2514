package host

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"tidelock/abi"
)

// ToInt converts as Lua does where it wants an integer: integers, floats with an integral value, and strings of either.
func ToInt(v abi.Value) (int64, bool) {
	switch v.Type {
	case abi.Integer:
		return v.Int, true
	case abi.Float:
		return floatToInt(v.Float)
	case abi.String:
		text := trim(v.Bytes)
		if i, ok := parseInt(text); ok {
			return i, true
		}
		if f, err := parseFloat(text); err == nil {
			return floatToInt(f)
		}
	}
	return 0, false
}

// ToFloat converts as Lua does where it wants a number.
func ToFloat(v abi.Value) (float64, bool) {
	switch v.Type {
	case abi.Integer:
		return float64(v.Int), true
	case abi.Float:
		return v.Float, true
	case abi.String:
		f, err := parseFloat(trim(v.Bytes))
		return f, err == nil
	}
	return 0, false
}

// ToText converts as Lua does where it wants a string. The bytes of a string are those of v.
func ToText(v abi.Value) ([]byte, bool) {
	switch v.Type {
	case abi.String:
		return v.Bytes, true
	case abi.Integer:
		return strconv.AppendInt(nil, v.Int, 10), true
	case abi.Float:
		return []byte(formatFloat(v.Float)), true
	}
	return nil, false
}

func floatToInt(f float64) (int64, bool) {
	if f != math.Trunc(f) || f < -(1<<63) || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

// trim takes off what Lua takes for spaces.
func trim(text []byte) string { return strings.Trim(string(text), " \t\n\v\f\r") }

// parseInt reads what Lua takes for an integer. Hexadecimal ones wrap around.
func parseInt(text string) (int64, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	if len(digits) < 3 || digits[0] != '0' || digits[1]|0x20 != 'x' || len(text)-len(digits) > 1 {
		i, err := strconv.ParseInt(text, 10, 64)
		return i, err == nil
	}
	digits = digits[2:]
	n, err := strconv.ParseUint(digits[max(0, len(digits)-16):], 16, 64)
	if err != nil || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return 0, false
	}
	if text[0] == '-' {
		n = -n
	}
	return int64(n), true
}

// formatFloat writes a float as Lua's tostring does.
func formatFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		if math.Signbit(f) {
			return "-nan"
		}
		return "nan"
	}
	text := fmt.Sprintf("%.14g", f)
	if strings.Trim(text, "-0123456789") == "" { // looks like an integer
		text += ".0"
	}
	return text
}

// parseFloat refuses what Go reads and Lua does not: names of infinity and of not-a-number, and underscores.
func parseFloat(text string) (float64, error) {
	if strings.ContainsAny(text, "nN_") {
		return 0, strconv.ErrSyntax
	}
	if hex := strings.TrimLeft(text, "+-"); len(hex) > 1 && (hex[1] == 'x' || hex[1] == 'X') && !strings.ContainsAny(hex, "pP") {
		text += "p0" // Lua's hexadecimal numbers need no exponent
	}
	f, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) { // infinity
		err = nil
	}
	return f, err
}
