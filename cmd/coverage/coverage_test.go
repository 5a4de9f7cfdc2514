package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const installed = "/usr/share/doc/haproxy"

// compared compares with the installed manual.
func compared(t *testing.T) []section {
	t.Helper()
	sections, err := compare(installed)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("HAProxy's manual is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	return sections
}

// TestDocument keeps docs/compatibility.md up to date.
func TestDocument(t *testing.T) {
	if testing.Short() {
		t.Skip("any change to a registry would have to change the document at once")
	}
	want, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	if got := document(compared(t)); !bytes.Equal(want, got) {
		t.Errorf("docs/compatibility.md: run make coverage-manual\n%s", cmp.Diff(string(want), string(got)))
	}
}

// The keywords of the global and of the proxy sections are all known, if only to be refused by name.
func TestCompare_Known(t *testing.T) {
	for _, s := range compared(t) {
		if unknown := s.names[missing]; len(unknown) > 0 && (strings.HasPrefix(s.title, "3.") || s.title == "4.1. Proxy keywords") {
			t.Errorf("%s: unknown: %s", s.title, strings.Join(unknown, ", "))
		}
	}
}

const manual = `1. Contents
2. Keywords
-----------

Some words at the margin,
on two lines.

 * A list
   - alpha
   - beta.gamma (deprecated)

 keyword                              defaults   frontend   listen    backend
------------------------------------+----------+----------+---------+---------
acl                                       X (!)      X         X         X
option abortonclose                  (*)  X          -         X         X
transparent                 (deprecated)  X          -         X         X

define <this>
define <that>
  It is explained.

set it <name> [ on | off ]
  Turns it on.

http-request act(<x>) [ { if | unless } <condition> ]
  Acts.

src : ip
  An address.

hdr([<name>[,<occ>]]) : string
  A header.

  | H | %HM  | HTTP method (ex: POST)                        | string      |
  |   | %hrl | captured_request_headers CLF style            | string list |

2.1. More
---------
`

func Test_cut(t *testing.T) {
	all := cut(strings.Split(manual, "\n"))
	chapter := all["2"]
	for _, tc := range []struct {
		name string
		find func([]string) []string
		want []string
	}{
		{"bullets", bullets, []string{"alpha", "beta.gamma"}},
		{"matrix", matrix, []string{"acl", "option abortonclose", "transparent"}},
		{"definitions", definitions, []string{"define", "hdr", "http-request", "set", "src"}},
		{"commands", commands, []string{"define", "set it", "src"}},
		{"actions", actions("http-request"), []string{"act("}},
		{"samples", samples, []string{"hdr", "src"}},
		{"aliases", aliases, []string{"HM", "hrl"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.find(chapter)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if len(all["2.1"]) == 0 || len(all[""]) != 1 {
		t.Errorf("chapters: %q", all)
	}
}
