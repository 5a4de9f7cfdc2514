package proxy

import (
	"context"
	"strings"
	"testing"

	"tidelock/proxy/config/syntax"
)

// A format in the global section is evaluated for nobody: every variable of formats must do without a client.
func TestBuild_GlobalFormat(t *testing.T) {
	const names = "o B CC CS H HM HP HPO HQ HU HV ID ST T Ta Tc Td Tl Th Ti Tq TR Tr Ts Tt Tu Tw U ac b bc bi bp bq ci cp f fc fi fp " +
		"ft lc hr hrl hs hsl ms pid r rc rt s sc si sp sq t tr trg trl ts tsc"
	var text strings.Builder
	text.WriteString("global\n")
	for name := range strings.FieldsSeq(names) {
		text.WriteString(" set-var-fmt proc.format_" + name + " \"%" + name + "\"\n")
	}
	r := build(t, text.String()+"frontend f\n mode http\n timeout client 1s\n bind :1\n", Options{})
	if r.diags.Has(syntax.Alert) {
		t.Fatal(r.diags.Err())
	}
	if err := r.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}
