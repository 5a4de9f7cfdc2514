package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/config"
)

func Test_printRegistrations(t *testing.T) {
	var out strings.Builder
	err := printRegistrations(&out, []config.Registration{
		{Kind: "action", Name: "add-header", File: "a.lua", Line: 3, Isolation: config.IsolationRegistration},
		{Kind: "task", File: "folder/b.lua", Line: 12, Isolation: config.IsolationScript},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "action  add-header  a.lua:3          registration\n" +
		"task    -           folder/b.lua:12  script\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
