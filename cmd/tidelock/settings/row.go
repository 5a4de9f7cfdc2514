package settings

import (
	"iter"
	"reflect"
	"slices"
	"strings"
)

// row is one setting, as the fields of Settings describe it.
type row struct {
	Name, Doc, Group string
	Global           string   // keyword of the global section
	Values           []string // that it may have; empty for all of its type
	Live             bool
	Positive         bool // 0 is not allowed

	index []int // of the field
	kind  reflect.Type
}

// rows are all settings, in the order of the fields.
var rows = collect()

func collect() (all []*row) {
	whole := reflect.TypeFor[Settings]()
	for i := range whole.NumField() {
		group := whole.Field(i)
		title, ok := group.Tag.Lookup("group")
		if !ok {
			continue
		}
		for j := range group.Type.NumField() {
			f := group.Type.Field(j)
			r := &row{
				Name: f.Tag.Get("setting"), Doc: f.Tag.Get("doc"), Group: title, Global: f.Tag.Get("global"), Live: f.Tag.Get("live") != "",
				Positive: f.Tag.Get("positive") != "",
				index:    []int{i, j}, kind: f.Type,
			}
			if values := f.Tag.Get("values"); values != "" {
				r.Values = strings.Split(values, "|")
			}
			all = append(all, r)
		}
	}
	return all
}

func (r *row) field(s *Settings) reflect.Value {
	return reflect.ValueOf(s).Elem().FieldByIndex(r.index)
}

func (r *row) value(s *Settings) any { return r.field(s).Interface() }

func (r *row) allows(word string) bool { return slices.Contains(r.Values, word) }

// secret says that the value is not shown, is not taken from the command line, which others can see, and may be in a file
// of its own.
func (r *row) secret() bool { return r.kind == reflect.TypeFor[Secret]() }

// fileSuffix makes of the name of a secret the name of the setting that says which file holds it.
const fileSuffix = "-file"

// variablePrefix begins the variables of the environment that are settings.
const variablePrefix = "TIDELOCK_"

func variable(name string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// Hidden says that a variable of the environment holds a secret, which neither configurations nor scripts are to see.
func Hidden(name string) bool {
	return slices.ContainsFunc(rows, func(r *row) bool { return r.secret() && variable(r.Name) == name })
}

// names are all keys that files and the environment may have.
func names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, r := range rows {
			if !yield(r.Name) || r.secret() && !yield(r.Name+fileSuffix) {
				return
			}
		}
	}
}
