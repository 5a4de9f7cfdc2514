package sample

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"tidelock/proxy/value"
)

// Fetch is a row of the registry of fetches.
type Fetch struct {
	Name       string
	Parameters Parameters
	Output     value.Kind // value.Any when it depends on the evaluation
	Source     Source     // what it reads, which decides where it works
	// Prepare checks and compiles the arguments further, once, for the place that k compiles for. It may be nil.
	Prepare func(k *Compiler, a []Argument) error
	// Get returns the sample, or none.
	Get func(c *Context, a []Argument) value.Value
	// Next returns one after the other all samples that an ACL compares, then none. It is nil where Get has the only one.
	Next func(c *Context, a []Argument, it *Cursor) value.Value
}

// Cursor is the position of an iteration over several samples of one fetch. The zero value is its start.
type Cursor struct {
	started bool
	header  int    // index of the header that rest is of
	rest    []byte // what follows the last sample
}

// Converter is a row of the registry of converters.
type Converter struct {
	Name       string
	Parameters Parameters
	Input      value.Kind // what the value is cast to before, or value.Any
	Output     value.Kind // value.Any when it depends on the evaluation, or is the kind of the input if that is value.Any too
	Prepare    func(k *Compiler, a []Argument) error
	// Convert returns the converted value, or none. v is valid and of kind Input.
	Convert func(c *Context, a []Argument, v value.Value) value.Value
}

var (
	fetches    = map[string]*Fetch{}
	converters = map[string]*Converter{}

	fetchesByLuaName    = map[string]*Fetch{}
	convertersByLuaName = map[string]*Converter{}
)

func init() {
	for _, rows := range [][]Fetch{internalFetches, layer4Fetches, proxyProtocolFetches, tlsFetches(), certificateFetches(), helloFetches, httpFetches, headerFetches, cookieFetches, captureFetches, authFetches, bodyFetches,
		serverFetches, proxyFetches, farmFetches, tcpInfoFetches, taskFetches, filterFetches, payloadFetches, developerFetches, traceFetches, tableFetches()} {
		for i := range rows {
			f := &rows[i]
			fetches[f.Name] = f
			fetchesByLuaName[LuaName(f.Name)] = f
		}
	}
	for _, rows := range [][]Converter{
		numberConverters, xxhashConverters, bigEndianConverters, jsonConverters, jwtConverters, languageConverters,
		cipherConverters, protocolConverters, debugConverters, textConverters, fieldConverters, encodingConverters, hashConverters, timeConverters,
		variableConverters, captureConverters, tableConverters(), farmConverters, mapConverters,
	} {
		for i := range rows {
			c := &rows[i]
			converters[c.Name] = c
			convertersByLuaName[LuaName(c.Name)] = c
		}
	}
}

// LuaName returns the name under which scripts see a fetch or converter: Lua has no '.', '-' and '+' in names.
func LuaName(name string) string { return luaNames.Replace(name) }

var luaNames = strings.NewReplacer(".", "_", "-", "_", "+", "_")

// FetchNamed returns the fetch that the configuration calls name, or nil.
func FetchNamed(name string) *Fetch { return fetches[name] }

// FetchNamedInLua returns the fetch that scripts call name, or nil.
func FetchNamedInLua(name string) *Fetch { return fetchesByLuaName[name] }

// ConverterNamed returns the converter that the configuration calls name, or nil.
func ConverterNamed(name string) *Converter { return converters[name] }

// ConverterNamedInLua returns the converter that scripts call name, or nil.
func ConverterNamedInLua(name string) *Converter { return convertersByLuaName[name] }

// Fetches returns all fetches in the order of their names.
func Fetches() iter.Seq[*Fetch] { return inOrder(fetches) }

// Converters returns all converters in the order of their names.
func Converters() iter.Seq[*Converter] { return inOrder(converters) }

func inOrder[T any](rows map[string]*T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			if !yield(rows[name]) {
				return
			}
		}
	}
}
