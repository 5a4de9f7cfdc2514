package sample

import (
	"math"
	"math/bits"

	"tidelock/proxy/value"
)

// numberConverters compute with integers. Results saturate instead of wrapping around.
var numberConverters = []Converter{
	{Name: "add", Parameters: required(Operand), Input: value.Integer, Output: value.Integer, Convert: arithmetic(add)},
	{Name: "and", Parameters: required(Operand), Input: value.Integer, Output: value.Integer, Convert: arithmetic(func(a, b int64) int64 { return a & b })},
	{Name: "bool", Input: value.Integer, Output: value.Boolean, Convert: test(func(i int64) bool { return i != 0 })},
	{Name: "cpl", Input: value.Integer, Output: value.Integer, Convert: unary(func(i int64) int64 { return ^i })},
	{Name: "div", Parameters: required(Operand), Input: value.Integer, Output: value.Integer, Convert: arithmetic(divide)},
	{Name: "even", Input: value.Integer, Output: value.Boolean, Convert: test(func(i int64) bool { return i&1 == 0 })},
	{Name: "mod", Parameters: required(Operand), Input: value.Integer, Output: value.Integer, Convert: arithmetic(modulo)},
	{Name: "mul", Parameters: required(Operand), Input: value.Integer, Output: value.Integer, Convert: arithmetic(multiply)},
	{Name: "neg", Input: value.Integer, Output: value.Integer, Convert: unary(func(i int64) int64 { return subtract(0, i) })},
	{Name: "not", Input: value.Integer, Output: value.Boolean, Convert: test(func(i int64) bool { return i == 0 })},
	{Name: "odd", Input: value.Integer, Output: value.Boolean, Convert: test(func(i int64) bool { return i&1 != 0 })},
	{Name: "or", Parameters: required(Operand), Input: value.Integer, Output: value.Integer, Convert: arithmetic(func(a, b int64) int64 { return a | b })},
	{Name: "sub", Parameters: required(Operand), Input: value.Integer, Output: value.Integer, Convert: arithmetic(subtract)},
	{Name: "xor", Parameters: required(Operand), Input: value.Integer, Output: value.Integer, Convert: arithmetic(func(a, b int64) int64 { return a ^ b })},
}

type conversion = func(c *Context, a []Argument, v value.Value) value.Value

// arithmetic makes a converter of f, whose second operand is the argument: a number or a variable that holds one.
func arithmetic(f func(a, b int64) int64) conversion {
	return func(c *Context, a []Argument, v value.Value) value.Value {
		operand := a[0].Int
		if a[0].Variable.ID != 0 {
			o := a[0].Variable.Get(c.Stream).Cast(value.Integer, &c.Scratch)
			if !o.Valid() {
				return o
			}
			operand = o.Int
		}
		return value.Int(f(v.Int, operand))
	}
}

func unary(f func(i int64) int64) conversion {
	return func(_ *Context, _ []Argument, v value.Value) value.Value { return value.Int(f(v.Int)) }
}

func test(f func(i int64) bool) conversion {
	return func(_ *Context, _ []Argument, v value.Value) value.Value { return value.Bool(f(v.Int)) }
}

// saturated returns the limit on the side of the sign.
func saturated(negative bool) int64 {
	if negative {
		return math.MinInt64
	}
	return math.MaxInt64
}

func add(a, b int64) int64 {
	sum := a + b
	if (a < 0) == (b < 0) && (sum < 0) != (a < 0) {
		return saturated(a < 0)
	}
	return sum
}

func subtract(a, b int64) int64 {
	difference := a - b
	if (a < 0) != (b < 0) && (difference < 0) != (a < 0) {
		return saturated(a < 0)
	}
	return difference
}

func multiply(a, b int64) int64 {
	negative := (a < 0) != (b < 0)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	switch {
	case high == 0 && low <= math.MaxInt64:
		if negative {
			return -int64(low)
		}
		return int64(low)
	default:
		return saturated(negative)
	}
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

// divide yields the largest number for a division by zero, and for the one quotient that overflows.
func divide(a, b int64) int64 {
	if b == 0 || a == math.MinInt64 && b == -1 {
		return math.MaxInt64
	}
	return a / b
}

func modulo(a, b int64) int64 {
	if b == 0 || b == -1 {
		return 0
	}
	return a % b
}
