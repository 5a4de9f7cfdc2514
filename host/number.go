package host

import (
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
		text := strings.TrimSpace(string(v.Bytes))
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
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
		f, err := parseFloat(strings.TrimSpace(string(v.Bytes)))
		return f, err == nil
	}
	return 0, false
}

func floatToInt(f float64) (int64, bool) {
	if f != math.Trunc(f) || f < -(1<<63) || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

// parseFloat refuses what Go reads and Lua does not: names of infinity and of not-a-number, and underscores.
func parseFloat(text string) (float64, error) {
	if strings.ContainsAny(text, "nN_") {
		return 0, strconv.ErrSyntax
	}
	if hex := strings.TrimLeft(text, "+-"); len(hex) > 1 && (hex[1] == 'x' || hex[1] == 'X') && !strings.ContainsAny(hex, "pP") {
		text += "p0" // Lua's hexadecimal numbers need no exponent
	}
	return strconv.ParseFloat(text, 64)
}
