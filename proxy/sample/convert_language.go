package sample

import (
	"bytes"

	"tidelock/proxy/value"
)

var languageConverters = []Converter{
	{Name: "language", Parameters: required(String).and(String), Input: value.String, Output: value.String, Prepare: prepareLanguages, Convert: language},
}

// prepareLanguages cuts the list of languages, the Extra of the first argument.
func prepareLanguages(_ *Compiler, a []Argument) error {
	a[0].Extra = bytes.Split([]byte(a[0].Text), []byte(";"))
	a[1].Data = []byte(a[1].Text)
	return nil
}

// language chooses from a list what an Accept-Language header ranks first: the highest quality, of equals the first.
func language(_ *Context, a []Argument, v value.Value) value.Value {
	known := a[0].Extra.([][]byte)
	var best []byte
	highest := 0
	for rest, more := v.Data, true; more; {
		var one []byte
		one, rest, more = bytes.Cut(rest, []byte(","))
		name, parameters, _ := bytes.Cut(one, []byte(";"))
		name = bytes.Trim(name, " \t")
		match := languageOf(name, known)
		if match == nil {
			continue
		}
		if q := quality(parameters); q > highest {
			best, highest = match, q
		}
	}
	if best != nil {
		return value.Text(best)
	}
	if len(a[1].Data) > 0 {
		return value.Text(a[1].Data)
	}
	return value.Value{}
}

// languageOf returns the first known language that name is, or is a variant of, or nil.
func languageOf(name []byte, known [][]byte) []byte {
	for _, k := range known {
		if rest, ok := bytes.CutPrefix(name, k); ok && len(k) > 0 && (len(rest) == 0 || rest[0] == '-') {
			return k
		}
	}
	return nil
}

// quality reads q=0.123 in thousandths (RFC 9110, section 12.4.2). What is no quality below 1 is 1.
func quality(parameters []byte) int {
	text, ok := bytes.CutPrefix(bytes.TrimLeft(parameters, " \t"), []byte("q="))
	if text = bytes.TrimLeft(text, " \t"); !ok || len(text) == 0 || text[0] != '0' {
		return 1000
	}
	if len(text) == 1 || text[1] != '.' {
		return 0
	}
	q := 0
	for i, unit := 2, 100; i < len(text) && unit > 0 && '0' <= text[i] && text[i] <= '9'; i, unit = i+1, unit/10 {
		q += int(text[i]-'0') * unit
	}
	return q
}
