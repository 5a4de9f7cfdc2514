package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the picture")

// picture is what docs show, of an answer that Jaeger once gave (TRACE_FILE of TestJaeger in cmd/tidelock).
const picture = "../../docs/slow-script/trace.svg"

func Test_run(t *testing.T) {
	in, err := os.Open("testdata/trace.json")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	if err := run(in, &out); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(picture, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%s is another picture: go test ./benchmarks/jaeger -update", picture)
	}
}

func Test_run_Errors(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", "not an answer of Jaeger: EOF"},
		{"unknown trace", `{"data":[]}`, "no trace"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := run(strings.NewReader(test.in), new(bytes.Buffer)); err == nil || err.Error() != test.want {
				t.Errorf("run() = %v, want %s", err, test.want)
			}
		})
	}
}

// Test_read_order has spans in any order, one without its parent and two that are each other's.
func Test_read_order(t *testing.T) {
	read, err := read(strings.NewReader(`{"data":[{"traceID":"t","spans":[
		{"spanID":"c","operationName":"child","startTime":12,"duration":1,"references":[{"refType":"CHILD_OF","spanID":"a"}]},
		{"spanID":"a","operationName":"root","startTime":10,"duration":9},
		{"spanID":"o","operationName":"orphan","startTime":11,"duration":1,"references":[{"refType":"CHILD_OF","spanID":"gone"}]},
		{"spanID":"x","operationName":"x","startTime":10,"references":[{"refType":"CHILD_OF","spanID":"y"}]},
		{"spanID":"y","operationName":"y","startTime":10,"references":[{"refType":"CHILD_OF","spanID":"x"}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range read.spans {
		got = append(got, strings.Repeat(">", s.depth)+s.name)
	}
	if text := strings.Join(got, " "); text != "root >child orphan" {
		t.Errorf("order %s", text)
	}
}
