package host

import (
	"math"
	"testing"

	"tidelock/abi"
)

func text(s string) abi.Value     { return abi.Value{Type: abi.String, Bytes: []byte(s)} }
func float(f float64) abi.Value   { return abi.Value{Type: abi.Float, Float: f} }
func integer(i int64) abi.Value   { return abi.Value{Type: abi.Integer, Int: i} }
func ofType(t abi.Type) abi.Value { return abi.Value{Type: t} }

func TestToInt(t *testing.T) {
	for _, tt := range []struct {
		name  string
		value abi.Value
		want  int64
		ok    bool
	}{
		{"integer", integer(-5), -5, true},
		{"integral float", float(3), 3, true},
		{"least integer as a float", float(math.MinInt64), math.MinInt64, true},
		{"fraction", float(3.5), 0, false},
		{"float too large", float(1 << 63), 0, false},
		{"infinity", float(math.Inf(1)), 0, false},
		{"not a number", float(math.NaN()), 0, false},
		{"text", text("42"), 42, true},
		{"text with spaces", text(" \t\v-42\n"), -42, true},
		{"text with a no-break space", text("\u00a042"), 0, false},
		{"text with a sign", text("+42"), 42, true},
		{"text with two signs", text("--42"), 0, false},
		{"text with an exponent", text("1e3"), 1000, true},
		{"text with a fraction", text("1.5"), 0, false},
		{"text with a zero fraction", text("7.0"), 7, true},
		{"beyond what a float holds exactly", text("9007199254740993"), 9007199254740993, true},
		{"greatest integer", text("9223372036854775807"), math.MaxInt64, true},
		{"one more", text("9223372036854775808"), 0, false},
		{"hexadecimal", text("0x1F"), 31, true},
		{"negative hexadecimal", text("-0XfF"), -255, true},
		{"hexadecimal that wraps around", text("0xffffffffffffffff"), -1, true},
		{"hexadecimal of 17 digits", text("0x10000000000000001"), 1, true},
		{"hexadecimal with an exponent", text("0x1p4"), 16, true},
		{"hexadecimal without digits", text("0x"), 0, false},
		{"hexadecimal with two signs", text("-+0x1"), 0, false},
		{"underscores", text("1_000"), 0, false},
		{"hexadecimal with underscores", text("0x1_0"), 0, false},
		{"binary, as Go reads it", text("0b11"), 0, false},
		{"octal, as Go reads it", text("0o17"), 0, false},
		{"name of infinity", text("inf"), 0, false},
		{"empty text", text(""), 0, false},
		{"a word", text("ten"), 0, false},
		{"nil", ofType(abi.Nil), 0, false},
		{"true", ofType(abi.True), 0, false},
		{"table", ofType(abi.Table), 0, false},
		{"handle", abi.Value{Type: abi.Handle, Int: 1}, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := ToInt(tt.value); got != tt.want || ok != tt.ok {
				t.Errorf("got %d, %v, want %d, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestToFloat(t *testing.T) {
	for _, tt := range []struct {
		name  string
		value abi.Value
		want  float64
		ok    bool
	}{
		{"integer", integer(2), 2, true},
		{"float", float(2.5), 2.5, true},
		{"text", text(" 2.5 "), 2.5, true},
		{"text without a leading digit", text(".5"), 0.5, true},
		{"text that ends in a point", text("5."), 5, true},
		{"hexadecimal fraction", text("0x.8"), 0.5, true},
		{"too large", text("1e999"), math.Inf(1), true},
		{"too small", text("-1e-999"), math.Copysign(0, -1), true},
		{"exponent without digits", text("1e"), 0, false},
		{"point alone", text("."), 0, false},
		{"name of infinity", text("Infinity"), 0, false},
		{"name of not-a-number", text("nan"), 0, false},
		{"underscores", text("1_0.5"), 0, false},
		{"false", ofType(abi.False), 0, false},
		{"nil", ofType(abi.Nil), 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := ToFloat(tt.value); ok != tt.ok || ok && got != tt.want {
				t.Errorf("got %v, %v, want %v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func Test_formatFloat(t *testing.T) {
	for want, f := range map[string]float64{
		"1.0": 1, "-0.0": math.Copysign(0, -1), "0.1": 0.1, "1e+15": 1e15, "1e+100": 1e100, "100000.0": 1e5,
		"3.1415926535898": math.Pi, "-1.5": -1.5, "inf": math.Inf(1), "-inf": math.Inf(-1), "1e-05": 1e-5,
	} {
		if got := formatFloat(f); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
