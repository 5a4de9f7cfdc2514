package settings

import (
	"encoding/csv"
	"fmt"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// Size is a number of bytes, written as in the configuration: 4096, 64k, 512m, 2g.
type Size uint64

// String returns the size in the largest unit that fits.
func (s Size) String() string {
	for _, unit := range []struct {
		shift  int
		suffix string
	}{{30, "g"}, {20, "m"}, {10, "k"}} {
		if s > 0 && s%(1<<unit.shift) == 0 {
			return strconv.FormatUint(uint64(s>>unit.shift), 10) + unit.suffix
		}
	}
	return strconv.FormatUint(uint64(s), 10)
}

// Secret is a text that is shown nowhere.
type Secret string

// String implements fmt.Stringer. Use string(s) for the text itself.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "********"
}

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// parser reads a value from text.
type parser struct {
	parse  func(text string) (any, error)
	schema map[string]any // of JSON Schema
}

// parsers are the types that settings may have.
var parsers = map[reflect.Type]parser{
	reflect.TypeFor[string]():        {func(text string) (any, error) { return text, nil }, map[string]any{"type": "string"}},
	reflect.TypeFor[Secret]():        {func(text string) (any, error) { return Secret(text), nil }, map[string]any{"type": "string", "writeOnly": true}},
	reflect.TypeFor[bool]():          {parseBool, map[string]any{"type": "boolean"}},
	reflect.TypeFor[int]():           {parseInt, map[string]any{"type": "integer", "minimum": 0}},
	reflect.TypeFor[time.Duration](): {parseDuration, map[string]any{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$`}},
	reflect.TypeFor[Size]():          {parseSize, map[string]any{"type": []string{"string", "integer"}, "pattern": "^[0-9]+[kKmMgG]?$", "minimum": 0}},
	reflect.TypeFor[slog.Level]():    {parseLevel, map[string]any{"type": "string", "enum": []string{"debug", "info", "warn", "error"}}},
	reflect.TypeFor[Ratio]():         {parseRatio, map[string]any{"type": "number", "minimum": 0, "maximum": 1}},
	reflect.TypeFor[[]string]():      {parseList, map[string]any{"type": "array", "items": map[string]any{"type": "string"}}},
}

func parseBool(text string) (any, error) {
	b, err := strconv.ParseBool(text)
	if err != nil {
		return nil, fmt.Errorf("expected true or false, found '%s'", text)
	}
	return b, nil
}

func parseInt(text string) (any, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return nil, fmt.Errorf("expected a number from 0, found '%s'", text)
	}
	return n, nil
}

func parseDuration(text string) (any, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return nil, fmt.Errorf("expected a time such as 30s or 1m30s, found '%s'", text)
	}
	return d, nil
}

func parseSize(text string) (any, error) {
	n, err := syntax.ParseSize(text)
	if err != nil {
		return nil, fmt.Errorf("expected a size such as 64k, 512m or 2g, found '%s'", text)
	}
	return Size(n), nil
}

func parseLevel(text string) (any, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(text)); err != nil || strings.ContainsAny(text, "+-") {
		return nil, fmt.Errorf("expected debug, info, warn or error, found '%s'", text)
	}
	return level, nil
}

// parseList reads words between commas, quoted where they have one.
func parseList(text string) (any, error) {
	if text == "" {
		return []string(nil), nil
	}
	words, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil {
		return nil, fmt.Errorf("expected words between commas, found '%s'", text)
	}
	return words, nil
}

// take sets the field to a value of any source: text, or what a file has.
func (r *row) take(s *Settings, value any) error {
	if list, ok := value.([]any); ok {
		if r.kind != reflect.TypeFor[[]string]() {
			return fmt.Errorf("expected one value, found a list")
		}
		words := make([]string, len(list))
		for i, one := range list {
			words[i] = fmt.Sprint(one)
		}
		r.field(s).Set(reflect.ValueOf(words))
		return nil
	}
	if _, ok := value.(map[string]any); ok {
		return fmt.Errorf("expected one value, found a table")
	}
	parsed, err := parsers[r.kind].parse(text(value))
	if err != nil {
		return err
	}
	if word, ok := parsed.(string); ok && len(r.Values) > 0 && !r.allows(word) {
		return fmt.Errorf("expected one of %s, found '%s'", strings.Join(r.Values, ", "), word)
	}
	if v := reflect.ValueOf(parsed); r.Positive && v.IsZero() {
		return fmt.Errorf("expected more than 0")
	}
	r.field(s).Set(reflect.ValueOf(parsed))
	return nil
}

// text writes a value of a file as one would in a variable.
func text(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case float64: // the only numbers of JSON
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// show writes a value as one would write it in a file. Secrets are masked.
func show(value any) string {
	switch value := value.(type) {
	case slog.Level:
		return strings.ToLower(value.String())
	case []string:
		return strings.Join(value, ",")
	}
	return fmt.Sprint(value)
}
