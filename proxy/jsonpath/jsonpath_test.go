package jsonpath

import (
	"bytes"
	"testing"
)

// The converter json_query is compared with HAProxy's in proxy/sample. These cases are about what it cannot see.
func TestPath_Find(t *testing.T) {
	tests := []struct {
		name, path, document string
		kind                 Kind
		want                 string // nothing when it is not found
	}{
		{"member", "$.a", `{"a":1}`, Number, "1"},
		{"element", "$[1]", `[1,"x"]`, String, "x"},
		{"scalar", "$", "true", Bool, "true"},
		{"nothing after the value", "$.a", `{"a":null`, Null, "null"},
		{"object", "$.a", `{"a":{}}`, Object, ""},
		{"past objects", "$.b", `{"a":{"x":[{},[],{"y":1}]},"b":2}`, Number, "2"},
		{"nested too deep to be passed over", "$.b", `{"a":[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]],"b":2}`, Null, ""},
		{"no end of a string", "$.a", `{"a":"x\`, Null, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token, ok := Parse(test.path).Find([]byte(test.document))
			if ok != (test.want != "") || ok && (token.Kind != test.kind || string(token.Text) != test.want) {
				t.Errorf("found %t: %d %q", ok, token.Kind, token.Text)
			}
		})
	}
}

func TestPath_Find_allocations(t *testing.T) {
	path, document := Parse("$.a.list[1].x"), []byte(`{"z":[1,2],"a":{"list":[{"x":1},{"x":"found"}]}}`)
	if n := testing.AllocsPerRun(100, func() { path.Find(document) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("$.a[1].b", []byte(`{"a":[0,{"b":"A\n"}]}`))
	f.Add("$", []byte(`-1.5e+7`))
	f.Add(`$.a\.b[*`, []byte(`{"a.b":[tru]}`))
	f.Fuzz(func(t *testing.T, path string, document []byte) {
		token, ok := Parse(path).Find(document)
		if !ok {
			return
		}
		if !bytes.Contains(document, token.Text) {
			t.Errorf("%q is not part of the document", token.Text)
		}
		switch token.Kind {
		case String:
			token.AppendString(nil)
		case Number:
			token.AppendNumber(nil)
			token.Int()
		}
	})
}
